//! What a read model does with a page of events: load the rows they touch, fold, write back.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use eventstore::subscribe::{ApplyError, Consumer, root};
use kernel::Recorded;
use projections::{Fact, Projection};
use sqlx::{Postgres, Transaction};

use crate::rows::{self, Place, Touched};
use crate::traced;

/// One generation of a read model, kept up to date with the log.
#[derive(Debug)]
pub struct Projector<P> {
    name: String,
    generation: i16,
    projection: PhantomData<P>,
}

impl<P: Projection> Projector<P> {
    /// Generation 1 or 2.
    #[must_use]
    pub fn of_generation(generation: i16) -> Self {
        Self { name: format!("{}/{generation}", P::NAME), generation, projection: PhantomData }
    }
}

impl<P: Projection> Consumer for Projector<P> {
    fn name(&self) -> &str {
        &self.name
    }

    fn wants(&self, event: &Recorded<String>) -> bool {
        P::INDEX || P::READS.contains(&event.envelope.aggregate_type.as_str())
    }

    async fn apply(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        events: &[&Recorded<String>],
    ) -> Result<(), ApplyError> {
        let _spans = traced::spans(&self.name, events);
        let facts = events.iter().map(|event| decoded::<P>(event)).collect::<Result<Vec<_>, _>>()?;
        let mut touched: BTreeMap<Place, Touched<P::Row>> = BTreeMap::new();
        for (index, fact) in facts.iter().enumerate() {
            for key in P::keys(fact) {
                touched.entry(Place::of(fact, key)).or_default().by.push(index);
            }
        }
        if !P::APPENDS {
            rows::load::<P>(transaction, self.generation, &mut touched).await?;
        }
        // Row by row: a row knows nothing of the others, and its own events are in order.
        for (place, row) in &mut touched {
            for index in row.by.drain(..) {
                P::fold(&place.key, &mut row.row, &facts[index]);
                row.position = facts[index].envelope.position;
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

fn decoded<P: Projection>(event: &Recorded<String>) -> Result<Recorded<Fact>, ApplyError> {
    let fact = if P::INDEX { Ok(Fact::Unread) } else { Fact::of(event) };
    let fact = fact.map_err(|error| ApplyError::Poison {
        position: event.envelope.position,
        reason: error.to_string(),
    })?;
    // No fold looks at the metadata.
    Ok(Recorded { envelope: event.envelope.clone(), metadata: String::new(), event: fact })
}

impl Place {
    fn of(fact: &Recorded<Fact>, key: projections::Key) -> Self {
        Self { org: fact.envelope.org_id.0, root: root(fact), key }
    }
}
