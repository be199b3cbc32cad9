//! One tailer a node: woken by this node's appends, by NOTIFY of other nodes, and by a poll in any case.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use kernel::Recorded;
use sqlx::postgres::PgListener;
use tokio::sync::{Semaphore, SemaphorePermit, broadcast, watch};
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use crate::{Direction, Filter, Store, Unavailable};

/// However many notifications are lost, the log is looked at this often.
const POLL: Duration = Duration::from_millis(500);
/// Each page costs every consumer a transaction, so pages come no faster than this, however fast the log grows; a
/// reader of its own writes waits as much longer.
const EVERY: Duration = Duration::from_millis(25);
/// From so many events a second on, pages are larger and come more seldom.
const BUSY: u128 = 1_000;
const EVERY_BUSY: Duration = Duration::from_millis(100);
/// A few pages that come after a pause are not held up.
const BURST: Duration = Duration::from_millis(75);
/// Consumers that apply a page of a busy log at the same time. All of them at once would leave a machine of few cores
/// nothing for the commands meanwhile.
const AT_ONCE: usize = 2;
/// Who has waited so long goes all the same: one that hangs holds up nobody for longer.
const TURN: Duration = Duration::from_millis(250);
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
    turns: Arc<Semaphore>,
    busy: Arc<AtomicBool>,
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
        let busy = Arc::new(AtomicBool::new(false));
        let tail = Tail {
            store: store.clone(),
            pages: pages.clone(),
            head: head_sender,
            busy: busy.clone(),
            position,
        };
        let task = tokio::spawn(async move {
            stop.run_until_cancelled(tail.run()).await;
        });
        Ok((Self { pages, head, turns: Arc::new(Semaphore::new(AT_ONCE)), busy }, task))
    }

    /// The position up to which this node has read the log; changes wake the receiver.
    #[must_use]
    pub fn head(&self) -> watch::Receiver<i64> {
        self.head.clone()
    }

    /// A consumer's turn to apply a page; there are none while the log is at rest.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        if !self.busy.load(Ordering::Relaxed) {
            return None;
        }
        timeout(TURN, self.turns.acquire()).await.ok().and_then(Result::ok)
    }

    /// The pages from now on, as they come. Who is too late for one is told so, and looks for itself.
    #[must_use]
    pub fn pages(&self) -> broadcast::Receiver<Arc<Page>> {
        self.pages.subscribe()
    }
}

struct Tail {
    store: Store,
    pages: broadcast::Sender<Arc<Page>>,
    head: watch::Sender<i64>,
    busy: Arc<AtomicBool>,
    position: i64,
}

impl Tail {
    async fn run(mut self) {
        let mut listener = None;
        let mut poll = tokio::time::interval(POLL);
        poll.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let store = self.store.clone();
        let mut pace = Pace::from(Instant::now());
        loop {
            // Registered before reading, so that an append in between is not slept over.
            let appended = store.appended();
            let before = self.position;
            if let Err(error) = self.read_on().await {
                tracing::warn!(%error, "the log cannot be read just now");
            }
            let next = pace.next_after(self.position - before, Instant::now());
            self.busy.store(pace.busy, Ordering::Relaxed);
            if listener.is_none() {
                listener = self.listen().await;
            }
            tokio::select! {
                () = appended => {}
                lost = heard(&mut listener) => if lost { listener = None },
                _ = poll.tick() => {}
            }
            tokio::time::sleep_until(next).await;
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

/// When pages may come: a page takes up its time, and those that come early use what was not taken up before.
struct Pace {
    read: Instant,
    /// Up to when time is taken up.
    taken: Instant,
    /// Whether the log grew fast when it was last read.
    busy: bool,
}

impl Pace {
    fn from(now: Instant) -> Self {
        Self { read: now, taken: now, busy: false }
    }

    /// When the log may be read again, after it was read at `now` and had grown by so many events.
    fn next_after(&mut self, grown: i64, now: Instant) -> Instant {
        let time = now - std::mem::replace(&mut self.read, now);
        let grown = u128::try_from(grown).unwrap_or(0);
        self.busy = grown * 1_000_000 >= BUSY * time.max(EVERY).as_micros();
        if grown == 0 {
            return now;
        }
        self.taken = self.taken.max(now) + if self.busy { EVERY_BUSY } else { EVERY };
        self.taken.checked_sub(BURST).map_or(now, |next| next.max(now))
    }
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

    /// How long each page is held up, of a log that grows by so many events each so many milliseconds.
    fn held_up(grown: i64, every: u64, pages: usize) -> Vec<u64> {
        let mut now = Instant::now();
        let mut pace = Pace::from(now);
        let mut held = Vec::new();
        for _ in 0..pages {
            now += Duration::from_millis(every);
            let next = pace.next_after(grown, now);
            held.push(u64::try_from((next - now).as_millis()).unwrap());
            now = next;
        }
        held
    }

    #[tokio::test]
    async fn a_log_at_rest_is_read_at_once() {
        assert_eq!(held_up(0, 1, 100), [0; 100]);
        assert_eq!(held_up(1, 25, 100), [0; 100], "forty commands a second");
        assert_eq!(held_up(100, 500, 10), [0; 10], "many at once, after a pause");
    }

    #[tokio::test]
    async fn a_busy_log_is_read_at_most_forty_times_a_second() {
        let held = held_up(1, 5, 100);
        assert_eq!(held[..3], [0, 0, 0], "the first ones are not held up");
        assert_eq!(held[50..], [20; 50]);
    }

    #[tokio::test]
    async fn a_very_busy_one_ten_times() {
        assert_eq!(held_up(200, 10, 100)[50..], [90; 50]);
    }

    #[tokio::test]
    async fn a_log_is_busy_while_it_grows_fast() {
        let mut now = Instant::now();
        let mut pace = Pace::from(now);
        let mut busy_after = |grown: i64| {
            now += Duration::from_millis(100);
            pace.next_after(grown, now);
            pace.busy
        };
        assert_eq!([50, 200, 99, 100, 0].map(&mut busy_after), [false, true, false, true, false]);
    }
}
