//! What is on its way to the program. A program that does not read cannot stop us: we write when it takes something, and go on
//! with everything else meanwhile.

use std::io;

use tokio::io::{AsyncWrite, AsyncWriteExt as _};

/// More than all prompts of a run; a program that leaves so much lying does not read.
const MOST: usize = 64 << 20;

/// Bytes that wait to be written. Places are counted from the first byte of all.
#[derive(Debug)]
pub(super) struct Outbox<W> {
    to: Option<W>,
    waiting: Vec<u8>,
    taken: usize,
    written: u64,
}

/// The place of a frame among all bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::agents) struct Span {
    pub(in crate::agents) start: u64,
    pub(in crate::agents) end: u64,
}

impl<W: AsyncWrite + Unpin> Outbox<W> {
    pub(super) const fn new(to: W) -> Self {
        Self { to: Some(to), waiting: Vec::new(), taken: 0, written: 0 }
    }

    /// Puts a line in; `None` when there is too much in it.
    pub(super) fn put(&mut self, line: &str) -> Option<Span> {
        let left = self.waiting.len() - self.taken;
        if left + line.len() > MOST {
            return None;
        }
        self.waiting.drain(..self.taken);
        self.taken = 0;
        self.waiting.extend_from_slice(line.as_bytes());
        self.waiting.push(b'\n');
        let start = self.written + left as u64;
        Some(Span { start, end: start + line.len() as u64 + 1 })
    }

    /// Whether something waits, and somebody could take it.
    pub(super) fn waits(&self) -> bool {
        self.to.is_some() && self.taken < self.waiting.len()
    }

    /// How many bytes the program has been handed.
    pub(super) const fn written(&self) -> u64 {
        self.written
    }

    /// Writes what is taken now. Whoever stops waiting for it loses nothing.
    ///
    /// # Errors
    /// When nobody will take anything any more.
    pub(super) async fn push_on(&mut self) -> io::Result<()> {
        let Some(to) = &mut self.to else { return Ok(()) };
        let taken = to.write(&self.waiting[self.taken..]).await?;
        if taken == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        self.taken += taken;
        self.written += taken as u64;
        if self.taken == self.waiting.len() {
            self.waiting.clear();
            self.taken = 0;
        }
        Ok(())
    }

    /// Nothing more will come.
    pub(super) fn close(&mut self) {
        self.to = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn places_are_those_of_all_bytes() {
        let (mut other, mine) = tokio::io::duplex(4);
        let mut outbox = Outbox::new(mine);
        assert_eq!(outbox.put("one"), Some(Span { start: 0, end: 4 }));
        assert_eq!(outbox.put("two"), Some(Span { start: 4, end: 8 }));
        outbox.push_on().await.unwrap();
        assert_eq!((outbox.written(), outbox.waits()), (4, true));
        assert_eq!(outbox.put("six"), Some(Span { start: 8, end: 12 }));
        let reading = async {
            let mut all = [0; 12];
            tokio::io::AsyncReadExt::read_exact(&mut other, &mut all).await.map(|_| all)
        };
        let writing = async {
            while outbox.waits() {
                outbox.push_on().await?;
            }
            io::Result::Ok(())
        };
        let (read, wrote) = tokio::join!(reading, writing);
        wrote.unwrap();
        assert_eq!(&read.unwrap(), b"one\ntwo\nsix\n");
        assert_eq!(outbox.written(), 12);
    }

    #[test]
    fn a_program_that_does_not_read_is_not_waited_for() {
        let mut outbox = Outbox::new(tokio::io::sink());
        let line = "a".repeat(1 << 20);
        let put = (0..100).take_while(|_| outbox.put(&line).is_some()).count();
        assert!(put > 50 && put < 64, "{put}");
    }
}
