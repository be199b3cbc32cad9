//! `GET /api/v1/projects/{id}/activity`: what happened in a project, newest first.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use commands::Permission;
use kernel::ProjectId;
use projections::{
    activity::{Activity, ActivityAnswer},
    board::Board,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::read;
use super::board;
use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::{MinPosition, NOT_A_POSITION};
use super::request::{Ask, Id};
use crate::{
    openapi::{Documented, query},
    wiring::Services,
};

/// Lines of one page.
const MOST: i64 = 200;

pub(crate) fn router() -> Documented<Services> {
    Documented::about("board", board::ABOUT).get(
        "/projects/{id}/activity",
        activity,
        query::<ActivityAnswer>("list_activity", "Show what happened in a project, newest first")
            .needs(Permission::ReadProjects)
            .asks::<Stretch>()
            .refuses(&["invalid_limit"])
            .shows(include_str!("../openapi/examples/activity.json")),
    )
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Stretch {
    /// Lines before this position; the newest when absent.
    #[schemars(range(min = 0))]
    before: Option<i64>,
    /// 1 to 200; default 50.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<i64>,
    /// See `Omoi-Min-Position`.
    #[schemars(skip)]
    min_position: Option<String>,
}

async fn activity(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    Ask(ask): Ask<Stretch>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = ProjectId(id.0);
    let org = caller.within(Permission::ReadProjects, project, "project")?;
    let limit = ask.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::unprocessable("invalid_limit", format!("limit is {limit}; it is 1 to {MOST}")));
    }
    if ask.before.is_some_and(i64::is_negative) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_position", NOT_A_POSITION));
    }
    let least = MinPosition::of(&headers, ask.min_position.as_deref())?;
    least.reached::<Activity>(&services).await?;
    let page = services.read_models.activity(org, project, ask.before, limit).await?;
    // Every project has a line about its creation: without any, it is the page or the project that is empty.
    if page.entries.is_empty() && services.read_models.of_root::<Board>(org, project.0).await?.rows.is_empty()
    {
        return Err(Problem::not_found("project"));
    }
    let (position, stale) = (page.position, page.stale);
    Ok(read(page, position, stale))
}
