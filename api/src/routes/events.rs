//! `GET /api/v1/events`: the log by position, as every other consumer sees it.

use axum::{Json, Router, extract::State, routing::get};
use eventstore::{Direction, Filter};
use kernel::{ProjectId, Recorded, Timestamp, Uuid};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::problem::Problem;
use super::request::Ask;
use crate::{operator::operator, wiring::Services};

const MOST: i64 = 1000;

pub(crate) fn router() -> Router<Services> {
    Router::new().route("/events", get(events))
}

/// Which part of the log.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stretch {
    /// Position after which the page begins (forwards, default 0).
    after: Option<i64>,
    /// Position before which the page begins; reads backwards.
    before: Option<i64>,
    /// Most events of the page, 1 to 1000; default 100.
    limit: Option<i64>,
    project: Option<ProjectId>,
    aggregate_type: Option<String>,
    aggregate_id: Option<String>,
    /// Event types, parted by commas.
    r#type: Option<String>,
}

#[derive(Debug, Serialize)]
struct Page {
    events: Vec<Wire>,
    /// Position to go on from; the one that was asked with when the page is empty.
    next: i64,
}

/// An event on the wire: the same envelope on HTTP, WebSocket and the bus.
#[derive(Debug, Serialize)]
struct Wire {
    position: i64,
    id: Uuid,
    r#type: String,
    version: i32,
    org_id: Uuid,
    project_id: Option<Uuid>,
    aggregate_type: String,
    aggregate_id: String,
    sequence: i64,
    actor: Uuid,
    correlation_id: Uuid,
    causation_id: Option<Uuid>,
    command_id: Uuid,
    epoch: Option<i64>,
    recorded_at: Timestamp,
    /// SHA-256, hex; docs/decisions/0003 says of what.
    content_hash: String,
    metadata: Box<RawValue>,
    /// The fields of the event, without `$type`.
    payload: serde_json::Value,
}

async fn events(State(services): State<Services>, Ask(ask): Ask<Stretch>) -> Result<Json<Page>, Problem> {
    let (org, _) = operator();
    let limit = ask.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::unprocessable("invalid_limit", format!("limit is {limit}; it is 1 to {MOST}")));
    }
    let (from, direction) = match (ask.after, ask.before) {
        (Some(_), Some(_)) => {
            return Err(Problem::unprocessable("invalid_range", "give `after` or `before`, not both"));
        }
        (_, Some(before)) => (before, Direction::Backwards),
        (after, None) => (after.unwrap_or(0), Direction::Forwards),
    };
    let words = [&ask.aggregate_type, &ask.aggregate_id, &ask.r#type];
    if words.into_iter().flatten().any(|word| word.contains(char::is_control)) {
        return Err(Problem::unprocessable("invalid_filter", "a filter has no control characters"));
    }
    if ask.aggregate_id.is_some() && ask.aggregate_type.is_none() {
        let detail = "aggregate_id names a stream together with aggregate_type";
        return Err(Problem::unprocessable("invalid_filter", detail));
    }
    let filter = Filter {
        project: ask.project,
        aggregate_type: ask.aggregate_type,
        aggregate_id: ask.aggregate_id,
        event_types: ask.r#type.iter().flat_map(|types| types.split(',')).map(str::to_owned).collect(),
    };
    let recorded = services.store.reader_of(org).page(&filter, from, limit, direction).await?;
    let next = recorded.last().map_or(from, |last| last.envelope.position);
    let events = recorded.into_iter().map(wire).collect::<Result<_, _>>()?;
    Ok(Json(Page { events, next }))
}

fn wire(recorded: Recorded<String>) -> Result<Wire, Problem> {
    let unreadable = |error: serde_json::Error| {
        Problem::from(commands::CommandError::Broken(format!("stored JSON cannot be read: {error}")))
    };
    let envelope = recorded.envelope;
    let mut payload: serde_json::Value = serde_json::from_str(&recorded.event).map_err(unreadable)?;
    if let Some(fields) = payload.as_object_mut() {
        fields.remove("$type");
    }
    Ok(Wire {
        position: envelope.position,
        id: envelope.event_id.0,
        r#type: envelope.event_type,
        version: envelope.schema_version,
        org_id: envelope.org_id.0,
        project_id: envelope.project_id.map(|project| project.0),
        aggregate_type: envelope.aggregate_type,
        aggregate_id: envelope.aggregate_id,
        sequence: envelope.sequence,
        actor: envelope.actor.0,
        correlation_id: envelope.correlation_id,
        causation_id: envelope.causation_id,
        command_id: envelope.command_id.0,
        epoch: envelope.epoch,
        recorded_at: envelope.recorded_at,
        content_hash: hex::encode(envelope.content_hash),
        metadata: serde_json::from_str(&recorded.metadata).map_err(unreadable)?,
        payload,
    })
}
