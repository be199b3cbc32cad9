//! The evidence as a database holds it. Asks only for what the role `omoi_project` may see.

use std::str::FromStr;

use sqlx::PgConnection;

use super::evidence::{Effects, EventRow, Evidence};
use super::log::LogFold;

/// Events asked for at once.
const PAGE: i64 = 5000;

/// Where a consumer notes what it applied: a table with the column `position`, a row for each event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EffectTable {
    consumer: String,
    table: String,
}

/// The text is not `consumer=table`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected CONSUMER=TABLE, with a table in small letters, e.g. copier=public.copy")]
pub struct InvalidTable;

impl FromStr for EffectTable {
    type Err = InvalidTable;

    fn from_str(text: &str) -> Result<Self, InvalidTable> {
        let (consumer, table) = text.split_once('=').ok_or(InvalidTable)?;
        // It becomes part of a statement.
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '.';
        if consumer.is_empty() || table.is_empty() || !table.chars().all(plain) {
            return Err(InvalidTable);
        }
        Ok(Self { consumer: consumer.to_owned(), table: table.to_owned() })
    }
}

/// Reads everything about one log. Within a repeatable-read transaction the tables agree with each other
/// while others write.
///
/// # Errors
/// When the database cannot be used.
pub async fn gather(
    connection: &mut PgConnection,
    log_id: i16,
    effects: &[EffectTable],
) -> Result<(LogFold, Evidence), sqlx::Error> {
    let log = events(connection, log_id).await?;
    let mut evidence = Evidence {
        incarnation: sqlx::query_scalar("select incarnation from es.log_head where log_id = $1")
            .bind(log_id)
            .fetch_optional(&mut *connection)
            .await?,
        streams: sqlx::query_as(
            "select aggregate_type, aggregate_id, org_id, project_id, version, first_position \
               from es.streams where log_id = $1",
        )
        .bind(log_id)
        .fetch_all(&mut *connection)
        .await?,
        outcomes: sqlx::query_as(
            "select org_id, command_id, first_position, last_position from es.command_results",
        )
        .fetch_all(&mut *connection)
        .await?,
        leases: sqlx::query_as("select org_id, name, epoch, owner from es.leases")
            .fetch_all(&mut *connection)
            .await?,
        checkpoints: sqlx::query_as(
            "select consumer, position, incarnation from es.checkpoints where log_id = $1",
        )
        .bind(log_id)
        .fetch_all(&mut *connection)
        .await?,
        parked: sqlx::query_as("select consumer, root, position from es.parked where log_id = $1")
            .bind(log_id)
            .fetch_all(&mut *connection)
            .await?,
        ..Evidence::default()
    };
    for EffectTable { consumer, table } in effects {
        let positions = sqlx::query_scalar(&format!("select position::bigint from {table}"))
            .fetch_all(&mut *connection)
            .await?;
        evidence.effects.push(Effects { consumer: consumer.clone(), positions });
    }
    Ok((log, evidence))
}

async fn events(connection: &mut PgConnection, log_id: i16) -> Result<LogFold, sqlx::Error> {
    let mut log = LogFold::default();
    let mut after = i64::MIN;
    loop {
        let page: Vec<EventRow> = sqlx::query_as(
            "select position, org_id, project_id, aggregate_type, aggregate_id, sequence, event_id, event_type, \
                    schema_version, payload::text as payload, metadata::text as metadata, actor, correlation_id, \
                    causation_id, command_id, (extract(epoch from recorded_at) * 1000000)::bigint as recorded_us, \
                    content_hash \
               from es.events where log_id = $1 and position > $2 order by position limit $3",
        )
        .bind(log_id)
        .bind(after)
        .bind(PAGE)
        .fetch_all(&mut *connection)
        .await?;
        let Some(last) = page.last() else { return Ok(log) };
        after = last.position;
        for event in &page {
            log.event(event);
        }
    }
}
