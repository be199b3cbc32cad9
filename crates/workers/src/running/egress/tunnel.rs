//! Bytes both ways, counted and bounded.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::hello::{self, Hello};
use super::wanted::Wanted;

/// Most bytes that a run may send out: what it needs is small, and what it could give away is not.
const SENT: u64 = 64 << 20;
/// Most bytes that a run may get.
const RECEIVED: u64 = 8 << 30;
/// The first words of TLS are shorter than this.
const HELLO: usize = 16 << 10;
/// And come within this time.
const HELLO_WITHIN: Duration = Duration::from_secs(20);
/// A way on which nothing passes is closed.
const IDLE: Duration = Duration::from_secs(300);

/// A way that is open.
pub(super) struct Tunnel {
    pub(super) to: Wanted,
    pub(super) outside: TcpStream,
    /// One of the ways that may be open.
    pub(super) _place: OwnedSemaphorePermit,
}

/// What all ways of a run may carry together.
#[derive(Debug, Default)]
pub(super) struct Allowance {
    sent: AtomicU64,
    received: AtomicU64,
}

/// How a way ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct End {
    pub(super) reason: &'static str,
    pub(super) sent: u64,
    pub(super) received: u64,
}

/// Carries until one side has no more to say, or more than it may.
pub(super) async fn carry(
    inside: impl AsyncRead + AsyncWrite,
    outside: impl AsyncRead + AsyncWrite,
    to: &Wanted,
    allowance: &Allowance,
    close: &CancellationToken,
) -> End {
    let (mut from_inside, mut to_inside) = tokio::io::split(inside);
    let (mut from_outside, mut to_outside) = tokio::io::split(outside);
    let (sent, received) = (AtomicU64::new(0), AtomicU64::new(0));
    let carrying = async {
        let words = first_words(&mut from_inside, to).await?;
        pass(&words, &mut to_outside, &sent, (&allowance.sent, SENT)).await?;
        let out = copy(&mut from_inside, &mut to_outside, &sent, (&allowance.sent, SENT));
        let back = copy(&mut from_outside, &mut to_inside, &received, (&allowance.received, RECEIVED));
        tokio::try_join!(out, back).map(drop)
    };
    let reason = tokio::select! {
        ended = carrying => ended.err().unwrap_or("closed"),
        () = close.cancelled() => "run_over",
    };
    let _ = to_outside.shutdown().await;
    let _ = to_inside.shutdown().await;
    End { reason, sent: sent.into_inner(), received: received.into_inner() }
}

/// What is said first, when it is for the one who was asked for.
async fn first_words(from: &mut (impl AsyncRead + Unpin), to: &Wanted) -> Result<Vec<u8>, &'static str> {
    let mut words = Vec::new();
    let reading = async {
        loop {
            match hello::read(&words) {
                Hello::For(host) if host == to.host => return Ok(()),
                Hello::For(_) => return Err("other_name"),
                Hello::Strange => return Err("no_tls"),
                Hello::Unfinished if words.len() >= HELLO => return Err("no_tls"),
                Hello::Unfinished => {}
            }
            match from.read_buf(&mut words).await {
                Ok(1..) => {}
                _ => return Err("closed"),
            }
        }
    };
    timeout(HELLO_WITHIN, reading).await.unwrap_or(Err("idle"))?;
    Ok(words)
}

async fn copy(
    from: &mut (impl AsyncRead + Unpin),
    to: &mut (impl AsyncWrite + Unpin),
    count: &AtomicU64,
    allowance: (&AtomicU64, u64),
) -> Result<(), &'static str> {
    let mut chunk = vec![0; 16 << 10];
    loop {
        match timeout(IDLE, from.read(&mut chunk)).await {
            Err(_) => return Err("idle"),
            Ok(Err(_)) => return Err("closed"),
            Ok(Ok(0)) => {
                // The other side may still have something to say.
                let _ = to.shutdown().await;
                return Ok(());
            }
            Ok(Ok(read)) => pass(&chunk[..read], to, count, allowance).await?,
        }
    }
}

async fn pass(
    bytes: &[u8],
    to: &mut (impl AsyncWrite + Unpin),
    count: &AtomicU64,
    (of_all, most): (&AtomicU64, u64),
) -> Result<(), &'static str> {
    let more = bytes.len() as u64;
    if of_all.fetch_add(more, Ordering::Relaxed) + more > most {
        return Err("too_much");
    }
    to.write_all(bytes).await.map_err(|_| "closed")?;
    count.fetch_add(more, Ordering::Relaxed);
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::io::duplex;

    use super::super::hello::tests::hello_for;
    use super::*;

    fn to(host: &str) -> Wanted {
        Wanted::read(&format!("{host}:443")).unwrap()
    }

    /// What the server heard, and how it ended, when a client wants `wanted`, says `said`, and the server answers `answer`.
    async fn carried(wanted: &str, said: &[u8], answer: &[u8], allowance: &Allowance) -> (Vec<u8>, End) {
        let (mut client, inside) = duplex(1 << 20);
        let (outside, mut server) = duplex(1 << 20);
        let close = CancellationToken::new();
        let wanted = to(wanted);
        let serving = async {
            let mut heard = Vec::new();
            let _ = server.read_to_end(&mut heard).await;
            if !heard.is_empty() {
                let _ = server.write_all(answer).await;
            }
            drop(server);
            heard
        };
        let asking = async {
            client.write_all(said).await.unwrap();
            client.shutdown().await.unwrap();
            let mut got = Vec::new();
            let _ = client.read_to_end(&mut got).await;
        };
        let (end, heard, ()) =
            tokio::join!(carry(inside, outside, &wanted, allowance, &close), serving, asking);
        (heard, end)
    }

    #[tokio::test]
    async fn what_is_for_the_host_is_carried_and_counted() {
        let mut said = hello_for("pypi.org");
        said.extend_from_slice(b"sealed");
        let (heard, end) = carried("pypi.org", &said, b"answer", &Allowance::default()).await;
        assert_eq!(heard, said);
        assert_eq!(end, End { reason: "closed", sent: said.len() as u64, received: 6 });
    }

    #[tokio::test]
    async fn not_a_byte_goes_out_that_is_for_somebody_else() {
        let strange = b"SSH-2.0-x\r\n".to_vec();
        for (said, reason) in
            [(hello_for("evil.org"), "other_name"), (strange, "no_tls"), (Vec::new(), "closed")]
        {
            let (heard, end) = carried("pypi.org", &said, b"answer", &Allowance::default()).await;
            assert_eq!((heard.len(), end), (0, End { reason, sent: 0, received: 0 }));
        }
    }

    #[tokio::test]
    async fn a_run_sends_no_more_than_it_may() {
        let allowance = Allowance::default();
        allowance.sent.store(SENT - 1, Ordering::Relaxed);
        let (heard, end) = carried("pypi.org", &hello_for("pypi.org"), b"", &allowance).await;
        assert_eq!((heard.len(), end.reason, end.sent), (0, "too_much", 0));
    }

    #[tokio::test]
    async fn the_end_of_the_run_closes_it() {
        let (_client, inside) = duplex(64);
        let (outside, _server) = duplex(64);
        let close = CancellationToken::new();
        close.cancel();
        let end = carry(inside, outside, &to("pypi.org"), &Allowance::default(), &close).await;
        assert_eq!(end.reason, "run_over");
    }
}
