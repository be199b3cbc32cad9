//! Bytes that no client would send, and what the server says to them.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

/// However slow the machine, the server has said something or hung up by then.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two bytes of a client that takes its time.
const DRIP: Duration = Duration::from_millis(200);

/// Host and port of a URL of ours.
pub(crate) fn place(url: &str) -> &str {
    url.strip_prefix("http://").expect("a URL of ours")
}

/// The status that these bytes are answered with; 0 when the server hangs up without one.
pub(crate) async fn exchange(url: &str, bytes: &[u8]) -> u16 {
    let (mut hears, mut says) = connect(url).await.into_split();
    let saying = async {
        // A server that has heard enough hangs up, whatever is still on its way.
        let _ = says.write_all(bytes).await;
        std::future::pending::<()>().await;
    };
    tokio::select! {
        status = status(&mut hears) => status,
        () = saying => unreachable!("it goes on for ever"),
    }
}

/// The same, with a byte more now and then for as long as the server listens.
pub(crate) async fn drip(url: &str, bytes: &[u8]) -> u16 {
    let (mut hears, mut says) = connect(url).await.into_split();
    let saying = async {
        let _ = says.write_all(bytes).await;
        let mut ticks = interval(DRIP);
        loop {
            ticks.tick().await;
            let _ = says.write_all(b"x").await;
        }
    };
    tokio::select! {
        status = status(&mut hears) => status,
        () = saying => unreachable!("it goes on for ever"),
    }
}

async fn connect(url: &str) -> TcpStream {
    TcpStream::connect(place(url)).await.expect("the server listens")
}

async fn status(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> u16 {
    let mut heard = Vec::new();
    let hearing = async {
        let mut some = [0; 1024];
        while heard.len() < 12 {
            match stream.read(&mut some).await {
                Ok(0) | Err(_) => return 0,
                Ok(length) => heard.extend_from_slice(&some[..length]),
            }
        }
        let line = String::from_utf8_lossy(&heard);
        line.split_whitespace().nth(1).and_then(|status| status.parse().ok()).expect("a status line")
    };
    timeout(PATIENCE, hearing).await.expect("the server says something or hangs up")
}
