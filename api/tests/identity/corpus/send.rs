//! Rows that a client can send.

use std::iter;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::rows::{Row, Seen};
use crate::raw;
use crate::support::answer;
use crate::world::World;

/// What a row needs to have been sent before.
pub(super) async fn prepare(world: &World, row: &Row) {
    if let Some(first) = &row.first {
        let mut before = row.clone();
        before.body = Some(first.clone());
        let made = answer(request(world, &before)).await;
        assert!(matches!(made.status, 200 | 201), "{made:?}");
    }
}

/// Sends a row.
pub(super) async fn show(world: &World, row: &Row) -> Seen {
    let send = fill(world, row.send.as_deref().expect("it is sent"));
    let (method, path) = send.split_once(' ').expect("method and address");
    if row.raw_path {
        return raw_path(world, method, path).await;
    }
    let answered = answer(request(world, row)).await;
    let mut seen = Seen::of("sent", answered.status, &answered.body.to_string());
    if answered.status >= 400 && method != "HEAD" {
        assert_eq!(answered.header("content-type"), Some("application/problem+json"), "{answered:?}");
    }
    if row.keeps.is_some() && answered.status == 201 {
        let read = world.owner.request(&world.api, Method::GET, &format!("/tickets/{}", answered.id()));
        let read = answer(read.header("omoi-min-position", answered.body["position"].to_string())).await;
        // No browser takes it for a page.
        assert_eq!(read.header("content-type"), Some("application/json"), "{read:?}");
        assert_eq!(read.header("x-content-type-options"), Some("nosniff"));
        seen.kept = title_of(&read.body);
    }
    seen
}

fn request(world: &World, row: &Row) -> RequestBuilder {
    let send = fill(world, row.send.as_deref().expect("it is sent"));
    let (method, path) = send.split_once(' ').expect("method and address");
    let method: Method = method.parse().expect("a method");
    let mut request = world.api.request_with(sender(world, row), method, path);
    for (name, value) in &row.headers {
        request = request.header(name, fill(world, value));
    }
    match bytes(world, row) {
        Some(bytes) => {
            let kind = row.kind.as_deref().unwrap_or("application/json");
            request.header("content-type", kind).body(bytes)
        }
        None => request,
    }
}

/// The title of a ticket, wherever in the answer it stands.
fn title_of(ticket: &Value) -> Option<String> {
    let title = ticket.get("title").or_else(|| ticket.pointer("/ticket/title"))?;
    Some(title.as_str()?.to_owned())
}

/// The address as it is, which a client would tidy up.
async fn raw_path(world: &World, method: &str, path: &str) -> Seen {
    let host = raw::place(world.url());
    let bearer = &world.owner.access;
    let text = format!(
        "{method} /api/v1{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {bearer}\r\nConnection: close\r\n\r\n"
    );
    Seen::of("byte for byte", raw::exchange(world.url(), text.as_bytes()).await, "")
}

fn sender<'a>(world: &'a World, row: &Row) -> Option<&'a str> {
    match row.sender.as_deref().expect("somebody sends it") {
        "none" => None,
        "owner" => Some(&world.owner.access),
        "member" => Some(&world.member.access),
        "viewer" => Some(&world.viewer.access),
        other => panic!("nobody is called {other}"),
    }
}

fn bytes(world: &World, row: &Row) -> Option<Vec<u8>> {
    if let Some(body) = &row.body {
        return Some(fill(world, &body.to_string()).into_bytes());
    }
    if let Some(hex) = &row.hex {
        return Some(hex::decode(hex).expect("hexadecimal digits"));
    }
    if let Some(length) = row.big {
        let frame = json!({ "name": "" }).to_string().len();
        return Some(json!({ "name": "x".repeat(length - frame) }).to_string().into_bytes());
    }
    row.text.as_ref().map(|text| fill(world, text).into_bytes())
}

/// Names in braces become what they name.
fn fill(world: &World, text: &str) -> String {
    let names: [(&str, &dyn Fn() -> String); 13] = [
        ("{org}", &|| world.org.clone()),
        ("{ORG}", &|| world.org.to_uppercase()),
        ("{project}", &|| world.project.clone()),
        ("{owner}", &|| world.owner.user.clone()),
        ("{member}", &|| world.member.user.clone()),
        ("{other_org}", &|| world.other_org.clone()),
        ("{other_project}", &|| world.other_project.clone()),
        ("{other_owner}", &|| world.other_owner.user.clone()),
        ("{emoji}", &|| "\u{1f600}".repeat(10_000)),
        ("{deep}", &|| format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000))),
        ("{wide}", &|| {
            format!("{{\"name\":[{}]}}", iter::repeat_n("0", 1_000_000).collect::<Vec<_>>().join(","))
        }),
        ("{10k}", &|| "k".repeat(10 * 1024)),
        ("{8k}", &|| "8".repeat(8 * 1024)),
    ];
    names.iter().fold(
        text.to_owned(),
        |text, (name, what)| {
            if text.contains(name) { text.replace(name, &what()) } else { text }
        },
    )
}
