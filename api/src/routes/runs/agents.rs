//! `GET /api/v1/agents`: what the profiles of agents have done, and which there are.

use axum::{extract::State, http::HeaderMap, response::Response};
use commands::Permission;
use kernel::ProjectId;
use projections::agent_roster::{AgentAnswer, AgentRoster};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::one_project;
use crate::routes::answer::read;
use crate::routes::caller::Caller;
use crate::routes::problem::Problem;
use crate::routes::read_your_writes::MinPosition;
use crate::routes::request::Ask;
use crate::wiring::{Services, agents::offered::Offered};

/// Which profiles.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Of {
    /// What they have done in one project.
    project: Option<ProjectId>,
    /// See `Omoi-Min-Position`.
    #[schemars(skip)]
    min_position: Option<String>,
}

/// The agents.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Agents")]
pub(super) struct All {
    /// Everything up to here is shown.
    position: i64,
    /// The profiles that have had a run, by name.
    agents: Vec<AgentAnswer>,
    /// The profiles that this node can start a run with, or why it cannot, by name; also those that have had none.
    profiles: Vec<Offered>,
}

pub(super) async fn list(
    State(services): State<Services>,
    caller: Caller,
    Ask(ask): Ask<Of>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (org, only) = caller.among(Permission::ReadRuns)?;
    let of = one_project(only, ask.project)?;
    MinPosition::of(&headers, ask.min_position.as_deref())?.reached::<AgentRoster>(&services).await?;
    let known = services.read_models.agents(org, of).await?;
    let position = known.position;
    let all = All { position, agents: known.agents, profiles: services.offered() };
    Ok(read(all, position, None))
}
