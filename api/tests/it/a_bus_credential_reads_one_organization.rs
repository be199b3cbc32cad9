//! A credential of the event bus reads the events of its organization: all of them, none of another one, and not a moment
//! longer than it may.

use std::{collections::BTreeSet, fs, time::Duration};

use async_nats::{Event, jetstream};
use embedded::bus;
use futures::{FutureExt as _, StreamExt as _};
use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::timeout};

use crate::support::{
    Api, Credential, PASSWORD, Person, Up, answer, bus_of_others, eventually, omoi, signal,
};

/// What a right that has ended may live on.
const WITHIN: Duration = Duration::from_secs(5);

#[tokio::test]
async fn it_reads_all_of_its_own_and_nothing_of_another() {
    let api = Api::start().await;
    let found = bus_of_others(&api).await;
    assert_eq!((&found.missed, found.of_others), (&BTreeSet::new(), 0), "{found:?}");
    assert!(found.read >= 6 && found.tried >= 50, "{found:?}");
    assert_eq!(found.opened, Vec::<String>::new());
    // Who may read everything is found to: it is the credential that is refused, and not the test that is blind.
    assert!(found.operator_of_others >= 5 && found.operator_opened.len() >= 8, "{found:?}");
}

/// The server sends an answer wherever the request says, so it must not be into the stream or to somebody else.
#[tokio::test]
async fn an_answer_goes_to_nobody_else() {
    let api = Api::start().await;
    let mut ada = Person::register(&api, "ada@example.org").await;
    let mut eve = Person::register(&api, "eve@example.net").await;
    let (ours, theirs) = (ada.found(&api, "Acme").await, eve.found(&api, "Rivals").await);
    let mine = Credential::of(&api, &ada, &ours, json!({ "name": "ours" })).await;
    let foreign = Credential::of(&api, &eve, &theirs, json!({ "name": "theirs" })).await;
    let (client, listener) = (mine.connect().await, foreign.connect().await);
    let mut heard = listener.subscribe("_INBOX.>").await.expect("its own inbox");
    listener.flush().await.expect("the server has read it");

    let stream = &mine.stream;
    for reply in [
        &foreign.subject.replace('>', "-.project.created"),
        "_INBOX.of.somebody",
        "$JS.API.STREAM.PURGE.OMOI_1",
    ] {
        for request in ["INFO", "MSG.NEXT"] {
            let subject = format!("$JS.API.CONSUMER.{request}.{stream}.{}", mine.consumer);
            let body = if request == "INFO" { "" } else { r#"{"batch":1,"no_wait":true}"# };
            client.publish_with_reply(subject, reply.to_owned(), body.into()).await.expect("sent");
        }
    }
    client.flush().await.expect("the server has read it");
    // What is asked for later is answered later.
    let wanted = BTreeSet::new();
    mine.reads(&client, &wanted).await;
    foreign.reads(&listener, &wanted).await;
    assert_holds_events_only(&api, stream).await;
    // What came before the last answer is here by now.
    let mut words = 0;
    while let Some(Some(message)) = heard.next().now_or_never() {
        let text = format!(
            "{} {:?} {}",
            message.subject,
            message.headers,
            String::from_utf8_lossy(&message.payload)
        );
        assert!(!text.contains(&ours) && !text.contains(&mine.consumer), "{text}");
        words += 1;
    }
    assert!(words >= 3, "it heard its own answers: {words}");
}

/// Each message of the stream is the event that belongs in its place.
async fn assert_holds_events_only(api: &Api, stream: &str) {
    let reader = jetstream::new(bus::connect(&api.up.ready.nats_url).await.expect("let in"));
    let stream = reader.get_stream(stream).await.expect("it sees the stream");
    let info = stream.cached_info();
    let base: i64 = info.config.metadata["omoi-base"].parse().expect("a number");
    assert!(info.state.messages >= 8, "{info:?}");
    for sequence in info.state.first_sequence..=info.state.last_sequence {
        let message = stream.get_raw_message(sequence).await.expect("a message");
        let says = |name: &str| message.headers.get(name).map(|value| value.as_str().to_owned());
        let position = i64::try_from(sequence).expect("a sequence") + base;
        assert_eq!(says("Omoi-Position"), Some(position.to_string()), "{message:?}");
        let org = says("Omoi-Org").expect("a tenant");
        assert!(message.subject.starts_with(&format!("omoi.v1.1.{org}.")), "{message:?}");
    }
}

#[tokio::test]
async fn who_may_no_longer_is_cut_off() {
    let api = Api::start().await;
    let mut ada = Person::register(&api, "ada@example.org").await;
    let ours = ada.found(&api, "Acme").await;
    let path = format!("/organizations/{ours}/bus-credentials");
    // What a name holds is nobody's configuration.
    let hostile = "a\" } } authorization { users: [{ user: x, password: x }] } #";
    let first = Credential::of(&api, &ada, &ours, json!({ "name": hostile })).await;
    let second = Credential::of(&api, &ada, &ours, json!({ "name": "second", "from": 2 })).await;
    let listed = ada.get(&api, &path).await.body;
    assert_eq!(listed["credentials"][0]["name"], hostile);
    assert_eq!(listed["credentials"][1]["from"], 2);
    assert!(!listed.to_string().contains(password(&first)), "{listed}");

    let (client, mut told) = first.watched().await;
    let (_client, mut told_second) = second.watched().await;
    first.reads(&client, &BTreeSet::new()).await;
    let revoke = ada.request(&api, Method::DELETE, &format!("{path}/{}", first.id));
    assert_eq!(answer(revoke).await.status, 204);
    is_cut_off(&mut told, &first).await;
    let again = answer(ada.request(&api, Method::DELETE, &format!("{path}/{}", first.id))).await;
    assert_eq!(again.problem(), (404, "not_found"));

    // The other one has noticed nothing, until there is no organization any more.
    assert!(!std::iter::from_fn(|| told_second.try_recv().ok()).any(|event| event == Event::Disconnected));
    let facts = ada.get(&api, "/audit").await.body;
    let whats: Vec<&str> =
        facts["facts"].as_array().expect("a list").iter().filter_map(|f| f["what"].as_str()).collect();
    assert_eq!(whats[..3], ["bus_credential_revoked", "bus_credential_made", "bus_credential_made"]);
    ada.done(&api, &format!("/organizations/{ours}/close"), &json!({})).await;
    is_cut_off(&mut told_second, &second).await;
}

fn password(credential: &Credential) -> &str {
    let (_, rest) = credential.url.split_once(&format!("{}:", credential.consumer)).expect("a password");
    rest.split('@').next().expect("a password")
}

async fn is_cut_off(told: &mut mpsc::UnboundedReceiver<Event>, credential: &Credential) {
    let cut = async { while told.recv().await.expect("the client lives") != Event::Disconnected {} };
    timeout(WITHIN, cut).await.expect("cut off in time");
    assert!(bus::connect(&credential.url).await.is_err(), "it is not let in again");
}

/// The bus is a cache: all of it can be lost.
#[tokio::test]
async fn it_reads_on_when_the_bus_has_lost_everything() {
    let directory = tempfile::tempdir().expect("a directory");
    let data_dir = directory.path().join("data");
    let mut api = Api::of(Up::start_in(&data_dir).await);
    let mut ada = Person::register(&api, "ada@example.org").await;
    let ours = ada.found(&api, "Acme").await;
    let credential = Credential::of(&api, &ada, &ours, json!({ "name": "warehouse" })).await;
    let wanted: BTreeSet<i64> = positions(&api, &ada).await;
    let client = credential.connect().await;
    assert!(credential.reads(&client, &wanted).await.len() >= wanted.len());

    signal(api.up.ready.pid, Signal::TERM);
    api.up.ended(Duration::from_secs(20)).await;
    let home = fs::read_to_string(data_dir.join("home")).map_or(data_dir.clone(), |home| home.trim().into());
    fs::remove_dir_all(home.join("nats").join("jetstream")).expect("the streams were there");
    // Beside the first one: what is dropped takes the data with it.
    let again = Api::of(Up::start_in(&data_dir).await);
    // Its address is another one, and tokens are for an address.
    let body = json!({ "email": ada.email, "password": PASSWORD });
    let signed_in = answer(again.request_with(None, Method::POST, "/auth/login").json(&body)).await;
    ada = Person::of("ada@example.org", &signed_in.body);
    ada.switch(&again, &ours).await;
    ada.done(&again, "/projects", &json!({ "name": "Later" })).await;
    let wanted = positions(&again, &ada).await;
    let client =
        eventually(WITHIN, "it is let in again", async || bus::connect(&credential.url).await.ok()).await;
    let consumer = eventually(WITHIN, "its consumer is there", async || {
        let context = jetstream::new(client.clone());
        let consumer = context.get_consumer_from_stream(&credential.consumer, &credential.stream).await;
        let _: jetstream::consumer::PullConsumer = consumer.ok()?;
        Some(())
    });
    consumer.await;
    assert_eq!(credential.reads(&client, &wanted).await.len(), wanted.len());
}

async fn positions(api: &Api, person: &Person) -> BTreeSet<i64> {
    let page = person.get(api, "/events?after=0&limit=200").await.body;
    page["events"].as_array().expect("a list").iter().filter_map(|event| event["position"].as_i64()).collect()
}

#[tokio::test]
async fn the_command_line_makes_it_and_a_repeat_is_told_so() {
    let api = Api::start().await;
    let run = async |arguments: &[&str]| {
        let mut command = omoi();
        command.args(["bus", "credential"]).args(arguments).arg("--data-dir").arg(&api.up.ready.data_dir);
        let output = command.output().await.expect("omoi starts");
        let said = String::from_utf8([output.stdout, output.stderr].concat()).expect("text");
        (output.status.success(), said)
    };
    let make = ["create", "warehouse", "--json", "--idempotency-key", "one"];
    let (made, said) = run(&make).await;
    assert!(made, "{said}");
    let credential: Credential = serde_json::from_str(&said).expect("one JSON object");
    let events =
        credential.reads(&credential.connect().await, &BTreeSet::from([api.last_position().await])).await;
    assert!(events.iter().all(|event| credential.subject.contains(event["org_id"].as_str().expect("an id"))));
    let (again, said) = run(&make).await;
    assert!(!again && said.contains("already_issued"), "{said}");
    let (listed, said) = run(&["list", "--json"]).await;
    let list: Value = serde_json::from_str(&said).expect("one JSON object");
    assert!(listed && list["credentials"][0]["id"] == credential.id.as_str(), "{said}");
    assert!(run(&["revoke", &credential.id]).await.0);
    assert!(bus::connect(&credential.url).await.is_err());

    // There is an end to it: each is an account of the server.
    for n in 0..20 {
        let (made, said) = run(&["create", &format!("n{n}")]).await;
        assert!(made, "{said}");
    }
    let (made, said) = run(&["create", "one too many", "--json"]).await;
    assert!(!made && said.contains("too_many_bus_credentials"), "{said}");
}
