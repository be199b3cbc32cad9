//! The log as the event bus knows it.

use bus::{LogState, Position, Reading, Source, SourceError};
use eventstore::subscribe::Tailer;
use eventstore::{Direction, Filter, Store, Unavailable};
use kernel::Recorded;
use projections::Fact;

/// The log of this installation, for the relay and for those who follow the bus.
#[derive(Clone, Debug)]
pub struct LogSource {
    store: Store,
    tailer: Tailer,
}

impl LogSource {
    /// The log of `store`; the tailer says when it has grown.
    #[must_use]
    pub fn new(store: &Store, tailer: &Tailer) -> Self {
        Self { store: store.clone(), tailer: tailer.clone() }
    }
}

impl Source for LogSource {
    async fn state(&self) -> Result<LogState, SourceError> {
        let (incarnation, head) = self.store.reader().state().await.map_err(unreadable)?;
        Ok(LogState { incarnation, head })
    }

    async fn page(&self, after: Position, limit: i64) -> Result<Vec<Recorded<String>>, SourceError> {
        let page = self.store.reader().page(&Filter::default(), after, limit, Direction::Forwards).await;
        page.map_err(unreadable)
    }

    /// Appends of this node are heard of at once; those of other nodes with the next page of the tailer.
    async fn grown(&self, beyond: Position) {
        let appended = self.store.appended();
        let mut head = self.tailer.head();
        tokio::select! {
            () = appended => {}
            _ = head.wait_for(|head| *head > beyond) => {}
        }
    }

    fn reading(&self, event: &Recorded<String>) -> Reading {
        match Fact::upcast(event) {
            Ok(None) => Reading::Newest,
            Ok(Some((payload, version))) => Reading::Upcast { payload: payload.to_string(), version },
            // What this release cannot read is passed on as it is stored.
            Err(_) => Reading::Unknown,
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn unreadable(reason: Unavailable) -> SourceError {
    SourceError(reason.to_string())
}
