//! Rows of the live socket: how it is opened, and what is said on it.

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::protocol::frame::{Frame, coding::Data, coding::OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::rows::Seen;
use crate::world::{World, text};

const PATIENCE: Duration = Duration::from_secs(20);
/// No close frame came: the connection ended.
const ABNORMAL: u16 = 1006;

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Does it, in each way that there is.
pub(super) async fn show(world: &World, name: &str) -> Vec<Seen> {
    let said = |how: &str, outcome: Value| vec![Seen::of(how, outcome, "")];
    match name {
        "a foreign origin" => {
            let mut seen = Vec::new();
            let place = world.url();
            for origin in
                ["https://evil.example", "null", &format!("{place}.evil.example"), "https://omoi.example"]
            {
                let refused = open(world, &ticket(world).await, Some(origin)).await.err();
                seen.push(Seen::of(origin, refused.unwrap_or(101), ""));
            }
            seen
        }
        "a ticket twice" => {
            let ticket = ticket(world).await;
            let _first = open(world, &ticket, None).await.expect("it opens one");
            said(name, json!(open(world, &ticket, None).await.err().unwrap_or(101)))
        }
        "another organization's board" => {
            let mut seen = Vec::new();
            for kind in ["board", "graph"] {
                let topic = json!({ "kind": kind, "project": world.other_project });
                seen.push(subscribed(world, kind, &topic, None).await);
            }
            seen
        }
        "a position before the log" => {
            vec![subscribed(world, name, &json!({ "kind": "log" }), Some(-1)).await]
        }
        "a position after the log" => {
            let far = world.database.head().await + 1_000_000;
            vec![subscribed(world, name, &json!({ "kind": "log" }), Some(far)).await]
        }
        "a frame of a gigabyte" => said(name, bytes(world, &header(0x81, 1 << 30)).await),
        "a compressed frame" => {
            let mut frame = header(0x81 | 0x40, 4);
            frame.extend_from_slice(&[1, 2, 3, 4]);
            said(name, bytes(world, &frame).await)
        }
        "fragments without an end" => {
            let part =
                |opcode| Message::Frame(Frame::message(vec![b'a'; 16 * 1024], OpCode::Data(opcode), false));
            let more = std::iter::repeat_with(|| part(Data::Continue));
            said(name, spoken(world, std::iter::once(part(Data::Text)).chain(more.take(63))).await)
        }
        "a flood of frames" => {
            let frame = || Message::text(json!({ "op": "visible", "visible": true }).to_string());
            said(name, spoken(world, std::iter::repeat_with(frame).take(2_000)).await)
        }
        "a flood of pings" => {
            let ping = || Message::Ping(vec![1; 100].into());
            said(name, spoken(world, std::iter::repeat_with(ping).take(2_000)).await)
        }
        "binary garbage" => {
            said(name, spoken(world, std::iter::once(Message::binary(vec![0, 159, 146, 150]))).await)
        }
        "text that is no frame" => {
            said(name, spoken(world, std::iter::once(Message::text("nonsense"))).await)
        }
        "open after sign-out" => {
            let mut person = world.owner.clone();
            let body = json!({ "email": person.email, "password": crate::support::PASSWORD });
            let again = world.api.request_with(None, reqwest::Method::POST, "/auth/login").json(&body);
            person.access = text(&crate::support::answer(again).await.body["access_token"]);
            let made = world.api.ticket_with(Some(&person.access)).await;
            let mut stream = open(world, &text(&made.body["ticket"]), None).await.expect("a socket");
            person.done(&world.api, "/auth/logout", &json!({})).await;
            said(name, json!(end(&mut stream).await))
        }
        other => panic!("nobody knows how to do {other}"),
    }
}

async fn ticket(world: &World) -> String {
    text(&world.api.ticket_with(Some(&world.owner.access)).await.body["ticket"])
}

/// A socket, or the status that it is refused with.
async fn open(world: &World, ticket: &str, origin: Option<&str>) -> Result<Stream, u16> {
    let address = format!("{}/api/v1/ws?ticket={ticket}", world.url().replacen("http", "ws", 1));
    let mut request = address.into_client_request().expect("an address");
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", origin.parse().expect("a header"));
    }
    match connect_async(request).await {
        Ok((stream, _)) => Ok(stream),
        Err(Error::Http(answer)) => Err(answer.status().as_u16()),
        Err(other) => panic!("neither opened nor refused: {other}"),
    }
}

/// What a subscription is answered: the code of its problem, or the word of the frame.
async fn subscribed(world: &World, how: &str, topic: &Value, from: Option<i64>) -> Seen {
    let mut stream = open(world, &ticket(world).await, None).await.expect("a socket");
    let frame = json!({ "op": "subscribe", "sub": "s", "topic": topic, "from": from });
    stream.send(Message::text(frame.to_string())).await.expect("the socket is open");
    loop {
        let next = timeout(PATIENCE, stream.next()).await.expect("the socket is silent");
        let Some(Ok(Message::Text(text))) = next else { continue };
        let frame: Value = serde_json::from_str(&text).expect("a frame is JSON");
        if frame["sub"] == "s" {
            let outcome = if frame["op"] == "refused" { &frame["problem"]["code"] } else { &frame["op"] };
            return Seen::of(how, outcome.clone(), &text);
        }
    }
}

/// The code with which a socket ends on which this is said.
async fn spoken(world: &World, messages: impl Iterator<Item = Message>) -> Value {
    let mut stream = open(world, &ticket(world).await, None).await.expect("a socket");
    for message in messages {
        // A server that has heard enough has hung up.
        if stream.send(message).await.is_err() {
            break;
        }
    }
    json!(end(&mut stream).await)
}

/// The code with which a socket ends on which these bytes are sent.
async fn bytes(world: &World, bytes: &[u8]) -> Value {
    let mut stream = open(world, &ticket(world).await, None).await.expect("a socket");
    let MaybeTlsStream::Plain(plain) = stream.get_mut() else { panic!("our server speaks plainly") };
    plain.write_all(bytes).await.expect("the socket is open");
    json!(end(&mut stream).await)
}

/// The head of a frame of a client, of so many bytes, masked with zeros.
fn header(first: u8, length: u64) -> Vec<u8> {
    let mut bytes = vec![first, 0x80 | 127];
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&[0; 4]);
    bytes
}

async fn end(stream: &mut Stream) -> u16 {
    loop {
        match timeout(PATIENCE, stream.next()).await.expect("the socket ends") {
            Some(Ok(Message::Close(close))) => return close.map_or(ABNORMAL, |close| close.code.into()),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return ABNORMAL,
        }
    }
}
