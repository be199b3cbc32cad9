//! Lines in both directions, and the end of commands in between.

use std::collections::VecDeque;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, Write};
use std::sync::mpsc::{Receiver, Sender, channel};

use serde_json::{Value, json};

/// Something that comes.
#[derive(Debug)]
pub(super) enum Event {
    /// A frame of the host.
    Frame(Value),
    /// A command has written this, and ended.
    Ran(String),
    /// The host says no more.
    End,
}

/// To the host and back.
pub(super) struct Channel {
    events: Receiver<Event>,
    pub(super) ran: Sender<Event>,
    /// What came while something else was waited for.
    later: VecDeque<Value>,
    output: Box<dyn Write>,
    record: Option<File>,
}

impl Channel {
    pub(super) fn new(
        input: impl BufRead + Send + 'static,
        output: Box<dyn Write>,
        record: Option<File>,
    ) -> Self {
        let (ran, events) = channel();
        let lines = ran.clone();
        // It ends with the program: nobody can wait for a thread that reads.
        std::thread::spawn(move || {
            for line in input.lines().map_while(Result::ok).filter(|line| !line.trim().is_empty()) {
                let frame =
                    serde_json::from_str(&line).unwrap_or_else(|_| json!({"type": "no_json", "line": line}));
                if lines.send(Event::Frame(frame)).is_err() {
                    return;
                }
            }
            let _ = lines.send(Event::End);
        });
        Self { events, ran, later: VecDeque::new(), output, record }
    }

    /// What comes next, whatever was put off.
    pub(super) fn next(&mut self) -> Event {
        let event = self.events.recv().unwrap_or(Event::End);
        if let Event::Frame(frame) = &event {
            let frame = json!({"in": frame});
            self.record(&frame);
        }
        event
    }

    pub(super) fn put_off(&mut self, frame: Value) {
        self.later.push_back(frame);
    }

    pub(super) fn was_put_off(&mut self) -> Option<Value> {
        self.later.pop_front()
    }

    pub(super) fn write(&mut self, frame: &Value) {
        self.write_line(&frame.to_string());
    }

    pub(super) fn write_line(&mut self, line: &str) {
        // A host that is gone is noticed by the end of the input.
        let _ = writeln!(self.output, "{line}");
        let _ = self.output.flush();
    }

    /// Writes on and on; whether somebody still reads.
    pub(super) fn write_bytes(&mut self, bytes: &[u8]) -> bool {
        self.output.write_all(bytes).is_ok()
    }

    pub(super) fn record(&mut self, what: &Value) {
        if let Some(record) = &mut self.record {
            let _ = writeln!(record, "{what}");
        }
    }
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("later", &self.later.len()).finish_non_exhaustive()
    }
}
