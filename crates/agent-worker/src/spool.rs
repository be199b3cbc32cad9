//! What was seen and is not stored yet. It is numbered here, sent in batches, and forgotten once the host has it; when there is
//! too much of it, whoever sees more has to wait.

use std::collections::VecDeque;

use ports::agent::Seen;
use ports::agent::wire::{BATCH_BYTES, BATCH_EVENTS, Batch, Stored};
use tokio::sync::mpsc;

use crate::host::{Host, Refused};

/// Sends what comes in until the other end is dropped and all of it is stored, or the run is over.
pub(crate) async fn send_on(host: &Host, mut seen: mpsc::Receiver<Seen>) -> Result<(), Refused> {
    let mut waiting = Waiting::default();
    let mut first = 1;
    loop {
        if waiting.0.is_empty() {
            match seen.recv().await {
                Some(event) => waiting.add(event),
                None => return Ok(()),
            }
        }
        while !waiting.is_a_batch() {
            match seen.try_recv() {
                Ok(event) => waiting.add(event),
                Err(_) => break,
            }
        }
        let batch = Batch { from: first, events: waiting.events() };
        let sent = batch.events.len();
        let answer = host.post("/run/events", &batch).await?;
        let Some(Stored { next }) = answer.json() else {
            return Err(Refused::by(&answer));
        };
        // Fewer than were sent when it expects others first, which were sent and forgotten: that cannot be.
        let stored = usize::try_from(next - first).unwrap_or(0).min(sent);
        if stored == 0 {
            return Err(Refused::by(&answer));
        }
        waiting.0.drain(..stored);
        first = next;
    }
}

/// What is not stored yet, each with the bytes that it takes.
#[derive(Debug, Default)]
struct Waiting(VecDeque<(usize, Seen)>);

impl Waiting {
    fn add(&mut self, seen: Seen) {
        self.0.push_back((serde_json::to_string(&seen).map_or(0, |text| text.len()), seen));
    }

    /// More would not be sent with it: it waits where whoever sees it has to wait as well.
    fn is_a_batch(&self) -> bool {
        self.0.len() >= BATCH_EVENTS || self.0.iter().map(|(bytes, _)| bytes).sum::<usize>() >= BATCH_BYTES
    }

    fn events(&self) -> Vec<Seen> {
        self.0.iter().map(|(_, seen)| seen.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use ports::agent::Act;

    use super::*;

    /// How many of these make a batch.
    fn batch_of(text: &str) -> usize {
        let mut waiting = Waiting::default();
        while !waiting.is_a_batch() {
            let what = Act::Message { text: text.to_owned() };
            waiting.add(Seen { at: 0, turn: 1, what, raw: None });
        }
        waiting.events().len()
    }

    #[test]
    fn a_batch_is_bounded_in_number_and_in_bytes() {
        assert_eq!(batch_of("a"), BATCH_EVENTS);
        assert_eq!(batch_of(&"a".repeat(BATCH_BYTES / 3)), 3);
        assert_eq!(batch_of(&"a".repeat(2 * BATCH_BYTES)), 1, "one at least");
    }
}
