//! What tests of read models share: a log of facts about one project, folded as the runtime does it.

use std::collections::BTreeMap;

use kernel::{ProjectId, Timestamp, Uuid, recorded};

use crate::{Answer, Fact, Projection, Row};

pub(crate) mod runs;

/// The project that everything belongs to.
pub(crate) const PROJECT: Uuid = Uuid::from_u128(1);

/// The last event that touched a row, and the row if it is there.
type Touched<R> = (i64, Option<R>);

pub(crate) struct Folded<P: Projection> {
    pub(crate) position: i64,
    /// When what is appended next is recorded.
    pub(crate) at: Timestamp,
    pub(crate) rows: BTreeMap<(&'static str, String), Touched<P::Row>>,
}

impl<P: Projection> Default for Folded<P> {
    fn default() -> Self {
        Self { position: 0, at: Timestamp::default(), rows: BTreeMap::new() }
    }
}

impl<P: Projection<Row: Clone>> Folded<P> {
    pub(crate) fn append(&mut self, id: Uuid, kind: &str, fact: Fact) {
        self.position += 1;
        let mut event = recorded(kind, id, fact);
        event.envelope.position = self.position;
        event.envelope.recorded_at = self.at;
        event.envelope.project_id = Some(ProjectId(PROJECT));
        for key in P::keys(&event) {
            let (position, row) = self.rows.entry((key.kind, key.id.clone())).or_default();
            *position = self.position;
            P::fold(&key, row, &event);
        }
    }

    pub(crate) fn answer(&self) -> Answer<P::Row> {
        let there = self.rows.iter().filter_map(|((kind, id), (position, row))| {
            let (kind, id, row) = ((*kind).to_owned(), id.clone(), row.clone()?);
            Some(Row { kind, id, position: *position, row })
        });
        Answer { position: self.position, stale: None, rows: there.collect() }
    }
}
