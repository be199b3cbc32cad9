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
    /// Position before which the page ends; instead of `after`. The page has the last events before it.
    #[schemars(range(min = 0))]
    before: Option<i64>,
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
    /// Position to go on from, as `after`, or as `before` when that was asked with; the one that was asked with when the page is empty.
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
    if ask.after.is_some() && ask.before.is_some() {
        let detail = "a page begins after a position or ends before one: give `after` or `before`, not both";
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_position", detail));
    }
    let from = ask.before.or(ask.after).unwrap_or(0);
    if from < 0 {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_position", NOT_A_POSITION));
    }
    let least = MinPosition::of(&headers, ask.min_position.as_deref())?;
    let run = look(&services, &caller, RunId(id.0), least).await?;
    let org = caller.actor().org;
    let (models, id) = (&services.read_models, run.line.id);
    let (places, next) = match ask.before {
        Some(before) => {
            let places = models.last_places_of_run(org, id, before, limit).await?;
            let next = places.first().copied();
            (places, next)
        }
        None => {
            let places = models.places_of_run(org, id, from, limit).await?;
            let next = places.last().copied();
            (places, next)
        }
    };
    let recorded = services.store.reader_of(org).at(&places).await?;
    let next = next.unwrap_or(from);
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
