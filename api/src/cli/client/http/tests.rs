//! Against a server that plays what it is told to, one connection an answer.

use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use super::*;
use crate::cli::client::place::Key;

const DONE: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
const BUSY: &str = "HTTP/1.1 503 Busy\r\nretry-after: 0\r\nconnection: close\r\ncontent-length: 45\r\n\r\n\
                    {\"status\":503,\"code\":\"busy\",\"detail\":\"later\"}";
/// The connection ends where the answer should begin.
const CUT: &str = "";

/// Writes once while the server plays `answers`; how it ended, and the requests that came.
async fn written(answers: &[&'static str]) -> (Result<Answer, Failure>, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answers = answers.to_vec();
    let server = tokio::spawn(async move {
        let mut requests = Vec::new();
        for answer in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = String::new();
            while !request.ends_with("{}") {
                let mut bytes = [0; 1024];
                let count = stream.read(&mut bytes).await.unwrap();
                assert!(count > 0, "the request ended early: {request}");
                request.push_str(std::str::from_utf8(&bytes[..count]).unwrap());
            }
            stream.write_all(answer.as_bytes()).await.unwrap();
            requests.push(request);
        }
        requests
    });
    let key = Some(Key { value: "k".to_owned(), source: "a test".to_owned(), session: false });
    let client = Client::new(Place { url, key, how_to_start: "`omoi up`".to_owned() }).unwrap();
    let ended = client.write(Method::POST, "/projects", &json!({}), &Writing::default()).await;
    (ended, server.await.unwrap())
}

fn idempotency_key(request: &str) -> &str {
    request.lines().find_map(|line| line.strip_prefix("idempotency-key: ")).expect("every write has one")
}

#[tokio::test]
async fn a_write_is_sent_again_under_the_same_key() {
    let (ended, requests) = written(&[CUT, BUSY, DONE]).await;
    assert_eq!(ended.unwrap().body, "{}");
    let keys: Vec<&str> = requests.iter().map(|request| idempotency_key(request)).collect();
    assert_eq!(keys, [keys[0]; 3]);
    let (_, others) = written(&[DONE]).await;
    assert_ne!(keys[0], idempotency_key(&others[0]), "another wish has another key");
}

#[tokio::test]
async fn a_write_that_nobody_answers_is_in_doubt_and_can_be_repeated() {
    let (ended, requests) = written(&[CUT, CUT, CUT]).await;
    let failure = ended.unwrap_err();
    let again = format!("--idempotency-key {}", idempotency_key(&requests[0]));
    assert!(failure.detail().contains("not known") && failure.detail().ends_with(&again), "{failure:?}");
    assert!(failure.may_pass());
    let (ended, _) = written(&[CUT, BUSY, BUSY]).await;
    assert!(ended.unwrap_err().detail().starts_with("later (busy); whether it acted is not known"));
}

#[tokio::test]
async fn a_server_that_stays_busy_says_so() {
    let (ended, _) = written(&[BUSY, BUSY, BUSY]).await;
    let failure = ended.unwrap_err();
    assert_eq!(failure.detail(), "later (busy)");
    assert!(failure.may_pass());
}

#[tokio::test]
async fn another_program_is_not_taken_for_omoi() {
    let page = "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 6\r\n\r\n<html>";
    let (ended, _) = written(&[page]).await;
    let failure = ended.unwrap_err();
    assert!(failure.problem().contains("not_omoi") && !failure.may_pass(), "{failure:?}");
}
