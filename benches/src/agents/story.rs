//! A model that has its whole answer ready and sends it as fast as it is read, in the stream of OpenAI's format: what is slow about
//! a call is then whoever passes it on. (The simulator waits a moment between two pieces, as models do.)

use std::fmt::Write as _;
use std::io;
use std::sync::Arc;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Characters of a piece.
const PIECE: usize = 64;

/// It ends when this is dropped.
#[derive(Debug)]
pub(super) struct Story {
    /// What clients have as its base.
    pub(super) url: String,
    telling: JoinHandle<()>,
}

impl Story {
    /// Answers with a word, or with so many pieces to whoever asks for a long story.
    pub(super) async fn begin(pieces: usize) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/v1", listener.local_addr()?);
        let (short, long) = (Arc::from(answer(1)), Arc::from(answer(pieces)));
        let telling = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // One that goes away is told no more.
                tokio::spawn(tell(stream, Arc::clone(&short), Arc::clone(&long)));
            }
        });
        Ok(Self { url, telling })
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        self.telling.abort();
    }
}

/// A whole response: head, and each event as a chunk of its own.
fn answer(pieces: usize) -> Vec<u8> {
    let mut text =
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n".to_owned();
    let of = |rest: &str| {
        format!(
            "data: {{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"scripted\",{rest}}}\n\n"
        )
    };
    let words = "once upon a time ".chars().cycle().take(PIECE).collect::<String>();
    let piece = of(&format!(
        "\"choices\":[{{\"index\":0,\"delta\":{{\"content\":\"{words}\"}},\"finish_reason\":null}}]"
    ));
    let last = of("\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]");
    let usage = of(&format!(
        "\"choices\":[],\"usage\":{{\"prompt_tokens\":10,\"completion_tokens\":{pieces},\"total_tokens\":{}}}",
        pieces + 10
    ));
    let events = std::iter::repeat_n(piece.as_str(), pieces).chain([&*last, &*usage, "data: [DONE]\n\n"]);
    for event in events {
        write!(text, "{:x}\r\n{event}\r\n", event.len()).expect("writing to a text succeeds");
    }
    text.push_str("0\r\n\r\n");
    text.into_bytes()
}

async fn tell(mut stream: TcpStream, short: Arc<[u8]>, long: Arc<[u8]>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut heard = Vec::new();
    loop {
        let Some(question) = question(&mut stream, &mut heard).await? else { return Ok(()) };
        let wants_long = String::from_utf8_lossy(&question).contains("a long story");
        stream.write_all(if wants_long { &long } else { &short }).await?;
    }
}

/// The body of the next request; none at the end.
async fn question(stream: &mut TcpStream, heard: &mut Vec<u8>) -> io::Result<Option<Vec<u8>>> {
    loop {
        if let Some(head) = heard.windows(4).position(|end| end == b"\r\n\r\n") {
            let text = String::from_utf8_lossy(&heard[..head]).to_lowercase();
            let length =
                text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
            let whole = head + 4 + length.unwrap_or(0_usize);
            if heard.len() >= whole {
                let body = heard[head + 4..whole].to_vec();
                heard.drain(..whole);
                return Ok(Some(body));
            }
        }
        if stream.read_buf(heard).await? == 0 {
            return Ok(None);
        }
    }
}
