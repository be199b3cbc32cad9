//! What people think of agents, over HTTP: one is put into quarantine, or released.

use axum::{extract::State, http::StatusCode, response::Response};
use commands::{Permission, Step};
use execution::agent::{Agent, Command, Health};
use kernel::Uuid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{Name, Reason};

use super::answer::answer;
use super::problem::Problem;
use super::request::{Id, Nothing, Wish};
use crate::{
    openapi::{Documented, command},
    wiring::Services,
};

/// Why an agent is not trusted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "QuarantineAgent", example = json!({ "reason": "it deletes tests" }))]
struct Quarantine {
    /// In a line; shown with the agent.
    reason: Reason,
}

/// An agent after a command.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AgentHealthAnswer", example = json!({
    "id": "0b44cf0e-27ac-8c0f-93a0-4f3b4d0dd0f5",
    "name": "opencode",
    "health": "quarantined",
    "reason": "it deletes tests",
    "version": 4,
    "position": 71
}))]
struct AgentAnswer {
    /// The agent.
    id: Uuid,
    /// What its profile is called.
    name: Name,
    /// How it does.
    #[serde(flatten)]
    health: Health,
    /// Its version, for `If-Match`.
    version: i64,
    /// Where the log stands after the command.
    position: Option<i64>,
}

pub(crate) fn router() -> Documented<Services> {
    Documented::about("agents", "An agent: a profile, and what became of its runs.")
        .post(
            "/agents/{id}/quarantine",
            quarantine,
            command::<Quarantine, AgentAnswer>("quarantine_agent", "Put an agent into quarantine")
                .says("No run starts with it by itself any more. A person may still start one, and one that works ends the quarantine; so does a release.")
                .needs(Permission::WriteRuns),
        )
        .post(
            "/agents/{id}/release",
            release,
            command::<Nothing, AgentAnswer>("release_agent", "Release an agent from quarantine")
                .says("Three runs in a row that fail by the agent's own fault put it there, or a person does.")
                .needs(Permission::WriteRuns)
                .refuses(&["not_quarantined"]),
        )
}

async fn quarantine(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Quarantine { reason } = wish.parse()?;
    let by = wish.intent.actor.id;
    change(&services, id, &wish, Command::Quarantine { reason, by }).await
}

async fn release(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    let by = wish.intent.actor.id;
    change(&services, id, &wish, Command::Release { by }).await
}

async fn change(services: &Services, id: Id, wish: &Wish, command: Command) -> Result<Response, Problem> {
    let step = Step::on::<Agent>(id.0, command).expecting(wish.expected);
    let receipt = services.dispatcher.carry_out(&wish.intent, vec![step]).await?;
    let known = services.dispatcher.peek::<Agent>(wish.intent.actor.org, id.0).await?;
    let Agent::Known { identity, health, .. } = known.state else { return Err(Problem::not_found("agent")) };
    let body = AgentAnswer {
        id: id.0,
        name: identity.profile,
        health,
        version: known.version,
        position: receipt.last_position,
    };
    Ok(answer(StatusCode::OK, &receipt, body))
}
