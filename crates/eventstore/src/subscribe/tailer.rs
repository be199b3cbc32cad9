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
/// Under load the appends of so long make one page: each page costs every consumer a transaction.
const GATHER: Duration = Duration::from_millis(25);
/// Under load is a log that grows by so many events in that time.
const BUSY: i64 = 10;
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
        // Since when, and from where, it is watched whether the log is under load.
        let mut window = (Instant::now(), self.position);
        loop {
            // Registered before reading, so that an append in between is not slept over.
            let appended = store.appended();
            if window.0.elapsed() > GATHER {
                window = (Instant::now(), self.position);
            }
            if let Err(error) = self.read_on().await {
                tracing::warn!(%error, "the log cannot be read just now");
            }
            if listener.is_none() {
                listener = self.listen().await;
            }
            tokio::select! {
                () = appended => {}
                lost = heard(&mut listener) => if lost { listener = None },
                _ = poll.tick() => {}
            }
            if self.position - window.1 >= BUSY {
                tokio::time::sleep_until(window.0 + GATHER).await;
            }
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

/// Completes with a notification; true when the connection is gone. Without a listener it never completes.
async fn heard(listener: &mut Option<PgListener>) -> bool {
    match listener {
        None => std::future::pending().await,
        Some(listener) => !matches!(listener.try_recv().await, Ok(Some(_))),
    }
}
