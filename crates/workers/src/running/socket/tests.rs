use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::UnixStream;

use super::*;

const TOKEN: &str = "right";

async fn asked(socket: &Socket, path: &str, token: Option<&str>) -> (StatusCode, String) {
    let stream = UnixStream::connect(&socket.listening.path).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request = hyper::Request::builder().uri(path).header("host", "omoi");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = sender.send_request(request.body(Empty::<bytes::Bytes>::new()).unwrap()).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn who_has_not_the_token_is_told_nothing() {
    let home = tempfile::tempdir().unwrap();
    let (socket, _heard) = open(home.path(), TOKEN, |_| Router::new()).unwrap();
    socket.orders.add(Wanted::Interrupt { nth: 1 });
    for token in [None, Some(""), Some("wrong"), Some("rightx"), Some("righ")] {
        for path in ["/run/orders?after=0", "/run/beat", "/run/events", "/", "/llm"] {
            let (status, body) = asked(&socket, path, token).await;
            assert_eq!((status, body.as_str()), (StatusCode::UNAUTHORIZED, ""), "{path} {token:?}");
        }
    }
    let (status, body) = asked(&socket, "/run/orders?after=0", Some(TOKEN)).await;
    assert!(status.is_success() && body.contains("interrupt"), "{status} {body}");
}

#[tokio::test]
async fn an_order_is_numbered_and_wanted_once() {
    let orders = OrderBook::new();
    orders.add(Wanted::Interrupt { nth: 1 });
    orders.add(Wanted::Interrupt { nth: 1 });
    orders.add(Wanted::Interrupt { nth: 2 });
    orders.add(Wanted::Stop);
    orders.add(Wanted::Stop);
    let all: Vec<u64> = orders.after(0).iter().map(|order| order.n).collect();
    assert_eq!(all, [1, 2, 3]);
    assert_eq!(orders.wait(2).await.len(), 1, "what is there is not waited for");
}

#[tokio::test]
async fn a_run_that_is_over_answers_nobody() {
    let home = tempfile::tempdir().unwrap();
    let (socket, heard) = open(home.path(), TOKEN, |_| Router::new()).unwrap();
    drop(heard);
    let stream = UnixStream::connect(&socket.listening.path).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::post("/run/beat").header("host", "omoi");
    let request = request.header("authorization", format!("Bearer {TOKEN}"));
    let response = sender.send_request(request.body(Empty::<bytes::Bytes>::new()).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::GONE);
}

#[tokio::test]
async fn a_bundle_for_which_there_is_no_room_is_refused_with_a_word_of_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let (socket, _heard) = open(home.path(), TOKEN, |_| Router::new()).unwrap();
    std::os::unix::fs::symlink("/dev/full", home.path().join("bundle")).unwrap();
    let stream = UnixStream::connect(&socket.listening.path).await.unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let request = hyper::Request::put("/run/snapshots/turn_end").header("host", "omoi");
    let request = request.header("authorization", format!("Bearer {TOKEN}"));
    let body = http_body_util::Full::new(bytes::Bytes::from_static(b"# v2 git bundle"));
    let response = sender.send_request(request.body(body).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::INSUFFICIENT_STORAGE);
    let said = response.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(said, NO_ROOM.as_bytes());
    assert!(!home.path().join("bundle").exists(), "what was written of it takes no room");
}
