//! `GET /api/v1/projects/{id}/activity`: what happened in a project, newest first.

use axum::{Router, extract::State, http::HeaderMap, response::Response, routing::get};
use kernel::ProjectId;
use projections::{activity::Activity, board::Board};
use serde::Deserialize;

use super::answer::read;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::{Ask, Id};
use crate::{operator::operator, wiring::Services};

/// Lines of one page.
const MOST: i64 = 200;

pub(crate) fn router() -> Router<Services> {
    Router::new().route("/projects/{id}/activity", get(activity))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stretch {
    /// Lines before this position; the newest when absent.
    before: Option<i64>,
    /// 1 to 200; default 50.
    limit: Option<i64>,
    /// See `Omoi-Min-Position`.
    min_position: Option<String>,
}

async fn activity(
    State(services): State<Services>,
    id: Id,
    Ask(ask): Ask<Stretch>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (org, _) = operator();
    let limit = ask.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::unprocessable("invalid_limit", format!("limit is {limit}; it is 1 to {MOST}")));
    }
    let least = MinPosition::of(&headers, ask.min_position.as_deref())?;
    least.reached::<Activity>(&services).await?;
    let project = ProjectId(id.0);
    let page = services.read_models.activity(org, project, ask.before, limit).await?;
    // Every project has a line about its creation: without any, it is the page or the project that is empty.
    if page.entries.is_empty() && services.read_models.of_root::<Board>(org, project.0).await?.rows.is_empty()
    {
        return Err(Problem::not_found("project"));
    }
    let (position, stale) = (page.position, page.stale);
    Ok(read(page, position, stale))
}
