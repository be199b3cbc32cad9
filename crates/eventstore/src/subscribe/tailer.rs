//! One tailer a node: woken by this node's appends, by NOTIFY of other nodes, and by a poll in any case.

use std::sync::Arc;
use std::time::Duration;

use kernel::Recorded;
use sqlx::postgres::PgListener;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{Direction, Filter, Store, Unavailable};

/// However many notifications are lost, the log is looked at this often.
const POLL: Duration = Duration::from_millis(500);
/// Under load the appends of a while make one page, because each page costs every consumer a transaction: from so
/// many events a second on, for so long. A reader of its own writes waits as much longer.
const GATHER: [(u128, Duration); 2] = [(1_000, Duration::from_millis(100)), (400, Duration::from_millis(25))];
/// Fewer at once are no load, however quickly they follow others.
const FEW: i64 = 10;
/// Events of one page.
pub(crate) const PAGE: i64 = 1000;
/// Pages kept for consumers that are a little late; who is later reads for itself.
const KEPT_PAGES: usize = 16;

/// A stretch of the log without a hole: every event with `after < position <= to`.
#[derive(Debug)]
pub struct Page {
    /// The position before the first event.
    pub after: i64,
    /// The position of the last event.
    pub to: i64,
    /// In order.
    pub events: Vec<Recorded<String>>,
}

/// The newest pages of the log, as they come.
#[derive(Clone, Debug)]
pub struct Tailer {
    pages: broadcast::Sender<Arc<Page>>,
    head: watch::Receiver<i64>,
}

impl Tailer {
    /// Starts reading at the head of the log. The loop ends when `stop` is cancelled.
    ///
    /// # Errors
    /// When the database cannot be used at the start; later it is waited for.
    pub async fn start(
        store: &Store,
        stop: CancellationToken,
    ) -> Result<(Self, tokio::task::JoinHandle<()>), Unavailable> {
        let position = store.reader().head().await?;
        let (pages, _) = broadcast::channel(KEPT_PAGES);
        let (head_sender, head) = watch::channel(position);
        let tail = Tail { store: store.clone(), pages: pages.clone(), head: head_sender, position };
        let task = tokio::spawn(async move {
            stop.run_until_cancelled(tail.run()).await;
        });
        Ok((Self { pages, head }, task))
    }

    /// The position up to which this node has read the log; changes wake the receiver.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<i64> {
        self.head.clone()
    }

    pub(crate) fn pages(&self) -> broadcast::Receiver<Arc<Page>> {
        self.pages.subscribe()
    }
}

struct Tail {
    store: Store,
    pages: broadcast::Sender<Arc<Page>>,
    head: watch::Sender<i64>,
    position: i64,
}

impl Tail {
    async fn run(mut self) {
        let mut listener = None;
        let mut poll = tokio::time::interval(POLL);
        poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let store = self.store.clone();
        let mut read = Instant::now();
        loop {
            // Registered before reading, so that an append in between is not slept over.
            let appended = store.appended();
            let (before, last) = (self.position, std::mem::replace(&mut read, Instant::now()));
            if let Err(error) = self.read_on().await {
                tracing::warn!(%error, "the log cannot be read just now");
            }
            let grown = self.position - before;
            if listener.is_none() {
                listener = self.listen().await;
            }
            tokio::select! {
                () = appended => {}
                lost = heard(&mut listener) => if lost { listener = None },
                _ = poll.tick() => {}
            }
            tokio::time::sleep_until(read + gathering(grown, read - last)).await;
        }
    }

    async fn read_on(&mut self) -> Result<(), Unavailable> {
        loop {
            let events = self
                .store
                .reader()
                .page(&Filter::default(), self.position, PAGE, Direction::Forwards)
                .await?;
            let Some(last) = events.last() else { return Ok(()) };
            let (after, to) = (self.position, last.envelope.position);
            if to - after != i64::try_from(events.len()).expect("a page is small") {
                // Dense by construction: a hole is corruption. Nobody may read past it.
                return Err(Unavailable::Refused(format!("the log has a hole between {after} and {to}")));
            }
            self.position = to;
            // Nobody listening is fine.
            let _ = self.pages.send(Arc::new(Page { after, to, events }));
            self.head.send_replace(to);
        }
    }

    async fn listen(&self) -> Option<PgListener> {
        let mut listener = PgListener::connect_with(&self.store.pools().project).await.ok()?;
        listener.listen("omoi_log").await.ok()?;
        Some(listener)
    }
}

/// How long to gather when the log has grown by so many events in that time.
fn gathering(grown: i64, time: Duration) -> Duration {
    let Some(grown) = u128::try_from(grown).ok().filter(|_| grown >= FEW) else { return Duration::ZERO };
    let under = |(per_second, _): &&(u128, Duration)| grown * 1_000_000 >= per_second * time.as_micros();
    GATHER.iter().find(under).map_or(Duration::ZERO, |(_, pause)| *pause)
}

/// Completes with a notification; true when the connection is gone. Without a listener it never completes.
async fn heard(listener: &mut Option<PgListener>) -> bool {
    match listener {
        None => std::future::pending().await,
        Some(listener) => !matches!(listener.try_recv().await, Ok(Some(_))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_log_under_load_is_gathered_from() {
        let after = |events, millis| gathering(events, Duration::from_millis(millis)).as_millis();
        assert_eq!(after(0, 500), 0);
        assert_eq!(after(1, 1), 0, "a command");
        assert_eq!(after(FEW - 1, 0), 0, "and the next one at once");
        assert_eq!(after(50, 500), 0, "a large one after a pause");
        assert_eq!(after(10, 25), 25);
        assert_eq!(after(100, 100), 100, "as long as it goes on");
        assert_eq!(after(99, 100), 25);
        assert_eq!(after(1_000, 0), 100);
    }
}
