//! Numbers that people say, taken for many commands at once: each taking is durable before it is used, and those who
//! ask meanwhile share the next one. No number is taken that nobody asked for.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use eventstore::{Store, Unavailable};
use kernel::OrgId;
use tokio::sync::oneshot::{self, error::TryRecvError};

/// Who waits for a number, by tenant and scope.
type Waiting = BTreeMap<(OrgId, String), Vec<oneshot::Sender<i64>>>;

/// The numbers of this node.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    turn: tokio::sync::Mutex<()>,
    waiting: Mutex<Waiting>,
}

impl Numbers {
    /// A number of this scope that nobody else ever gets.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub(crate) async fn take(&self, store: &Store, org: OrgId, scope: &str) -> Result<i64, Unavailable> {
        let mut mine = self.ask(org, scope);
        let _turn = self.turn.lock().await;
        match mine.try_recv() {
            // Somebody took it along.
            Ok(number) => return Ok(number),
            Err(TryRecvError::Empty) => {}
            // Somebody tried to, and could not.
            Err(TryRecvError::Closed) => mine = self.ask(org, scope),
        }
        let waiting = std::mem::take(&mut *self.waiting());
        let wanted: Vec<_> =
            waiting.iter().map(|((org, scope), askers)| (*org, scope.as_str(), askers.len())).collect();
        let firsts = store.take_numbers_of(&wanted).await?;
        for (first, askers) in firsts.into_iter().zip(waiting.into_values()) {
            for (number, asker) in (first..).zip(askers) {
                // Who has gone leaves a gap.
                let _ = asker.send(number);
            }
        }
        Ok(mine.try_recv().expect("the one whose turn it is was among them"))
    }

    fn ask(&self, org: OrgId, scope: &str) -> oneshot::Receiver<i64> {
        let (sender, receiver) = oneshot::channel();
        self.waiting().entry((org, scope.to_owned())).or_default().push(sender);
        receiver
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
