//! kill -9 while somebody registers, founds an organization and makes a key, at another moment each time: whoever tries
//! again gets there, nothing that was answered is gone, and nothing is there twice.

use std::time::Duration;

use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::support::{Api, PASSWORD, Person, Up, answer, letter_to, remove_home, signal, token_of};

const ROUNDS: u64 = 6;
/// The last round is killed about when everything of it is done.
const LATER_EACH: Duration = Duration::from_millis(12);

#[tokio::test]
async fn somebody_registers_and_makes_a_key_whenever_the_server_dies() {
    let directory = tempfile::tempdir().expect("a directory");
    let data_dir = directory.path().join("data");
    let mut api = Api::of(Up::start_in(&data_dir).await);
    let mut ada = Person::register(&api, "ada@example.org").await;
    let org = ada.found(&api, "Acme").await;
    let (mut answered, mut before): (Vec<String>, Vec<Api>) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let email = format!("bob{round}@example.org");
        let registration = json!({ "email": email, "password": PASSWORD, "display_name": "Bob" });
        let register = api.request_with(None, Method::POST, "/auth/register").json(&registration);
        let wish = format!("key-{round}");
        let keys = format!("/organizations/{org}/api-keys");
        let body = json!({ "name": "CI", "scopes": ["projects:read"] });
        let make_key = |api: &Api, ada: &Person| {
            ada.request(api, Method::POST, &keys).header("idempotency-key", &wish).json(&body)
        };
        let (registered, mut made) =
            (tokio::spawn(register.send()), tokio::spawn(make_key(&api, &ada).send()));
        let moment = LATER_EACH * u32::try_from(round).expect("few");
        let in_time = timeout(moment, &mut made).await;
        signal(api.up.ready.pid, Signal::KILL);
        api.up.ended(Duration::from_secs(10)).await;
        let _ = registered.await;
        // What was answered before the end holds after it.
        let made = match in_time {
            Ok(made) => made,
            Err(_) => made.await,
        };
        if let Ok(Ok(response)) = made
            && let Ok(made) = response.json::<Value>().await
        {
            answered.extend(made["key"].as_str().map(str::to_owned));
        }

        // Whoever forgets a server removes its data.
        before.push(std::mem::replace(&mut api, Api::of(Up::start_in(&data_dir).await)));
        let signed_in = json!({ "email": "ada@example.org", "password": PASSWORD });
        let signed_in = answer(api.request_with(None, Method::POST, "/auth/login").json(&signed_in)).await;
        ada = Person::of("ada@example.org", &signed_in.body);
        ada.switch(&api, &org).await;
        for key in &answered {
            let opened = answer(api.request_with(Some(key), Method::GET, "/projects")).await;
            assert_eq!(opened.status, 200, "a key that was shown opens: {opened:?}");
        }
        // The same wish once more: the key is made, or it was, and then it is one and can be revoked.
        let again = answer(make_key(&api, &ada)).await;
        assert!(matches!(again.status, 201 | 409), "{again:?}");
        // As of everything that has happened until now.
        let newest = ada.get(&api, &format!("/events?limit=1&before={}", i64::MAX)).await;
        let position = newest.body["events"][0]["position"].as_i64().expect("the organization was founded");
        let listed = ada.request(&api, Method::GET, &keys).header("Omoi-Min-Position", position);
        let listed = answer(listed).await;
        let named: usize = listed.body["keys"].as_array().map_or(0, Vec::len);
        assert_eq!(named, usize::try_from(round).expect("few") + 1, "one a wish: {listed:?}");

        let again = answer(api.request_with(None, Method::POST, "/auth/register").json(&registration)).await;
        assert_eq!(again.status, 202, "{again:?}");
        let token = token_of(&letter_to(&api, &email).await);
        let verify = json!({ "token": token, "password": PASSWORD });
        let bob = answer(api.request_with(None, Method::POST, "/auth/verify").json(&verify)).await;
        assert_eq!(bob.status, 200, "{bob:?}");
    }
    drop(api);
    remove_home(&data_dir);
}
