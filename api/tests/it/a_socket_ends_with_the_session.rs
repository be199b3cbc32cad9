//! A live socket lives as long as what opened it, and sees what its owner may see: not longer, and nothing of others.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::time::timeout;

use crate::support::{Api, Person, answer};

const WITHIN: Duration = Duration::from_secs(5);

#[tokio::test]
async fn who_signs_out_or_is_put_out_hears_nothing_more() {
    let api = Api::start().await;
    let mut ada = Person::register(&api, "ada@example.org").await;
    let org = ada.found(&api, "Acme").await;
    let bob = ada.invite(&api, &org, "bob@example.org", "member").await;
    let mut of_ada = api.socket_with(&ada.access).await;
    let mut of_bob = api.socket_with(&bob.access).await;
    for socket in [&mut of_ada, &mut of_bob] {
        socket.subscribe("all", json!({ "kind": "log" }), None).await;
        // It is told where it is, if nothing else.
        assert_eq!(socket.frame().await["sub"], "all");
    }
    let path = format!("/organizations/{org}/members/{}", bob.user);
    assert_eq!(answer(ada.request(&api, Method::DELETE, &path)).await.status, 200);
    let (last, code) = timeout(WITHIN, of_bob.ends()).await.expect("within 5 s");
    assert_eq!((&last["reason"], code), (&json!("revoked"), Some(4401)), "{last}");

    ada.done(&api, "/auth/logout", &json!({})).await;
    let (last, code) = timeout(WITHIN, of_ada.ends()).await.expect("within 5 s");
    assert_eq!((&last["reason"], code), (&json!("revoked"), Some(4401)), "{last}");
    // Nor does a ticket that was made before open anything.
    let refused = api.ticket_with(Some(&ada.access)).await;
    assert_eq!(refused.problem(), (401, "unauthenticated"));
}

#[tokio::test]
async fn a_socket_hears_its_own_organization_only() {
    let api = Api::start().await;
    let mut ada = Person::register(&api, "ada@example.org").await;
    let mut eve = Person::register(&api, "eve@example.net").await;
    ada.found(&api, "Acme").await;
    eve.found(&api, "Rivals").await;
    let project = ada.done(&api, "/projects", &json!({ "name": "Ours" })).await.id().to_owned();
    let mut socket = api.socket_with(&eve.access).await;
    socket.subscribe("all", json!({ "kind": "log" }), Some(0)).await;
    socket.subscribe("theirs", json!({ "kind": "board", "project": project }), None).await;
    socket.subscribe("of", json!({ "kind": "log", "project": project }), Some(0)).await;
    let made = eve.done(&api, "/projects", &json!({ "name": "Mine" })).await;
    let position = made.body["position"].as_i64().expect("a position");
    let (mut heard, mut refused, mut of) = (Vec::new(), false, 0);
    while heard.last().is_none_or(|last| *last < position) || !refused {
        let frame = socket.frame().await;
        let text = frame.to_string();
        assert!(!text.contains("Ours"), "{text}");
        match (frame["op"].as_str(), frame["sub"].as_str()) {
            (Some("refused"), Some("theirs")) => refused = true,
            (Some("events"), Some("of")) => of += frame["events"].as_array().map_or(0, Vec::len),
            (Some("events"), Some("all")) => {
                heard.extend(
                    frame["events"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(|event| event["position"].as_i64()),
                );
            }
            _ => {}
        }
    }
    assert_eq!(of, 0, "another organization's project has no events here");
}

/// A page of another site that got hold of a ticket.
#[tokio::test]
async fn a_page_of_another_site_opens_no_socket() {
    let api = Api::start().await;
    for (origin, opens) in [
        ("https://evil.example", false),
        ("null", false),
        (&format!("{}.evil.example", api.up.ready.url), false),
        (api.up.ready.url.as_str(), true),
    ] {
        let ticket = api.ticket_with(Some(api.operator_key())).await.body["ticket"]
            .as_str()
            .expect("a ticket")
            .to_owned();
        let request = reqwest::Client::new()
            .get(format!("{}/api/v1/ws?ticket={ticket}", api.up.ready.url))
            .header("origin", origin)
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-version", "13")
            .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
        let status = request.send().await.expect("an answer").status().as_u16();
        assert_eq!(status, if opens { 101 } else { 403 }, "{origin}");
    }
}
