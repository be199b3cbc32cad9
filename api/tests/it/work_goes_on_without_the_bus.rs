//! The event bus stands still: commands are carried out, screens are told from the log, and what the bus missed is there
//! when it is back.

use std::time::Duration;

use reqwest::Method;
use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Api, Follower, descendants, eventually, signal};

const PATIENCE: Duration = Duration::from_secs(30);

async fn readiness(api: &Api) -> (u16, Value) {
    let answer = crate::support::answer(api.request_to(Method::GET, "/readyz")).await;
    (answer.status, answer.body)
}

#[tokio::test]
async fn work_goes_on_without_the_bus() {
    let api = Api::start().await;
    let nats = descendants(api.up.ready.pid).into_iter().find(|(_, name)| name == "nats-server");
    let (nats, _) = nats.expect("the child runs");
    let mut socket = api.socket().await;
    socket.subscribe("all", json!({ "kind": "log" }), Some(0)).await;
    let mut follower = Follower::from(Some(0));
    let project = api.done("/projects", &json!({ "name": "Payments" })).await.id().to_owned();
    follower.reaches(&mut socket, "all", 1).await;

    signal(nats, Signal::STOP);
    // A signal takes its time, and an answer may be on its way.
    let (status, ready) = eventually(PATIENCE, "the bus stands still", async || {
        let (status, ready) = readiness(&api).await;
        (ready["bus"]["ok"] == false).then_some((status, ready))
    })
    .await;
    assert_eq!((status, &ready["ready"]), (200, &json!(true)), "{ready}");
    for n in 0..10 {
        api.done(&format!("/projects/{project}/tickets"), &json!({ "title": format!("Ticket {n}") })).await;
    }
    let head = api.last_position().await;
    follower.reaches(&mut socket, "all", head).await;

    signal(nats, Signal::CONT);
    eventually(PATIENCE, "the bus has caught up", async || {
        let (_, ready) = readiness(&api).await;
        (ready["bus"]["ok"] == true && ready["behind"] == json!([])).then_some(())
    })
    .await;
    api.done(&format!("/projects/{project}/tickets"), &json!({ "title": "After" })).await;
    let head = api.last_position().await;
    follower.reaches(&mut socket, "all", head).await;
    // The first event is about a person, and of no organization.
    assert_eq!(follower.positions(), (2..=head).collect::<Vec<_>>());
}
