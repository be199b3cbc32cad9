//! Nodes that keep the board up to date, and what stands in its table.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use eventstore::Store;
use eventstore::subscribe::{ApplyError, Consumer, RunError, Subscription, Tailer};
use kernel::Recorded;
use projections::ReadModels;
use projections::board::Board;
use sqlx::{PgConnection, Postgres, Transaction};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{interval, timeout};
use tokio_util::sync::CancellationToken;
use workers::{Generations, Projector};

use crate::node;
use crate::support::TestDb;

/// On a slow machine; nothing here waits for time itself.
const DEADLINE: Duration = Duration::from_secs(60);

/// A board projector that can be made to stand still inside a page, its rows written and not committed.
#[derive(Clone, Debug)]
pub(crate) struct Halting {
    projector: Arc<Projector<Board>>,
    /// Pages until it stands still; 0 for never.
    pages_left: Arc<AtomicU32>,
    standing: Arc<Notify>,
}

impl Consumer for Halting {
    fn name(&self) -> &str {
        self.projector.name()
    }

    fn wants(&self, event: &Recorded<String>) -> bool {
        self.projector.wants(event)
    }

    async fn apply(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        events: &[&Recorded<String>],
    ) -> Result<(), ApplyError> {
        self.projector.apply(transaction, events).await?;
        if self.pages_left.load(Ordering::SeqCst) > 0 && self.pages_left.fetch_sub(1, Ordering::SeqCst) == 1 {
            self.standing.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn start_over(&self, transaction: &mut Transaction<'static, Postgres>) -> Result<(), ApplyError> {
        self.projector.start_over(transaction).await
    }
}

/// One node's reader, and a turn of it that can be ended in good order or dropped.
pub(crate) struct Reader {
    consumer: Halting,
    turn: JoinHandle<Result<(), RunError>>,
    tailing: JoinHandle<()>,
    stop: CancellationToken,
}

impl Reader {
    pub(crate) async fn start(store: &Store, owner: &'static str) -> Self {
        Self::halting_in_page(store, owner, 0).await
    }

    pub(crate) async fn halting_in_page(store: &Store, owner: &'static str, page: u32) -> Self {
        Self::of_generation(store, owner, 1, page).await
    }

    /// Stands still in this page; 0 for none.
    pub(crate) async fn of_generation(
        store: &Store,
        owner: &'static str,
        generation: i16,
        page: u32,
    ) -> Self {
        Generations::new(store).begin().await.unwrap();
        let stop = CancellationToken::new();
        let (tailer, tailing) = Tailer::start(store, stop.clone()).await.unwrap();
        let consumer = Halting {
            projector: Arc::new(Projector::of_generation(generation)),
            pages_left: Arc::new(AtomicU32::new(page)),
            standing: Arc::default(),
        };
        let subscription = Subscription::new(store.clone(), tailer, consumer.clone(), owner);
        let token = stop.clone();
        let turn = tokio::spawn(async move { subscription.turn(&token).await });
        Self { consumer, turn, tailing, stop }
    }

    /// From now on it stands still in the next page.
    pub(crate) fn halt(&self) {
        self.consumer.pages_left.store(1, Ordering::SeqCst);
    }

    /// Waits until it stands still, then it is gone, without giving its lease back.
    pub(crate) async fn killed_in_its_page(self) {
        timeout(DEADLINE, self.consumer.standing.notified()).await.expect("it stands still");
        self.turn.abort();
        assert!(self.turn.await.unwrap_err().is_cancelled());
        self.stop.cancel();
        self.tailing.await.unwrap();
    }

    /// The turn has ended by itself.
    pub(crate) async fn ended(self) {
        timeout(DEADLINE, self.turn).await.expect("it ends").unwrap().unwrap();
        self.stop.cancel();
        self.tailing.await.unwrap();
    }

    /// Ends in good order: the lease is given back.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        self.ended().await;
    }
}

/// Waits until the board stands for `position`.
pub(crate) async fn caught_up(store: &Store, position: i64) {
    let read_models = ReadModels::new(store);
    let mut looks = interval(Duration::from_millis(5));
    let arrival = async {
        while read_models.position::<Board>().await.unwrap() < position {
            looks.tick().await;
        }
    };
    timeout(DEADLINE, arrival).await.expect("the board gets there");
}

/// A row without its generation, byte for byte: what it is about, which event changed it last, what it holds.
pub(crate) type Stored = (String, i64, String);

/// The rows of a generation.
pub(crate) async fn rows(admin: &mut PgConnection, generation: i16) -> Vec<Stored> {
    sqlx::query_as(
        "select concat_ws(' ', org_id, root, kind, id), position, row::text \
         from read_models.board where gen = $1 order by 1",
    )
    .bind(generation)
    .fetch_all(admin)
    .await
    .unwrap()
}

/// The board folded from the start of the log, in the other generation, by a reader that nothing happens to.
pub(crate) async fn folded_afresh(db: &TestDb, head: i64) -> Vec<Stored> {
    let store = db.store();
    let generations = Generations::new(&store);
    generations.rebuild("board", false).await.unwrap();
    let reader = Reader::of_generation(&store, "afresh", 2, 0).await;
    node::eventually(&store, "it is built", |board| board.generations[1].position == head).await;
    reader.stop().await;
    assert_eq!(generations.differ("board").await.unwrap().different, 0);
    rows(&mut db.admin().await, 2).await
}
