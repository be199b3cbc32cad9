//! A process hears the log: its states move and its actions are written down in the transaction of the checkpoint.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::Arc;

use commands::processes::{Heard, Reacting};
use eventstore::subscribe::{ApplyError, Consumer, root};
use eventstore::{Store, Unavailable};
use kernel::{Memory, News, Recorded};
use sqlx::{Postgres, Transaction};
use tokio::sync::Notify;

use super::rows::{self, Asked, Instance};

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
        let mut heard = Vec::with_capacity(events.len());
        for event in events {
            let fact = Heard::of(event).map_err(|error| ApplyError::Poison {
                position: event.envelope.position,
                reason: error.to_string(),
            })?;
            let instance = (event.envelope.org_id.0, root(*event));
            let envelope = event.envelope.clone();
            heard.push((instance, Recorded { envelope, metadata: String::new(), event: fact }));
        }
        let before = recalled::<P>(transaction, &heard).await?;
        let mut memories = before.clone();
        let mut asked = Vec::new();
        for (instance, event) in &heard {
            let actions = P::react(&News::Happened(event), memories.entry(*instance).or_default());
            if event.envelope.position > self.activation {
                asked.extend(actions.into_iter().map(|action| Asked::by::<P>(event, *instance, action)));
            }
        }
        rows::keep::<P>(transaction, &before, &memories).await?;
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

/// What the process has to know to hear these events: what they name, and what that leads to. Rows that events of
/// the page itself lead to are among those that these events name.
async fn recalled<P: Reacting>(
    transaction: &mut Transaction<'static, Postgres>,
    heard: &[(Instance, Recorded<Heard>)],
) -> Result<BTreeMap<Instance, Memory<P::Row>>, Unavailable> {
    let mut memories = BTreeMap::new();
    let named = heard.iter().flat_map(|(instance, event)| {
        P::recalls(&News::Happened(event)).into_iter().map(|id| (*instance, id))
    });
    rows::recall::<P>(transaction, &named.collect(), &mut memories).await?;
    let further: BTreeSet<_> = heard
        .iter()
        .filter_map(|(instance, event)| Some((instance, event, memories.get(instance)?)))
        .flat_map(|(instance, event, memory)| {
            P::leads_to(&News::Happened(event), memory).into_iter().map(|id| (*instance, id))
        })
        .collect();
    rows::recall::<P>(transaction, &further, &mut memories).await?;
    Ok(memories)
}
