//! What was seen and is not stored yet. It is numbered here, sent in batches, and forgotten once the host has it; when there is
//! too much of it, whoever sees more has to wait.

use std::collections::VecDeque;

use hyper::StatusCode;
use ports::agent::Seen;
use ports::agent::wire::{BATCH_BYTES, BATCH_EVENTS, Batch, Stored};
use tokio::sync::mpsc;

use crate::host::{Host, Refused};

/// Sends what comes in until the other end is dropped and all of it is stored, or the run is over.
pub(crate) async fn send_on(host: &Host, mut seen: mpsc::Receiver<Seen>) -> Result<(), Refused> {
    let mut waiting: VecDeque<Seen> = VecDeque::new();
    let mut first = 1;
    loop {
        if waiting.is_empty() {
            match seen.recv().await {
                Some(event) => waiting.push_back(event),
                None => return Ok(()),
            }
        }
        while waiting.len() < BATCH_EVENTS {
            match seen.try_recv() {
                Ok(event) => waiting.push_back(event),
                Err(_) => break,
            }
        }
        let batch = Batch { from: first, events: some_of(&waiting) };
        let sent = batch.events.len();
        let answer = host.post("/run/events", &batch).await?;
        let Some(Stored { next }) = answer.json() else {
            return Err(Refused::Status(StatusCode::BAD_GATEWAY));
        };
        // Fewer than were sent when it expects others first, which were sent and forgotten: that cannot be.
        let stored = usize::try_from(next - first).unwrap_or(0).min(sent);
        if stored == 0 {
            return Err(Refused::Status(answer.status));
        }
        waiting.drain(..stored);
        first = next;
    }
}

/// As many of the first as go into a batch; one at least.
fn some_of(waiting: &VecDeque<Seen>) -> Vec<Seen> {
    let mut bytes = 0;
    let fit = |seen: &&Seen| {
        let before = bytes;
        bytes += serde_json::to_string(seen).map_or(0, |text| text.len());
        before < BATCH_BYTES
    };
    waiting.iter().take(BATCH_EVENTS).take_while(fit).cloned().collect()
}

#[cfg(test)]
mod tests {
    use ports::agent::Act;

    use super::*;

    fn seen(text: &str) -> Seen {
        Seen { at: 0, turn: 1, what: Act::Message { text: text.to_owned() }, raw: None }
    }

    #[test]
    fn a_batch_is_bounded_in_number_and_in_bytes() {
        let many: VecDeque<Seen> = (0..2 * BATCH_EVENTS).map(|_| seen("a")).collect();
        assert_eq!(some_of(&many).len(), BATCH_EVENTS);
        let large: VecDeque<Seen> = (0..8).map(|_| seen(&"a".repeat(BATCH_BYTES / 3))).collect();
        assert_eq!(some_of(&large).len(), 3);
        let huge: VecDeque<Seen> = [seen(&"a".repeat(2 * BATCH_BYTES))].into();
        assert_eq!(some_of(&huge).len(), 1, "one at least");
    }
}
