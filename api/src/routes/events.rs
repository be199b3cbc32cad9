//! `GET /api/v1/events`: the log by position, as every other consumer sees it.

use axum::{Json, extract::State, http::StatusCode};
use commands::Permission;
use eventstore::{Direction, Filter};
use kernel::{ProjectId, Recorded};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

pub(crate) mod by_type;

use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::NOT_A_POSITION;
use super::request::Ask;
use crate::{
    openapi::{Documented, look},
    wiring::Services,
};

const MOST: i64 = 1000;

pub(crate) fn router() -> Documented<Services> {
    Documented::about("log", "The log: every event, in the one order that everybody sees.").get(
        "/events",
        events,
        look::<Page>("list_events", "Read the log")
            .says("Forwards from `after`, or backwards from `before`. The schemas of the payloads are in `schemas/events`.")
            .needs(Permission::ReadEvents)
            .asks::<Stretch>()
            .refuses(&["invalid_position", "invalid_limit", "invalid_range", "invalid_filter"])
            .shows(include_str!("../openapi/examples/events.json")),
    )
}

/// Which part of the log.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Stretch {
    /// Position after which the page begins (forwards, default 0).
    #[schemars(range(min = 0))]
    after: Option<i64>,
    /// Position before which the page begins; reads backwards.
    #[schemars(range(min = 0))]
    before: Option<i64>,
    /// Most events of the page, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<i64>,
    project: Option<ProjectId>,
    aggregate_type: Option<String>,
    aggregate_id: Option<String>,
    /// Event types, parted by commas.
    r#type: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "EventsPage")]
struct Page {
    /// In the order that was asked for.
    #[schemars(with = "Vec<bus::RecordedEvent<'static>>")]
    events: Vec<Box<RawValue>>,
    /// Position to go on from; the one that was asked with when the page is empty.
    next: i64,
}

async fn events(
    State(services): State<Services>,
    caller: Caller,
    Ask(ask): Ask<Stretch>,
) -> Result<Json<Page>, Problem> {
    let (org, only) = caller.among(Permission::ReadEvents)?;
    let limit = ask.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::unprocessable("invalid_limit", format!("limit is {limit}; it is 1 to {MOST}")));
    }
    if ask.after.is_some_and(i64::is_negative) || ask.before.is_some_and(i64::is_negative) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_position", NOT_A_POSITION));
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
    if let (Some(only), Some(asked)) = (only, ask.project)
        && asked != only
    {
        return Err(Problem::not_found("project"));
    }
    let filter = Filter {
        project: ask.project.or(only),
        aggregate_type: ask.aggregate_type,
        aggregate_id: ask.aggregate_id,
        event_types: ask.r#type.iter().flat_map(|types| types.split(',')).map(str::to_owned).collect(),
    };
    let recorded = by_type::page(&services, org, &filter, from, limit, direction).await?;
    let next = recorded.last().map_or(from, |last| last.envelope.position);
    let events = recorded.iter().map(|event| envelope(&services, event)).collect::<Result<_, _>>()?;
    Ok(Json(Page { events, next }))
}

/// As it reads today, like everywhere else.
pub(super) fn envelope(services: &Services, event: &Recorded<String>) -> Result<Box<RawValue>, Problem> {
    let unreadable = |error: serde_json::Error| {
        Problem::from(commands::CommandError::Broken(format!("stored JSON cannot be read: {error}")))
    };
    let said = services.hub().said(event).map_err(unreadable)?;
    Ok(said.envelope().to_owned())
}
