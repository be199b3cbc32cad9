//! Rows that are bytes: what a client of HTTP would refuse to send.

use tokio::task::JoinSet;

use super::rows::{Row, Seen};
use crate::raw;
use crate::world::World;

/// Rows that the server must lose its patience with.
const SLOW: [&str; 2] = ["headers that never end", "a body that never ends"];

pub(super) fn is_slow(row: &Row) -> bool {
    row.socket.as_deref().is_some_and(|name| SLOW.contains(&name))
}

/// Begins all slow ones.
pub(super) fn begin_slow<'a>(world: &World, rows: impl Iterator<Item = &'a Row>) -> JoinSet<(Row, Seen)> {
    let mut begun = JoinSet::new();
    for row in rows.filter(|row| is_slow(row)).cloned() {
        let url = world.url().to_owned();
        let name = row.socket.clone().expect("it is a socket");
        let head = head(world, "POST", "/projects");
        let bytes = if name == SLOW[0] {
            format!("{head}X-Slow: ")
        } else {
            format!("{head}Content-Type: application/json\r\nContent-Length: 100000\r\n\r\n{{\"name\":\"")
        };
        begun.spawn(async move {
            let status = raw::drip(&url, bytes.as_bytes()).await;
            (row, Seen::of(&name, status, ""))
        });
    }
    begun
}

/// The first lines of a request of the owner.
fn head(world: &World, method: &str, path: &str) -> String {
    let (host, bearer) = (raw::place(world.url()), &world.owner.access);
    format!("{method} /api/v1{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {bearer}\r\n")
}

/// Sends a row that is answered at once, in each way that there is.
pub(super) async fn show(world: &World, name: &str) -> Vec<Seen> {
    let (get, post) = (head(world, "GET", "/projects"), head(world, "POST", "/projects"));
    let json = "Content-Type: application/json\r\n";
    let ways: Vec<(&str, String)> = match name {
        "crlf header" => vec![
            ("a return", format!("{get}X-A: a\rX-B: b\r\n\r\n")),
            ("a header that goes on", format!("{get}X-A: a\r\n b\r\n\r\n")),
            ("a zero", format!("{get}X-A: a\0b\r\n\r\n")),
            ("a space before the colon", format!("{get}X-A : a\r\n\r\n")),
        ],
        "two lengths" => {
            let body = "e\r\n{\"name\":\"Two\"}\r\n0\r\n\r\n";
            vec![
                (
                    "length first",
                    format!("{post}{json}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n{body}"),
                ),
                (
                    "chunks first",
                    format!("{post}{json}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n{body}"),
                ),
                (
                    "two that differ",
                    format!(
                        "{post}{json}Content-Length: 2\r\nContent-Length: 14\r\n\r\n{{\"name\":\"Two\"}}"
                    ),
                ),
                ("a sign", format!("{post}{json}Content-Length: +14\r\n\r\n{{\"name\":\"Two\"}}")),
                (
                    "chunks that are not last",
                    format!("{post}{json}Transfer-Encoding: chunked, gzip\r\n\r\n{body}"),
                ),
            ]
        }
        "a chunk of a bad size" => {
            let post = format!("{post}{json}Transfer-Encoding: chunked\r\n\r\n");
            vec![
                ("no number", format!("{post}xyz\r\n{{\"name\":\"Bad\"}}\r\n0\r\n\r\n")),
                ("negative", format!("{post}-1\r\n{{}}\r\n0\r\n\r\n")),
                ("more than there are numbers", format!("{post}ffffffffffffffffff\r\n{{}}\r\n0\r\n\r\n")),
            ]
        }
        "10,000 headers" => vec![("small ones", format!("{get}{}\r\n", "X-A: a\r\n".repeat(10_000)))],
        "a header of 16 KiB and more" => {
            vec![("one", format!("{get}X-A: {}\r\n\r\n", "a".repeat(16 * 1024)))]
        }
        "http2 preface" => {
            let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
            vec![
                ("said before", preface.to_owned()),
                ("with a reset", format!("{preface}\0\0\u{4}\u{3}\0\0\0\0\u{1}\0\0\0\0")),
            ]
        }
        other => panic!("nobody knows how to send {other}"),
    };
    let mut seen = Vec::new();
    for (how, bytes) in ways {
        seen.push(Seen::of(how, raw::exchange(world.url(), bytes.as_bytes()).await, ""));
    }
    seen
}
