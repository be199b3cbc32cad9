//! What this process knows of its calls, on the disk before it acts on it: one line a call and one an answer,
//! as `relcheck` reads them.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use eventstore::relcheck::{Line, parse_journal};
use serde::Serialize;
use tokio::sync::{mpsc, oneshot};

#[derive(Serialize)]
struct Stamped {
    at_us: u64,
    #[serde(flatten)]
    line: Line,
}

/// Appends lines; each is synced before [`Journal::note`] returns, many with one sync.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
    lines: mpsc::Sender<(String, oneshot::Sender<()>)>,
}

impl Journal {
    /// Opens the journal, and says which commands in it have no answer yet.
    pub(crate) fn open(path: &Path) -> anyhow::Result<(Self, Vec<u64>)> {
        let unsettled = if path.exists() {
            unsettled(&parse_journal(&std::fs::read_to_string(path)?)?)
        } else {
            Vec::new()
        };
        let file =
            OpenOptions::new().create(true).append(true).open(path).context("cannot open the journal")?;
        let (lines, waiting) = mpsc::channel(1024);
        std::thread::Builder::new().name("journal".into()).spawn(move || write_all(file, waiting))?;
        Ok((Self { lines }, unsettled))
    }

    /// Returns when the line is on the disk.
    pub(crate) async fn note(&self, line: Line) {
        let text = serde_json::to_string(&Stamped { at_us: now_us(), line }).expect("a line is JSON");
        let (written, done) = oneshot::channel();
        self.lines.send((text, written)).await.expect("the journal writes as long as the process runs");
        done.await.expect("the journal writes as long as the process runs");
    }
}

fn write_all(mut file: File, mut waiting: mpsc::Receiver<(String, oneshot::Sender<()>)>) {
    while let Some(first) = waiting.blocking_recv() {
        let mut batch = vec![first];
        while let Ok(next) = waiting.try_recv() {
            batch.push(next);
        }
        let mut text = String::new();
        for (line, _) in &batch {
            text.push_str(line);
            text.push('\n');
        }
        file.write_all(text.as_bytes()).and_then(|()| file.sync_data()).expect("the journal can be written");
        for (_, written) in batch {
            // Who does not wait any more does not need to know.
            let _ = written.send(());
        }
    }
}

/// Seeds of commands whose last line is no answer, in the order in which they were first sent.
fn unsettled(lines: &[Line]) -> Vec<u64> {
    let mut order = Vec::new();
    let mut settled: HashMap<u64, bool> = HashMap::new();
    for line in lines {
        let (seed, answered) = match line {
            Line::Invoke { seed, .. } | Line::Unknown { seed, .. } => (*seed, false),
            Line::Ok { seed, .. } | Line::Fail { seed, .. } => (*seed, true),
            Line::Owner { .. } | Line::Checkpoint { .. } => continue,
        };
        if settled.insert(seed, answered).is_none() {
            order.push(seed);
        }
    }
    order.retain(|seed| !settled[seed]);
    order
}

#[expect(
    clippy::disallowed_methods,
    reason = "a line of a journal is stamped for people; no event has this time"
)]
fn now_us() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or(u64::MAX)
}
