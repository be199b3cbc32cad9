//! The consumer of the proofs: it copies the log, one row an event, into a table without any key, so that an
//! event applied twice shows as two rows.

use eventstore::Store;
use eventstore::subscribe::{ApplyError, Consumer};
use kernel::Recorded;
use sqlx::{Postgres, Transaction};

#[derive(Debug)]
pub(crate) struct Copier {
    store: Store,
    outside: bool,
}

impl Copier {
    pub(crate) fn new(store: Store) -> Self {
        Self { store, outside: false }
    }

    /// The planted defect: its rows are committed apart from the checkpoint.
    pub(crate) fn outside_the_transaction(store: Store) -> Self {
        Self { store, outside: true }
    }
}

const COPY: &str = "insert into proof_copy (position, stream, sequence) \
     select * from unnest($1::bigint[], $2::text[], $3::bigint[])";

impl Consumer for Copier {
    fn name(&self) -> &str {
        "copier"
    }

    async fn apply(
        &self,
        transaction: &mut Transaction<'static, Postgres>,
        events: &[&Recorded<String>],
    ) -> Result<(), ApplyError> {
        let (mut positions, mut streams, mut sequences) = (Vec::new(), Vec::new(), Vec::new());
        for event in events {
            positions.push(event.envelope.position);
            streams.push(event.envelope.aggregate_id.clone());
            sequences.push(event.envelope.sequence);
        }
        let copy = sqlx::query(COPY).bind(positions).bind(streams).bind(sequences);
        if self.outside {
            copy.execute(&self.store.pools().project).await?;
        } else {
            copy.execute(&mut **transaction).await?;
        }
        Ok(())
    }

    async fn start_over(&self, transaction: &mut Transaction<'static, Postgres>) -> Result<(), ApplyError> {
        sqlx::query("delete from proof_copy").execute(&mut **transaction).await?;
        Ok(())
    }
}
