//! A process hears the log: its states move and its actions are written down in the transaction of the checkpoint.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::marker::PhantomData;
use std::sync::Arc;

use commands::processes::{Heard, Reacting};
use eventstore::subscribe::{ApplyError, Consumer, root};
use eventstore::{Store, Unavailable};
use kernel::{Recorded, Uuid};
use sqlx::{Postgres, Transaction};
use tokio::sync::Notify;

use super::rows::{self, Asked};

/// One process, as a consumer of the log.
#[derive(Debug)]
pub struct Reactor<P> {
    name: String,
    /// Up to here it folds and does not act.
    activation: i64,
    asked: Arc<Notify>,
    process: PhantomData<P>,
}

impl<P: Reacting> Reactor<P> {
    /// Activates the process when it never was; `asked` is woken when there may be something to carry out.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn start(store: &Store, asked: Arc<Notify>) -> Result<Self, Unavailable> {
        let activation = rows::activation::<P>(&store.pools().project, store.log_id()).await?;
        Ok(Self { name: format!("process/{}", P::NAME), activation, asked, process: PhantomData })
    }
}

impl<P: Reacting> Consumer for Reactor<P> {
    fn name(&self) -> &str {
        &self.name
    }

    fn wants(&self, event: &Recorded<String>) -> bool {
        P::HEARS.contains(&event.envelope.aggregate_type.as_str())
    }

    async fn apply(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        events: &[&Recorded<String>],
    ) -> Result<(), ApplyError> {
        let mut states: BTreeMap<(Uuid, Uuid), P> = BTreeMap::new();
        let mut asked = Vec::new();
        for event in events {
            let heard = Heard::of(event).map_err(|error| ApplyError::Poison {
                position: event.envelope.position,
                reason: error.to_string(),
            })?;
            let instance = (event.envelope.org_id.0, root(*event));
            let state = match states.entry(instance) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => free.insert(rows::state::<P>(transaction, instance).await?),
            };
            let heard = Recorded { envelope: event.envelope.clone(), metadata: String::new(), event: heard };
            let actions = state.react(&heard);
            if event.envelope.position > self.activation {
                asked.extend(actions.into_iter().map(|action| Asked::by::<P>(&heard, instance, action)));
            }
        }
        for (instance, state) in &states {
            rows::save_state(transaction, *instance, state).await?;
        }
        rows::ask::<P>(transaction, &asked).await?;
        if !asked.is_empty() {
            // Woken before the commit, it may find nothing; the poll of the performer finds it then.
            self.asked.notify_one();
        }
        Ok(())
    }

    async fn start_over(&self, transaction: &mut Transaction<'static, Postgres>) -> Result<(), ApplyError> {
        rows::clear::<P>(transaction).await?;
        Ok(())
    }
}
