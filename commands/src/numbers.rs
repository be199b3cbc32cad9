//! Numbers that people say, taken for many commands at once: each taking is durable before it is used, and those who
//! ask meanwhile share the next one. No number is taken that nobody asked for.

use std::sync::{Arc, Mutex, PoisonError};

use eventstore::{Store, Unavailable};
use kernel::OrgId;
use quick_cache::sync::Cache;
use tokio::sync::oneshot::{self, error::TryRecvError};

/// Scopes whose askers are brought together; two groups of one scope would be slower, not wrong.
const SCOPES: usize = 10_000;

/// The numbers of this node.
#[derive(Debug)]
pub(crate) struct Numbers {
    scopes: Cache<(OrgId, String), Arc<Scope>>,
}

#[derive(Debug, Default)]
struct Scope {
    turn: tokio::sync::Mutex<()>,
    waiting: Mutex<Vec<oneshot::Sender<i64>>>,
}

impl Numbers {
    pub(crate) fn new() -> Self {
        Self { scopes: Cache::new(SCOPES) }
    }

    /// A number of this scope that nobody else ever gets.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn take(&self, store: &Store, org: OrgId, scope: &str) -> Result<i64, Unavailable> {
        let of_scope = self
            .scopes
            .get_or_insert_with(&(org, scope.to_owned()), || Ok::<_, std::convert::Infallible>(Arc::default()))
            .unwrap_or_else(|never| match never {});
        of_scope.take(store, org, scope).await
    }
}

impl Scope {
    async fn take(&self, store: &Store, org: OrgId, scope: &str) -> Result<i64, Unavailable> {
        let mut mine = self.ask();
        let _turn = self.turn.lock().await;
        match mine.try_recv() {
            // Somebody took it along.
            Ok(number) => return Ok(number),
            Err(TryRecvError::Empty) => {}
            // Somebody tried to, and could not.
            Err(TryRecvError::Closed) => mine = self.ask(),
        }
        let waiting = std::mem::take(&mut *self.waiting());
        let count = i32::try_from(waiting.len()).expect("fewer commands wait");
        let first = store.take_numbers(org, scope, count).await?;
        for (number, asker) in (first..).zip(waiting) {
            // Who has gone leaves a gap.
            let _ = asker.send(number);
        }
        Ok(mine.try_recv().expect("the one whose turn it is was among them"))
    }

    fn ask(&self) -> oneshot::Receiver<i64> {
        let (sender, receiver) = oneshot::channel();
        self.waiting().push(sender);
        receiver
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Vec<oneshot::Sender<i64>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
