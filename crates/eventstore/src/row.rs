//! A row of `es.events` as [`Recorded`].

use chrono::{DateTime, Utc};
use kernel::{ActorId, CommandId, Envelope, EventId, OrgId, ProjectId, Recorded, Timestamp};
use sqlx::Row as _;
use sqlx::postgres::PgRow;

/// The columns, in the order that [`recorded`] reads them.
pub(crate) const COLUMNS: &str = "log_id, position, org_id, project_id, aggregate_type, aggregate_id, sequence, \
     event_id, event_type, schema_version, payload, metadata, actor, correlation_id, causation_id, \
     command_id, epoch, recorded_at, content_hash";

pub(crate) fn recorded(row: &PgRow) -> Result<Recorded<String>, sqlx::Error> {
    let hash: &[u8] = row.try_get(18)?;
    Ok(Recorded {
        envelope: Envelope {
            log_id: row.try_get(0)?,
            position: row.try_get(1)?,
            org_id: OrgId(row.try_get(2)?),
            project_id: row.try_get::<Option<uuid::Uuid>, _>(3)?.map(ProjectId),
            aggregate_type: row.try_get(4)?,
            aggregate_id: row.try_get(5)?,
            sequence: row.try_get(6)?,
            event_id: EventId(row.try_get(7)?),
            event_type: row.try_get(8)?,
            schema_version: row.try_get(9)?,
            actor: ActorId(row.try_get(12)?),
            correlation_id: row.try_get(13)?,
            causation_id: row.try_get(14)?,
            command_id: CommandId(row.try_get(15)?),
            epoch: row.try_get(16)?,
            recorded_at: Timestamp::from(row.try_get::<DateTime<Utc>, _>(17)?),
            content_hash: hash
                .try_into()
                .map_err(|_| sqlx::Error::Decode("a content hash is 32 bytes".into()))?,
        },
        metadata: row.try_get_unchecked(11)?,
        event: row.try_get_unchecked(10)?,
    })
}
