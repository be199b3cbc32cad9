//! What is told of the agent, in its turn.

use ports::agent::{Act, Seen};
use tokio::sync::mpsc;

/// Tells what is seen.
#[derive(Debug)]
pub(super) struct Voice {
    seen: mpsc::Sender<Seen>,
    /// From 1.
    pub(super) turn: u32,
}

impl Voice {
    pub(super) const fn new(seen: mpsc::Sender<Seen>) -> Self {
        Self { seen, turn: 1 }
    }

    pub(super) async fn tell(&self, what: Act) {
        self.tell_raw(what, None).await;
    }

    /// With what the model answered, as it answered it.
    pub(super) async fn tell_raw(&self, what: Act, raw: Option<String>) {
        // When nobody listens any more the run is over, and so are we.
        let _ = self.seen.send(Seen { raw, ..Seen::told(self.turn, what) }).await;
    }

    pub(super) async fn note(&self, code: &str, text: impl Into<String>) {
        self.tell(Act::Noted { code: code.into(), text: text.into() }).await;
    }
}
