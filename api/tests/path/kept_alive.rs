//! A connection that stays open between requests, as programs keep them: what it can see that a client above it hides.

use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::door::Door;

/// However slow the machine, an answer or an end takes no longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open connection to one server.
pub(crate) struct KeptAlive {
    stream: BufReader<TcpStream>,
    key: String,
}

/// What came back over it.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    /// The server asked for another connection for the next request.
    pub(crate) closes: bool,
}

impl KeptAlive {
    /// Opens one to the `n`-th server.
    pub(crate) async fn open(door: &Door, n: usize) -> Self {
        let url = door.url(n);
        let place = url.strip_prefix("http://").expect("an address");
        let stream = TcpStream::connect(place).await.expect("the server listens");
        Self { stream: BufReader::new(stream), key: door.key().to_owned() }
    }

    /// Makes a request, after which the connection is idle.
    pub(crate) async fn used(mut self) -> Self {
        self.send("GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
        let answered = self.answered().await;
        assert_eq!((answered.status, answered.closes), (200, false), "{answered:?}");
        self
    }

    /// Begins a command whose body does not come yet.
    pub(crate) async fn begin(&mut self, path: &str, body: &str) {
        let (key, length) = (self.key.clone(), body.len());
        let head = format!(
            "POST /api/v1{path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        );
        self.send(&head).await;
    }

    /// Sends the rest of it, for its answer.
    pub(crate) async fn finish(&mut self, body: &str) -> Answered {
        self.send(body).await;
        self.answered().await
    }

    /// Waits until the server closes the connection, in order and without a word.
    pub(crate) async fn closed(&mut self) {
        let read = timeout(PATIENCE, self.stream.read_u8()).await.expect("it is closed in time");
        let error = read.expect_err("nobody asked for anything");
        assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof, "it is broken off: {error}");
    }

    async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.expect("the connection is open");
    }

    async fn answered(&mut self) -> Answered {
        timeout(PATIENCE, self.read()).await.expect("an answer in time")
    }

    async fn read(&mut self) -> Answered {
        let status = self.line().await;
        let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        let (mut closes, mut length) = (false, 0);
        loop {
            let line = self.line().await.to_ascii_lowercase();
            match line.split_once(": ") {
                Some(("connection", value)) => closes = value == "close",
                Some(("content-length", value)) => length = value.parse().expect("a length"),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.expect("the whole body");
        Answered { status, closes }
    }

    /// A line of the head, without its end; empty after the last one.
    async fn line(&mut self) -> String {
        let mut line = String::new();
        self.stream.read_line(&mut line).await.expect("the connection is open");
        line.trim_end().to_owned()
    }
}
