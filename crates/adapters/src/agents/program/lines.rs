//! Lines of a program, one after another, however long the program would like them to be.

use tokio::io::{AsyncBufReadExt as _, AsyncRead, BufReader};

/// No frame is longer; what is longer is no frame.
pub(super) const LONGEST: usize = 10 << 20;

/// What a program writes, by lines.
#[derive(Debug)]
pub(super) struct Lines<R> {
    from: BufReader<R>,
    line: Vec<u8>,
}

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// A line, without its end.
    Line(String),
    /// A line that is longer than [`LONGEST`]; nothing is to be read after it.
    TooLong,
    /// There is no more.
    End,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from: BufReader::with_capacity(64 << 10, from), line: Vec::new() }
    }

    /// The next line. Whoever stops waiting for it loses nothing.
    pub(super) async fn next(&mut self) -> Read {
        loop {
            // An error is an end: nothing comes after it.
            let Ok(bytes) = self.from.fill_buf().await else { return Read::End };
            if bytes.is_empty() {
                let last = std::mem::take(&mut self.line);
                return if last.is_empty() { Read::End } else { text(&last) };
            }
            let end = bytes.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(bytes.len());
            self.line.extend_from_slice(&bytes[..taken]);
            self.from.consume(end.map_or(taken, |end| end + 1));
            if self.line.len() > LONGEST {
                self.line = Vec::new();
                return Read::TooLong;
            }
            if end.is_some() {
                return text(&std::mem::take(&mut self.line));
            }
        }
    }
}

fn text(bytes: &[u8]) -> Read {
    Read::Line(String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn lines_come_whole_and_the_last_one_needs_no_end() {
        let mut lines = Lines::new(b"one\n\ntwo".as_slice());
        assert_eq!(lines.next().await, Read::Line("one".into()));
        assert_eq!(lines.next().await, Read::Line(String::new()));
        assert_eq!(lines.next().await, Read::Line("two".into()));
        assert_eq!(lines.next().await, Read::End);
    }

    #[tokio::test]
    async fn a_line_without_end_is_not_kept() {
        let mut lines = Lines::new(tokio::io::repeat(b'a'));
        assert_eq!(lines.next().await, Read::TooLong);
        assert!(lines.line.capacity() < 1 << 20);
        let longest = [vec![b'a'; LONGEST], b"\nnext".to_vec()].concat();
        let mut lines = Lines::new(longest.as_slice());
        assert!(matches!(lines.next().await, Read::Line(line) if line.len() == LONGEST));
        assert_eq!(lines.next().await, Read::Line("next".into()));
    }
}
