//! What a program writes: how it began and how it ended, whatever lies between.

use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt as _};

/// Kept of the beginning, and of the end.
const HALF: usize = 64 << 10;

/// What was kept of it.
#[derive(Debug, Default)]
pub(super) struct Output {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    bytes: u64,
}

impl Output {
    /// Reads until the end. However much it is, what is kept of it is little.
    pub(super) async fn read(&mut self, from: &mut (impl AsyncRead + Unpin)) {
        let mut chunk = vec![0; 32 << 10];
        while let Ok(read @ 1..) = from.read(&mut chunk).await {
            self.add(&chunk[..read]);
        }
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        self.bytes += bytes.len() as u64;
        let first = bytes.len().min(HALF - self.head.len());
        self.head.extend_from_slice(&bytes[..first]);
        self.tail.extend(&bytes[first..]);
        let over = self.tail.len().saturating_sub(HALF);
        self.tail.drain(..over);
    }

    /// How much there was in all.
    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// What was kept, as text.
    pub(super) fn text(&self) -> String {
        let kept = self.head.len() + self.tail.len();
        let mut text = String::from_utf8_lossy(&self.head).into_owned();
        let left_out = self.bytes - kept as u64;
        if left_out > 0 {
            text.push_str(&format!("\n[{left_out} bytes left out]\n"));
        }
        let (front, back) = self.tail.as_slices();
        text.push_str(&String::from_utf8_lossy(&[front, back].concat()));
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_flood_leaves_its_beginning_and_its_end() {
        let mut output = Output::default();
        let flood = [b"begin".as_slice(), &vec![b'x'; 1 << 20], b"end"].concat();
        output.read(&mut flood.as_slice()).await;
        let text = output.text();
        assert!(text.starts_with("begin") && text.ends_with("end") && text.contains("bytes left out"));
        assert_eq!(output.bytes(), flood.len() as u64);
        assert!(text.len() < 2 * HALF + 100);
    }

    #[tokio::test]
    async fn what_is_short_is_whole() {
        let mut output = Output::default();
        output.read(&mut b"one\ntwo\n".as_slice()).await;
        assert_eq!((output.text().as_str(), output.bytes()), ("one\ntwo\n", 8));
    }
}
