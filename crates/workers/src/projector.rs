//! What a read model does with a page of events: load the rows they touch, fold, write back.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use eventstore::subscribe::{ApplyError, Consumer, root};
use eventstore::{Store, Unavailable};
use kernel::Recorded;
use projections::{Fact, Projection};
use sqlx::{Postgres, Transaction};

use crate::rows::{self, Place, Touched};

/// One generation of a read model, kept up to date with the log.
#[derive(Debug)]
pub struct Projector<P> {
    name: String,
    generation: i16,
    projection: PhantomData<P>,
}

impl<P: Projection> Projector<P> {
    /// The generation that serves; the first one when there is none yet.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn live(store: &Store) -> Result<Self, Unavailable> {
        let (generation, version) = rows::live::<P>(&store.pools().project).await?;
        if version != P::VERSION {
            tracing::warn!(
                projection = P::NAME,
                serving = version,
                code = P::VERSION,
                "the rows were made by another version of the fold; rebuild this read model"
            );
        }
        Ok(Self::of_generation(generation))
    }

    fn of_generation(generation: i16) -> Self {
        Self { name: format!("{}/{generation}", P::NAME), generation, projection: PhantomData }
    }
}

impl<P: Projection> Consumer for Projector<P> {
    fn name(&self) -> &str {
        &self.name
    }

    fn wants(&self, event: &Recorded<String>) -> bool {
        P::READS.contains(&event.envelope.aggregate_type.as_str())
    }

    async fn apply(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        events: &[&Recorded<String>],
    ) -> Result<(), ApplyError> {
        let facts = events.iter().map(|event| decoded(event)).collect::<Result<Vec<_>, _>>()?;
        let mut touched: BTreeMap<Place, Touched<P::Row>> = BTreeMap::new();
        for fact in &facts {
            for key in P::keys(fact) {
                touched.entry(Place::of(fact, key)).or_default();
            }
        }
        rows::load::<P>(transaction, self.generation, &mut touched).await?;
        for fact in &facts {
            for key in P::keys(fact) {
                let place = Place::of(fact, key);
                let row = touched.get_mut(&place).expect("every key was asked for");
                P::fold(&place.key, &mut row.row, fact);
                row.position = fact.envelope.position;
            }
        }
        rows::store::<P>(transaction, self.generation, &touched).await?;
        Ok(())
    }

    async fn start_over(&self, transaction: &mut Transaction<'static, Postgres>) -> Result<(), ApplyError> {
        rows::clear::<P>(transaction, self.generation).await?;
        Ok(())
    }
}

fn decoded(event: &Recorded<String>) -> Result<Recorded<Fact>, ApplyError> {
    let fact = Fact::of(event).map_err(|error| ApplyError::Poison {
        position: event.envelope.position,
        reason: error.to_string(),
    })?;
    Ok(Recorded { envelope: event.envelope.clone(), metadata: event.metadata.clone(), event: fact })
}

impl Place {
    fn of(fact: &Recorded<Fact>, key: projections::Key) -> Self {
        Self { org: fact.envelope.org_id.0, root: root(fact), key }
    }
}
