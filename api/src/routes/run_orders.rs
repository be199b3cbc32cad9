//! What people want of runs over HTTP: start one, say something to its agent, interrupt its turn, stop it.

use axum::{extract::State, http::StatusCode, response::Response};
use commands::{NewRun, Permission, Receipt, Step, Unlimited};
use execution::run::{Command, Run, SteerId};
use kernel::derived_uuid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{Name, Reason, RunId, TaskId, Text};

use super::answer::answer;
use super::problem::Problem;
use super::request::{Id, Nothing, Wish};
use crate::{
    openapi::{Documented, command},
    wiring::Services,
};

/// A run of a task.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "StartRun", example = json!({ "agent": "command" }))]
struct Start {
    /// The profile of the agent; that of the task, else of its project, when absent.
    #[serde(default)]
    agent: Option<Name>,
}

/// Something for the agent to know.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SendMessage", example = json!({ "text": "Leave the public names as they are." }))]
struct Message {
    /// The words.
    text: Text,
}

/// Why a run is to stop.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "StopRun", example = json!({ "reason": "the task was planned wrongly" }))]
struct Stop {
    /// In a line; shown with the run and its task.
    #[serde(default)]
    reason: Option<Reason>,
}

/// A run after a command.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RunAnswer", example = json!({
    "id": "5b0f8a1e-2d4c-8e6f-9a3b-7c1d2e3f4a5b",
    "task": "1b8401c9-fd44-856d-af67-689be0328d3f",
    "agent": "command",
    "status": "starting",
    "version": 1,
    "position": 41
}))]
struct RunAnswer {
    /// The run.
    id: RunId,
    /// Its task.
    task: TaskId,
    /// The profile of its agent.
    agent: Name,
    /// How far it is: `starting`, `active`, `stopping`, `ended`.
    status: &'static str,
    /// The message that the command was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<SteerId>,
    /// Its version, for `If-Match`.
    version: i64,
    /// Where the log stands after the command.
    position: Option<i64>,
}

pub(crate) fn router() -> Documented<Services> {
    Documented::about("runs", "A run: one attempt of one agent at one task, with all that it did.")
        .post(
            "/tasks/{id}/runs",
            start,
            command::<Start, RunAnswer>("start_run", "Start a run of a task")
                .says("The run claims the task at once and begins as soon as a node with sandboxes takes it up. What holds back work that starts by itself holds back this as well: a ticket that is blocked, waits for another one, or has not come to the phase of the task.")
                .needs(Permission::WriteRuns)
                .creates()
                .refuses(&[
                    "already_completed", "already_cancelled", "already_failed", "claimed_already", "blocked", "not_ready",
                    "ticket_cancelled", "ticket_blocked", "ticket_waits", "phase_ahead",
                    "archived", "no_agent", "unknown_agent", "no_repository", "no_verification", "full", "locked",
                ]),
        )
        .post(
            "/runs/{id}/messages",
            send_message,
            command::<Message, RunAnswer>("send_message", "Say something to the agent of a run")
                .says("The agent gets it at its next boundary; how far it is on its way stands in the events of the run. One at a time.")
                .needs(Permission::WriteRuns)
                .refuses(&["already_ended", "stopping", "steer_open"]),
        )
        .post(
            "/runs/{id}/interrupt",
            interrupt,
            command::<Nothing, RunAnswer>("interrupt_run", "Interrupt the turn of the agent of a run")
                .says("A message that the agent has not had yet becomes its next turn; without one the run is over, what is in its workspace is kept, and its task has failed until somebody retries it. Asked again before the turn has ended, nothing more happens.")
                .needs(Permission::WriteRuns)
                .refuses(&["already_ended", "not_active", "stopping"]),
        )
        .post(
            "/runs/{id}/stop",
            stop,
            command::<Stop, RunAnswer>("stop_run", "Stop a run")
                .says("What is in its workspace is kept first. The task has failed then, until somebody retries it.")
                .needs(Permission::WriteRuns)
                .refuses(&["already_ended"]),
        )
}

async fn start(State(services): State<Services>, task: Id, wish: Wish) -> Result<Response, Problem> {
    let Start { agent } = wish.parse()?;
    let new = NewRun { agent, by: Some(wish.intent.actor.id), ..NewRun::default() };
    let profiles = services.agents();
    let started = services.dispatcher.start_run(&wish.intent, TaskId(task.0), new, profiles, &Unlimited);
    let (id, receipt) = started.await?;
    shown(&services, &wish, id, None, StatusCode::CREATED, &receipt).await
}

async fn send_message(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Message { text } = wish.parse()?;
    let org = wish.intent.actor.org;
    wish.intent.actor.require(Permission::WriteRuns)?;
    let known = services.dispatcher.peek::<Run>(org, id.0).await?;
    let project = known.project.filter(|project| wish.intent.actor.sees(*project));
    let project = project.ok_or_else(|| Problem::not_found("run"))?;
    let text = services.sealed_words(org, project, text.as_str()).await?;
    let steer = SteerId(derived_uuid(&[b"steer", wish.intent.command_id.0.as_bytes()]));
    let command = Command::RequestSteer { steer, text, by: wish.intent.actor.id };
    change(&services, id, &wish, command, Some(steer)).await
}

async fn interrupt(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    let command = Command::RequestInterrupt { by: wish.intent.actor.id };
    change(&services, id, &wish, command, None).await
}

async fn stop(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Stop { reason } = wish.parse()?;
    let reason = reason.unwrap_or_else(|| Reason::new("somebody stopped it").expect("it has words"));
    let command = Command::RequestStop { reason, by: Some(wish.intent.actor.id) };
    change(&services, id, &wish, command, None).await
}

async fn change(
    services: &Services,
    id: Id,
    wish: &Wish,
    command: Command,
    message: Option<SteerId>,
) -> Result<Response, Problem> {
    let step = Step::on::<Run>(id.0, command).expecting(wish.expected);
    let receipt = services.dispatcher.carry_out(&wish.intent, vec![step]).await?;
    shown(services, wish, RunId(id.0), message, StatusCode::OK, &receipt).await
}

/// The run after the command, as its events have made it: a repeat is answered from the same source.
async fn shown(
    services: &Services,
    wish: &Wish,
    id: RunId,
    message: Option<SteerId>,
    status: StatusCode,
    receipt: &Receipt,
) -> Result<Response, Problem> {
    let known = services.dispatcher.peek::<Run>(wish.intent.actor.org, id.0).await?;
    let run = known.state.details().ok_or_else(|| Problem::not_found("run"))?;
    let body = RunAnswer {
        id,
        task: run.start.task,
        agent: run.start.agent.clone(),
        status: run.status_name(),
        message,
        version: known.version,
        position: receipt.last_position,
    };
    Ok(answer(status, receipt, body))
}
