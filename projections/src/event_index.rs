//! Where the events of a type, and those of an actor, stand: the log itself has no index by either
//! (docs/decisions/0007). Rows hold positions only, a thousand positions of the log each, so an event costs two
//! small writes however many there are. It looks at envelopes, decodes nothing, and so is never parked.

use eventstore::{Direction, Unavailable};
use kernel::{ActorId, OrgId, ProjectId, Recorded};
use serde::{Deserialize, Serialize};
use sqlx::Row as _;

use crate::{Fact, Key, Projection, ReadModels};

const TYPE: &str = "type";
const ACTOR: &str = "actor";
/// Positions of one row.
const BUCKET: i64 = 1_000;

/// The read model `event_index`.
#[derive(Debug)]
pub struct EventIndex;

/// The places of the events within the thousand positions of the row, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offsets(Vec<u16>);

/// Where events stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Positions {
    /// Everything up to here is indexed; what comes after it has to be looked through.
    pub position: i64,
    /// In the order that was asked for.
    pub positions: Vec<i64>,
}

impl Projection for EventIndex {
    const NAME: &'static str = "event_index";
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &[];
    const INDEX: bool = true;
    type Row = Offsets;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        let envelope = &event.envelope;
        let bucket = envelope.position / BUCKET;
        vec![
            Key::new(TYPE, place(&envelope.event_type, bucket)),
            Key::new(ACTOR, place(&envelope.actor.to_string(), bucket)),
        ]
    }

    fn fold(_: &Key, row: &mut Option<Offsets>, event: &Recorded<Fact>) {
        let offset = u16::try_from(event.envelope.position % BUCKET).expect("below a thousand");
        row.get_or_insert_default().0.push(offset);
    }
}

/// As many digits as a bucket can have, so that the keys of one type sort as positions do.
fn place(what: &str, bucket: i64) -> String {
    format!("{what}/{bucket:016}")
}

impl ReadModels {
    /// The places of at most `limit` events of any of `types` beyond `from`, in the order of `direction`; of one
    /// project, or of the whole organization.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn positions_of_types(
        &self,
        org: OrgId,
        project: Option<ProjectId>,
        types: &[String],
        from: i64,
        direction: Direction,
        limit: i64,
    ) -> Result<Positions, Unavailable> {
        self.positions(org, project, (TYPE, types), from, direction, limit).await
    }

    /// As [`ReadModels::positions_of_types`], for what `actor` caused.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn positions_of_actor(
        &self,
        org: OrgId,
        project: Option<ProjectId>,
        actor: ActorId,
        from: i64,
        direction: Direction,
        limit: i64,
    ) -> Result<Positions, Unavailable> {
        self.positions(org, project, (ACTOR, &[actor.to_string()]), from, direction, limit).await
    }

    async fn positions(
        &self,
        org: OrgId,
        project: Option<ProjectId>,
        (kind, of): (&'static str, &[String]),
        from: i64,
        direction: Direction,
        limit: i64,
    ) -> Result<Positions, Unavailable> {
        // Each row that is taken has a place that is asked for, so no more rows than places are needed. Rows of
        // several projects for the same thousand positions are taken together or not at all.
        let (beyond, first, last, order) = match direction {
            Direction::Forwards => ("r.position > $5", from.max(0) / BUCKET, i64::MAX / BUCKET, "asc"),
            Direction::Backwards => {
                let before = "right(r.id, 16)::bigint * 1000 + (r.row::json ->> 0)::bigint < $5";
                (before, 0, from.max(0) / BUCKET, "desc")
            }
        };
        let root = if project.is_some() { "r.root = $9" } else { "$9::uuid is null" };
        let statement = format!(
            "select c.position, r.id, r.row from read_models.generations l \
             join es.checkpoints c on c.consumer = l.name || '/' || l.gen and c.log_id = $1 \
             left join lateral (select r.id, r.row from unnest($4::text[]) as w (what) cross join lateral \
                 (select r.id, r.row from read_models.event_index r \
                  where r.gen = l.gen and r.org_id = $2 and r.kind = $3 and {root} \
                  and r.id between w.what || '/' || lpad($6::text, 16, '0') and w.what || '/' || lpad($7::text, 16, '0') \
                  and starts_with(r.id, w.what || '/') and {beyond} \
                  order by r.id {order} fetch first $8 rows with ties) r) r on true \
             where l.name = 'event_index' and l.state = 'live'"
        );
        let query = sqlx::query(&statement)
            .bind(self.log_id())
            .bind(org.0)
            .bind(kind)
            .bind(of)
            .bind(from)
            .bind(first)
            .bind(last)
            .bind(limit)
            .bind(project.map(|project| project.0));
        let mut answer = Positions { position: 0, positions: Vec::new() };
        for row in self.of_org(org, query).await? {
            answer.position = row.try_get(0)?;
            let Some(id) = row.try_get::<Option<&str>, _>(1)? else { continue };
            answer.positions.extend(unpacked(id, row.try_get_unchecked(2)?)?);
        }
        let positions = &mut answer.positions;
        match direction {
            Direction::Forwards => {
                positions.retain(|position| *position > from);
                positions.sort_unstable();
            }
            Direction::Backwards => {
                positions.retain(|position| *position < from);
                positions.sort_unstable_by(|one, other| other.cmp(one));
            }
        }
        positions.dedup();
        positions.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(answer)
    }
}

/// The positions that a row stands for.
fn unpacked(id: &str, row: &str) -> Result<Vec<i64>, Unavailable> {
    let unreadable = |reason: String| Unavailable::Refused(format!("a row of event_index: {reason}"));
    let bucket = id.rsplit('/').next().and_then(|bucket| bucket.parse::<i64>().ok());
    let bucket = bucket.ok_or_else(|| unreadable(format!("{id} names no bucket")))?;
    let Offsets(offsets) = serde_json::from_str(row).map_err(|error| unreadable(error.to_string()))?;
    Ok(offsets.into_iter().map(|offset| bucket * BUCKET + i64::from(offset)).collect())
}

#[cfg(test)]
mod tests {
    use kernel::{Uuid, recorded};

    use super::*;

    fn event(position: i64, event_type: &str) -> Recorded<Fact> {
        let mut event = recorded("task", Uuid::from_u128(7), Fact::Unread);
        event.envelope.position = position;
        event.envelope.event_type = event_type.to_owned();
        event
    }

    #[test]
    fn an_event_stands_under_its_type_and_its_actor() {
        let event = event(12_345, "task.completed");
        let actor = event.envelope.actor;
        let keys = EventIndex::keys(&event);
        let expected = [
            Key::new(TYPE, "task.completed/0000000000000012"),
            Key::new(ACTOR, format!("{actor}/0000000000000012")),
        ];
        assert_eq!(keys, expected);
    }

    #[test]
    fn a_row_gives_back_the_positions_that_were_folded_in() {
        let positions = [5_000, 5_003, 5_999];
        let mut row = None;
        let mut id = String::new();
        for position in positions {
            let event = event(position, "task.completed");
            let key = EventIndex::keys(&event).swap_remove(0);
            EventIndex::fold(&key, &mut row, &event);
            id = key.id;
        }
        let text = serde_json::to_string(&row.unwrap()).unwrap();
        assert_eq!(text, "[0,3,999]");
        assert_eq!(unpacked(&id, &text).unwrap(), positions);
        assert!(unpacked("task.completed", &text).is_err());
    }
}
