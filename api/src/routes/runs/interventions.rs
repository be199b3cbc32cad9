//! `GET /api/v1/interventions`: who stepped into runs, and whether it came through.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use commands::Permission;
use kernel::ProjectId;
use projections::interventions::{InterventionFilter, Interventions};
use schemars::JsonSchema;
use serde::Deserialize;
use vocabulary::RunId;

use super::{limited, one_project};
use crate::routes::answer::read;
use crate::routes::caller::Caller;
use crate::routes::problem::Problem;
use crate::routes::read_your_writes::{MinPosition, NOT_A_POSITION};
use crate::routes::request::Ask;
use crate::wiring::Services;

/// Which interventions.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Which {
    /// Into runs of one project.
    project: Option<ProjectId>,
    /// Into one run.
    run: Option<RunId>,
    /// Interventions before this position; the newest when absent.
    #[schemars(range(min = 0))]
    before: Option<i64>,
    /// 1 to 200; default 50.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<i64>,
    /// See `Omoi-Min-Position`.
    #[schemars(skip)]
    min_position: Option<String>,
}

pub(super) async fn list(
    State(services): State<Services>,
    caller: Caller,
    Ask(ask): Ask<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (org, only) = caller.among(Permission::ReadRuns)?;
    let limit = limited(ask.limit)?;
    if ask.before.is_some_and(i64::is_negative) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_position", NOT_A_POSITION));
    }
    let project = one_project(only, ask.project)?;
    MinPosition::of(&headers, ask.min_position.as_deref())?.reached::<Interventions>(&services).await?;
    let which = InterventionFilter { project, run: ask.run, before: ask.before };
    let page = services.read_models.interventions(org, &which, limit).await?;
    let position = page.position;
    Ok(read(page, position, None))
}
