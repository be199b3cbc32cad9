//! What a credential of the event bus reads, and what becomes of all that it is not for.

use std::{collections::BTreeSet, time::Duration};

use async_nats::{
    Client, ConnectOptions, Event,
    jetstream::{self, consumer::PullConsumer},
};
use embedded::bus;
use futures::StreamExt as _;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::timeout};

use super::{Api, Person, answer};

/// How long what was said may take to reach the bus, and a refusal to come back.
const PATIENCE: Duration = Duration::from_secs(10);

/// A credential as it was shown, once.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Credential {
    pub(crate) id: String,
    pub(crate) url: String,
    pub(crate) stream: String,
    pub(crate) consumer: String,
    pub(crate) subject: String,
}

impl Credential {
    /// Has one made for the organization that the person acts in.
    pub(crate) async fn of(api: &Api, person: &Person, org: &str, body: Value) -> Self {
        let made = person.done(api, &format!("/organizations/{org}/bus-credentials"), &body).await;
        serde_json::from_value(made.body).expect("all that a program needs")
    }

    pub(crate) async fn connect(&self) -> Client {
        bus::connect(&self.url).await.expect("let in")
    }

    /// Connects, and tells what happens to the connection.
    pub(crate) async fn watched(&self) -> (Client, mpsc::UnboundedReceiver<Event>) {
        watched(&self.url).await
    }

    /// Reads, and acknowledges, until all of these positions have come.
    pub(crate) async fn reads(&self, client: &Client, wanted: &BTreeSet<i64>) -> Vec<Value> {
        let context = jetstream::new(client.clone());
        let consumer = context.get_consumer_from_stream(&self.consumer, &self.stream).await;
        read(consumer.expect("its own consumer"), wanted).await
    }
}

async fn watched(url: &str) -> (Client, mpsc::UnboundedReceiver<Event>) {
    let address: async_nats::ServerAddr = url.parse().expect("a URL");
    let (user, password) = (address.username().expect("a user"), address.password().expect("a password"));
    let (tell, told) = mpsc::unbounded_channel();
    let options = ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned())
        .event_callback(move |event| {
            // Nobody listens any more when the story is over.
            let _ = tell.send(event);
            std::future::ready(())
        });
    let server = format!("nats://{}:{}", address.host(), address.port());
    (options.connect(server).await.expect("let in"), told)
}

async fn read(consumer: PullConsumer, wanted: &BTreeSet<i64>) -> Vec<Value> {
    let mut missing = wanted.clone();
    let mut events: Vec<Value> = Vec::new();
    let all = async {
        loop {
            // Once all have come it is asked again, so that what is too much shows.
            let last = missing.is_empty();
            let mut batch = consumer.fetch().max_messages(500).messages().await.expect("it may pull");
            while let Some(message) = batch.next().await {
                let message = message.expect("a message");
                message.double_ack().await.expect("it may acknowledge");
                let event: Value = serde_json::from_slice(&message.payload).expect("an event is JSON");
                missing.remove(&event["position"].as_i64().expect("a position"));
                events.push(event);
            }
            if last {
                break;
            }
        }
    };
    timeout(PATIENCE, all).await.expect("all of it comes");
    events
}

/// What was found: of a credential, and of the operator's own that reads everything, which shows that one would be found.
#[derive(Debug)]
pub(crate) struct BusOfOthers {
    /// Events of its own organization that the log has and it did not read.
    pub(crate) missed: BTreeSet<i64>,
    /// Events that it read, and those of them that are others'.
    pub(crate) read: usize,
    pub(crate) of_others: usize,
    /// What it tried besides, and of that what was not refused.
    pub(crate) tried: usize,
    pub(crate) opened: Vec<String>,
    /// The same of the operator.
    pub(crate) operator_of_others: usize,
    pub(crate) operator_opened: Vec<String>,
}

/// Two organizations work, and one of them reads the bus and tries for the other's part of it.
pub(crate) async fn bus_of_others(api: &Api) -> BusOfOthers {
    let mut ada = Person::register(api, "ada.of.the.bus@example.org").await;
    let mut eve = Person::register(api, "eve.of.the.bus@example.net").await;
    let ours = ada.found(api, "Bus Acme").await;
    let theirs = eve.found(api, "Bus Rivals").await;
    for (person, name) in [(&ada, "Ours"), (&eve, "Theirs"), (&ada, "Also ours")] {
        let project = person.done(api, "/projects", &json!({ "name": name })).await.id().to_owned();
        let path = format!("/projects/{project}/tickets");
        person.done(api, &path, &json!({ "title": name })).await;
    }
    let credential = Credential::of(api, &ada, &ours, json!({ "name": "ours" })).await;
    let foreign = Credential::of(api, &eve, &theirs, json!({ "name": "theirs" })).await;

    let client = credential.connect().await;
    let wanted = positions(api, &ada).await;
    let events = credential.reads(&client, &wanted).await;
    let seen: BTreeSet<i64> = events.iter().filter_map(|event| event["position"].as_i64()).collect();
    let others = |events: &[Value]| events.iter().filter(|event| event["org_id"] != ours.as_str()).count();

    let of_theirs = positions(api, &eve).await;
    let operator = jetstream::new(bus::connect(&api.up.ready.nats_url).await.expect("let in"));
    let stream = operator.get_stream(&credential.stream).await.expect("it sees the stream");
    let all = stream.create_consumer(jetstream::consumer::pull::Config::default()).await.expect("it may");
    let operators = read(all, &of_theirs).await;

    let tries = tries(&credential, &foreign, &theirs);
    BusOfOthers {
        missed: wanted.difference(&seen).copied().collect(),
        read: events.len(),
        of_others: others(&events),
        tried: tries.len(),
        opened: opened(&credential.url, &tries).await,
        operator_of_others: others(&operators),
        operator_opened: opened(&api.up.ready.nats_url, &tries).await,
    }
}

/// The positions of all events that somebody's organization has.
async fn positions(api: &Api, person: &Person) -> BTreeSet<i64> {
    let page = answer(person.request(api, reqwest::Method::GET, "/events?after=0&limit=200")).await;
    let events = page.body["events"].as_array().expect("a list");
    assert!(!events.is_empty() && events.len() < 200, "all of them, on one page");
    events.iter().map(|event| event["position"].as_i64().expect("a position")).collect()
}

/// Something that a credential is not for.
#[derive(Debug)]
pub(crate) enum Try {
    /// A request, or a message, to this subject.
    Publish(String, String),
    /// To hear what goes to these subjects.
    Subscribe(String),
}

/// All of it: to read others' events, to read or change what the server has, to speak where others listen.
fn tries(mine: &Credential, foreign: &Credential, theirs: &str) -> Vec<Try> {
    let (stream, own, other) = (&mine.stream, &mine.consumer, &foreign.consumer);
    let by = |filter: &str, more: &str| {
        format!(
            r#"{{"stream_name":"{stream}","config":{{"filter_subject":"{filter}","ack_policy":"none"{more}}}}}"#
        )
    };
    let (filter, none) = (foreign.subject.as_str(), String::new());
    let named = format!(r#","name":"{own}""#);
    let durable = format!(r#","durable_name":"{own}""#);
    let requests = [
        ("INFO".to_owned(), none.clone()),
        ("STREAM.NAMES".to_owned(), none.clone()),
        ("STREAM.LIST".to_owned(), none.clone()),
        (format!("STREAM.INFO.{stream}"), none.clone()),
        (format!("STREAM.MSG.GET.{stream}"), r#"{"seq":1}"#.to_owned()),
        (format!("STREAM.MSG.GET.{stream}"), format!(r#"{{"next_by_subj":"{filter}","seq":1}}"#)),
        (format!("DIRECT.GET.{stream}"), r#"{"seq":1}"#.to_owned()),
        (format!("DIRECT.GET.{stream}.omoi.v1.1.{theirs}.-.organization.created"), none.clone()),
        (format!("CONSUMER.CREATE.{stream}"), by(filter, "")),
        (format!("CONSUMER.CREATE.{stream}"), by(filter, &named)),
        (format!("CONSUMER.CREATE.{stream}"), by(filter, r#","deliver_subject":"_INBOX.mine""#)),
        (format!("CONSUMER.CREATE.{stream}.more"), by(filter, r#","name":"more""#)),
        (format!("CONSUMER.CREATE.{stream}.{own}"), by(filter, &durable)),
        (format!("CONSUMER.CREATE.{stream}.{own}.{filter}"), by(filter, &durable)),
        (format!("CONSUMER.DURABLE.CREATE.{stream}.{own}"), by(filter, &durable)),
        (format!("CONSUMER.NAMES.{stream}"), none.clone()),
        (format!("CONSUMER.LIST.{stream}"), none.clone()),
        (format!("CONSUMER.INFO.{stream}.{other}"), none.clone()),
        (format!("CONSUMER.MSG.NEXT.{stream}.{other}"), r#"{"batch":1,"no_wait":true}"#.to_owned()),
        (format!("CONSUMER.DELETE.{stream}.{own}"), none.clone()),
        (format!("CONSUMER.DELETE.{stream}.{other}"), none.clone()),
        (format!("CONSUMER.PAUSE.{stream}.{other}"), r#"{"pause_until":"2100-01-01T00:00:00Z"}"#.to_owned()),
        (format!("STREAM.CREATE.{stream}"), format!(r#"{{"name":"{stream}","subjects":["omoi.v1.1.>"]}}"#)),
        ("STREAM.CREATE.MORE".to_owned(), r#"{"name":"MORE","subjects":["more.>"]}"#.to_owned()),
        (format!("STREAM.UPDATE.{stream}"), format!(r#"{{"name":"{stream}","subjects":["omoi.v1.1.>"]}}"#)),
        (format!("STREAM.PURGE.{stream}"), none.clone()),
        (format!("STREAM.MSG.DELETE.{stream}"), r#"{"seq":1}"#.to_owned()),
        (format!("STREAM.SNAPSHOT.{stream}"), r#"{"deliver_subject":"_INBOX.mine"}"#.to_owned()),
        (format!("STREAM.DELETE.{stream}"), none),
    ];
    let messages = [
        format!("$JS.ACK.{stream}.{other}.1.1.1.1.0"),
        format!("$JS.FC.{stream}.{other}.1"),
        format!("omoi.v1.1.{theirs}.-.project.created"),
        mine.subject.replace('>', "-.project.created"),
        format!("omoi.api.STREAM.INFO.{stream}"),
        format!("omoi.api.CONSUMER.INFO.{stream}.{other}"),
        "$SYS.REQ.SERVER.PING".to_owned(),
        "$SYS.REQ.USER.INFO".to_owned(),
        "_INBOX.of.somebody".to_owned(),
        "anything".to_owned(),
    ];
    let heard = [
        ">",
        "*.>",
        "omoi.>",
        "omoi.v1.1.>",
        filter,
        &mine.subject,
        "$JS.>",
        "$SYS.>",
        "_R_.>",
        "_INBOX",
        "*",
    ];
    let requests = requests.into_iter().map(|(what, body)| Try::Publish(format!("$JS.API.{what}"), body));
    let messages = messages.into_iter().map(|what| Try::Publish(what, "{}".to_owned()));
    let heard = heard.into_iter().map(|what| Try::Subscribe(what.to_owned()));
    requests.chain(messages).chain(heard).collect()
}

/// What of it the server did not refuse: each refusal is said, and names what was refused.
async fn opened(url: &str, tries: &[Try]) -> Vec<String> {
    let (client, mut told) = watched(url).await;
    let mut opened = Vec::new();
    for one in tries {
        while told.try_recv().is_ok() {}
        match one {
            Try::Publish(subject, body) => {
                let reply = client.new_inbox();
                let sent =
                    client.publish_with_reply(subject.clone(), reply, body.clone().into_bytes().into());
                sent.await.expect("sent");
            }
            Try::Subscribe(subject) => {
                client.subscribe(subject.clone()).await.expect("sent");
            }
        }
        // The server answers a flush after all that came before it, so the refusal is there by then.
        client.flush().await.expect("the server has read it");
        let refused = async {
            while let Some(event) = told.recv().await {
                if event.to_string().to_lowercase().contains("permissions violation") {
                    break;
                }
            }
        };
        if timeout(Duration::from_millis(500), refused).await.is_err() {
            opened.push(format!("{one:?}"));
        }
    }
    opened
}
