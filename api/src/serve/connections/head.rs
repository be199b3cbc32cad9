//! The head of a request, as it comes in. How long it may be on its way is counted from the first byte that is heard of it;
//! a connection that only waits for the next request is another matter, and goes on for longer. And whether it says the
//! length of its body in two ways, of which the library shows one.

use std::{
    future::Future,
    io::{self, IoSlice},
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use hyper::rt::{Sleep, Timer};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};

/// From the first byte of a head to its last, and from the connection to its first head.
pub(super) const WITHIN: Duration = Duration::from_secs(10);
/// Between two requests. Proxies keep a connection for 60 s: one that is closed while its client sends the next request is
/// a failed request, so the client is to be the one who closes it.
const IDLE: Duration = Duration::from_secs(75);
/// Longest head, first line and all headers, in bytes; a longer one is answered with 431.
pub(super) const LARGEST: usize = 16 * 1024;

/// A connection that notes what it hears.
#[derive(Debug)]
pub(super) struct Heard<S> {
    stream: S,
    ear: Ear,
}

/// What was heard of the head that is awaited.
#[derive(Clone, Debug, Default)]
pub(super) struct Ear(Arc<Mutex<Hearing>>);

#[derive(Debug, Default)]
struct Hearing {
    awaited: bool,
    head: Vec<u8>,
}

impl<S> Heard<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, ear: Ear::default() }
    }

    pub(super) fn ear(&self) -> Ear {
        self.ear.clone()
    }
}

impl Ear {
    fn hearing(&self) -> MutexGuard<'_, Hearing> {
        self.0.lock().expect("no panic while held")
    }

    fn wait(&self) {
        *self.hearing() = Hearing { awaited: true, head: Vec::new() };
    }

    fn has_begun(&self) -> bool {
        !self.hearing().head.is_empty()
    }

    fn hear(&self, bytes: &[u8]) {
        let mut hearing = self.hearing();
        if hearing.awaited && !bytes.is_empty() {
            let room = LARGEST.saturating_sub(hearing.head.len());
            hearing.head.extend_from_slice(&bytes[..bytes.len().min(room)]);
        }
    }

    /// The head is here: what follows is its body. Whether it gives both a length and chunks.
    pub(super) fn has_two_lengths(&self) -> bool {
        // Nothing is kept: the connection may be a live socket from here on, for hours.
        let Hearing { head, .. } = std::mem::take(&mut *self.hearing());
        let names = |line: &[u8]| {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default().to_ascii_lowercase();
            (name == b"content-length", name == b"transfer-encoding")
        };
        let lines = head.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end);
        let (mut length, mut chunks) = (false, false);
        for line in lines.skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty()) {
            let (one, other) = names(line);
            length |= one;
            chunks |= other;
        }
        length && chunks
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Heard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(cx, into);
        self.ear.hear(&into.filled()[before..]);
        read
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Heard<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// Asked by the connection whenever it begins to wait for a head.
#[derive(Debug)]
pub(super) struct HeadTimer {
    ear: Ear,
    first: AtomicBool,
}

impl HeadTimer {
    pub(super) fn new(ear: Ear) -> Self {
        Self { ear, first: AtomicBool::new(true) }
    }

    fn wait_until(&self, deadline: Instant) -> Wait {
        let begun = self.first.swap(false, Ordering::Relaxed);
        self.ear.wait();
        let until = if begun { deadline } else { Instant::now() + IDLE };
        Wait { ear: self.ear.clone(), begun, sleep: Box::pin(tokio::time::sleep_until(until)) }
    }
}

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(std::time::Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: std::time::Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(self.wait_until(deadline.into()))
    }
}

/// Looked at after every read that did not complete the head.
struct Wait {
    ear: Ear,
    begun: bool,
    sleep: Pin<Box<tokio::time::Sleep>>,
}

impl Sleep for Wait {}

impl Future for Wait {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        if !self.begun && self.ear.has_begun() {
            self.begun = true;
            self.sleep.as_mut().reset(Instant::now() + WITHIN);
        }
        self.sleep.as_mut().poll(cx)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    /// How long it waits from now on, in whole seconds.
    async fn left(wait: &mut Wait) -> u64 {
        assert!(futures::poll!(&mut *wait).is_pending());
        let left = wait.sleep.deadline().saturating_duration_since(Instant::now());
        left.as_secs_f64().round() as u64
    }

    #[tokio::test]
    async fn the_first_head_is_there_soon() {
        let stream = Heard::new(duplex(8).1);
        let mut wait = HeadTimer::new(stream.ear()).wait_until(Instant::now() + WITHIN);
        assert_eq!(left(&mut wait).await, WITHIN.as_secs());
    }

    #[tokio::test]
    async fn between_two_requests_there_is_more_time_until_the_next_one_begins() {
        let (mut client, server) = duplex(8);
        let mut server = Heard::new(server);
        let timer = HeadTimer::new(server.ear());
        drop(timer.wait_until(Instant::now() + WITHIN));
        let mut wait = timer.wait_until(Instant::now() + WITHIN);
        assert_eq!(left(&mut wait).await, IDLE.as_secs());
        client.write_all(b"G").await.unwrap();
        assert_eq!(server.read(&mut [0; 8]).await.unwrap(), 1);
        assert_eq!(left(&mut wait).await, WITHIN.as_secs());
    }

    #[test]
    fn a_length_and_chunks_are_seen_wherever_they_stand() {
        let two = |head: &str| {
            let ear = Ear::default();
            ear.wait();
            // As it may come in.
            head.as_bytes().chunks(7).for_each(|bytes| ear.hear(bytes));
            ear.has_two_lengths()
        };
        let (length, chunks) = ("Content-length: 3\r\n", "transfer-Encoding: chunked\r\n");
        assert!(two(&format!("POST / HTTP/1.1\r\n{length}Host: x\r\n{chunks}\r\n")));
        assert!(two(&format!("\r\nPOST / HTTP/1.1\n{chunks}{length}\n")));
        assert!(!two(&format!("POST / HTTP/1.1\r\n{chunks}\r\n{length}")));
        assert!(!two(&format!("POST / HTTP/1.1\r\n{length}X: {chunks}\r\n")));
    }
}
