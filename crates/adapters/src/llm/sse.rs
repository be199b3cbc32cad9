//! Server-sent events, from bytes that are cut anywhere.
//!
//! By hand, because the crates for it do not bound what they keep: `eventsource-stream` is not kept up and reads a long
//! line again with every chunk, and `sse-stream` calls itself once a chunk, so a provider that drips ends the program.

use std::collections::VecDeque;

use ports::llm::{LlmError, Said};

/// One event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    /// What it holds; lines are joined by `\n`.
    pub(super) data: String,
}

/// How much is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) answer_bytes: usize,
    /// Of one line, and of one event.
    pub(super) line_bytes: usize,
}

/// The reader. Its events do not depend on how their bytes were cut.
#[derive(Debug)]
pub(super) struct Parser {
    limits: Limits,
    read_bytes: usize,
    line: Vec<u8>,
    data: Option<String>,
    after_cr: bool,
    first_line: bool,
}

impl Parser {
    pub(super) const fn new(limits: Limits) -> Self {
        Self { limits, read_bytes: 0, line: Vec::new(), data: None, after_cr: false, first_line: true }
    }

    /// Reads on. An event that no empty line ended is none (as browsers have it).
    pub(super) fn feed(&mut self, bytes: &[u8], events: &mut VecDeque<Event>) -> Result<(), LlmError> {
        self.read_bytes = self.read_bytes.saturating_add(bytes.len());
        if self.read_bytes > self.limits.answer_bytes {
            return Err(too_long("the answer", self.limits.answer_bytes));
        }
        let mut rest = bytes;
        if self.after_cr && !rest.is_empty() {
            self.after_cr = false;
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            self.line.extend_from_slice(&rest[..end]);
            self.end_line(events)?;
            let ended_by_cr = rest[end] == b'\r';
            rest = &rest[end + 1..];
            if ended_by_cr {
                self.after_cr = rest.is_empty();
                rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            }
        }
        self.line.extend_from_slice(rest);
        self.check_line(0)
    }

    fn end_line(&mut self, events: &mut VecDeque<Event>) -> Result<(), LlmError> {
        self.check_line(self.data.as_ref().map_or(0, String::len))?;
        let line = std::mem::take(&mut self.line);
        // A file that was text once may begin with a mark.
        let line = if self.first_line { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line) } else { &line };
        self.first_line = false;
        if line.is_empty() {
            events.extend(self.data.take().map(|data| Event { data }));
            return Ok(());
        }
        let (field, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => (&line[..colon], &line[colon + 1..]),
            None => (line, [].as_slice()),
        };
        // Names of events repeat what the JSON says; ids, pauses and comments are for browsers.
        if field == b"data" {
            let value = String::from_utf8_lossy(value.strip_prefix(b" ").unwrap_or(value));
            match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(&value);
                }
                None => self.data = Some(value.into_owned()),
            }
        }
        Ok(())
    }

    fn check_line(&self, kept: usize) -> Result<(), LlmError> {
        if self.line.len() + kept > self.limits.line_bytes {
            return Err(too_long("a line of the answer", self.limits.line_bytes));
        }
        Ok(())
    }
}

fn too_long(what: &str, limit: usize) -> LlmError {
    LlmError::BadAnswer { what: Said::new(&format!("{what} is longer than {limit} bytes")) }
}

/// Cuts a text after each of these places, so that tests of what is above can cut anywhere.
#[cfg(test)]
pub(super) fn cut<'t>(text: &'t str, cuts: &[proptest::sample::Index]) -> Vec<&'t [u8]> {
    let mut ends: Vec<_> = cuts.iter().map(|cut| cut.index(text.len() + 1)).collect();
    ends.sort_unstable();
    ends.push(text.len());
    let mut from = 0;
    ends.iter().map(|end| &text.as_bytes()[std::mem::replace(&mut from, *end)..*end]).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMITS: Limits = Limits { answer_bytes: 10_000, line_bytes: 1_000 };

    fn read<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Result<Vec<String>, LlmError> {
        let mut parser = Parser::new(LIMITS);
        let mut events = VecDeque::new();
        for chunk in chunks {
            parser.feed(chunk, &mut events)?;
        }
        Ok(events.into_iter().map(|event| event.data).collect())
    }

    #[test]
    fn an_event_ends_at_an_empty_line_whatever_ends_lines() {
        for text in ["data: a\n\ndata:b\n\n", "data: a\r\n\r\ndata:b\r\n\r\n", "data: a\r\rdata:b\r\r"] {
            assert_eq!(read([text.as_bytes()]).unwrap(), ["a", "b"], "{text:?}");
        }
    }

    #[test]
    fn what_is_not_data_is_passed_over() {
        let text = "\u{feff}: a comment\nevent: ping\nid: 1\nretry: x\nunknown\nfoo: bar\ndata: a\ndata\ndata:  b\n\n";
        assert_eq!(read([text.as_bytes()]).unwrap(), ["a\n\n b"]);
        assert!(read([b"event: ping\n\n\n\n".as_slice()]).unwrap().is_empty());
    }

    #[test]
    fn an_event_without_its_end_is_none() {
        assert!(read([b"data: a\n".as_slice()]).unwrap().is_empty());
    }

    #[test]
    fn nothing_is_kept_without_a_bound() {
        let long = [b'a'; 600];
        assert!(read([long.as_slice()]).is_ok());
        let error = read([long.as_slice(), &long]).unwrap_err();
        assert!(error.to_string().contains("a line of the answer is longer than 1000 bytes"), "{error}");
        let lines = "data: aaaaaaaa\n".repeat(200);
        assert!(
            read([lines.as_bytes()]).unwrap_err().to_string().contains("a line"),
            "one event of many lines"
        );
        let error = read([": a\n".repeat(2600).as_bytes()]).unwrap_err();
        assert!(error.to_string().contains("the answer is longer than 10000 bytes"), "{error}");
    }

    fn text() -> impl Strategy<Value = String> {
        let parts =
            ["data: ", "data", "event: x", ":", "\n", "\r", "\r\n", "\n\n", "ü", "日", "🦀", "a", "\u{feff}"];
        prop::collection::vec(prop::sample::select(parts.to_vec()), 0..60).prop_map(|parts| parts.concat())
    }

    proptest! {
        #[test]
        fn any_cut_gives_the_same_events(text in text(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..20)) {
            let whole = read([text.as_bytes()]).unwrap();
            prop_assert_eq!(&read(cut(&text, &cuts)).unwrap(), &whole);
            prop_assert_eq!(read(text.as_bytes().chunks(1)).unwrap(), whole);
        }

        #[test]
        fn any_bytes_are_read(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            prop_assert!(read([bytes.as_slice()]).is_ok());
        }
    }
}
