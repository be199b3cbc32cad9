//! `GET /api/v1/runs/{id}/events`: the run and its trajectory, as the log has them.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use commands::CommandError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use vocabulary::RunId;

use super::look;
use super::opening::open;
use crate::routes::answer::read;
use crate::routes::caller::Caller;
use crate::routes::events::envelope;
use crate::routes::problem::Problem;
use crate::routes::read_your_writes::{MinPosition, NOT_A_POSITION};
use crate::routes::request::{Ask, Id};
use crate::wiring::Services;

const MOST: i64 = 1000;

/// Which part of a run.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Stretch {
    /// Position after which the page begins; default 0.
    #[schemars(range(min = 0))]
    after: Option<i64>,
    /// Most events of the page, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1000))]
    limit: Option<i64>,
    /// See `Omoi-Min-Position`.
    #[schemars(skip)]
    min_position: Option<String>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RunEventsPage")]
pub(super) struct Page {
    /// In the order of the log. Beside words that are sealed there stands `text`: what they say; `null` when they cannot be opened
    /// any more, or have more than 64 KiB.
    #[schemars(with = "Vec<bus::RecordedEvent<'static>>")]
    events: Vec<Value>,
    /// Position to go on from; the one that was asked with when the page is empty.
    next: i64,
}

pub(super) async fn page(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    Ask(ask): Ask<Stretch>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let limit = ask.limit.unwrap_or(100);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::unprocessable("invalid_limit", format!("limit is {limit}; it is 1 to {MOST}")));
    }
    let after = ask.after.unwrap_or(0);
    if after < 0 {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_position", NOT_A_POSITION));
    }
    let least = MinPosition::of(&headers, ask.min_position.as_deref())?;
    let run = look(&services, &caller, RunId(id.0), least).await?;
    let org = caller.actor().org;
    let places = services.read_models.places_of_run(org, run.line.id, after, limit).await?;
    let recorded = services.store.reader_of(org).at(&places).await?;
    let next = places.last().copied().unwrap_or(after);
    let mut events = Vec::with_capacity(recorded.len());
    for event in &recorded {
        let text = envelope(&services, event)?;
        events.push(serde_json::from_str(text.get()).map_err(|error| broken(&error))?);
    }
    open(&services, org, run.line.project, &mut events).await?;
    Ok(read(Page { events, next }, run.position, run.stale))
}

fn broken(error: &serde_json::Error) -> Problem {
    CommandError::Broken(format!("an event is no JSON: {error}")).into()
}
