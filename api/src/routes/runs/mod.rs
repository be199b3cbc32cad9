//! Runs over HTTP, as people look at them: the runs of a project and of a task, one of them, what was seen of it, and what
//! they run in and by.

mod agents;
mod events;
mod interventions;
mod opening;

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use commands::Permission;
use kernel::ProjectId;
use projections::interventions::InterventionsAnswer;
use projections::run_trajectory::{RunAnswer, RunFilter, RunState, RunTrajectory, RunsAnswer};
use projections::sandbox_fleet::{SandboxFleet, SandboxesAnswer};
use projections::task_detail::TaskDetail;
use schemars::JsonSchema;
use serde::Deserialize;
use vocabulary::{Name, RunId, TaskId};

use self::events::{Page, Stretch};
use super::answer::{read, tagged};
use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::{MinPosition, NOT_A_POSITION};
use super::request::{Ask, Id};
use crate::{
    openapi::{Documented, query},
    wiring::Services,
};

/// Runs, or sandboxes, of one page.
const MOST: i64 = 200;

pub(crate) fn router() -> Documented<Services> {
    Documented::about("runs", "A run: one attempt of an agent at a task, in a sandbox of its own.")
        .get(
            "/projects/{id}/runs",
            of_project,
            query::<RunsAnswer>("list_runs", "List the runs of a project, newest first")
                .says("Those that are asked for are looked for among the newest 1,000: a page may have few of them, or none, and a `next`.")
                .needs(Permission::ReadRuns)
                .asks::<Before>()
                .refuses(&["invalid_limit"])
                .shows(include_str!("../../openapi/examples/runs.json")),
        )
        .get(
            "/tasks/{id}/runs",
            of_task,
            query::<RunsAnswer>("list_runs_of_task", "List the runs of a task, newest first")
                .says("At most the newest 200.")
                .needs(Permission::ReadRuns)
                .shows(include_str!("../../openapi/examples/runs.json")),
        )
        .get(
            "/runs/{id}",
            show,
            query::<RunAnswer>("show_run", "Show a run")
                .needs(Permission::ReadRuns)
                .shows(include_str!("../../openapi/examples/run.json")),
        )
        .get(
            "/runs/{id}/events",
            events::page,
            query::<Page>("list_run_events", "Read what happened in a run, and what was seen of its agent")
                .says("The events of the run and of its trajectory, in the order of the log; their schemas are in `schemas/events`. What agents and people say is sealed in them.")
                .needs(Permission::ReadRuns)
                .asks::<Stretch>()
                .refuses(&["invalid_limit"])
                .shows(include_str!("../../openapi/examples/run_events.json")),
        )
        .get(
            "/sandboxes",
            sandboxes,
            query::<SandboxesAnswer>("list_sandboxes", "List the sandboxes that there are")
                .needs(Permission::ReadRuns)
                .asks::<Which>()
                .refuses(&["invalid_limit"])
                .shows(include_str!("../../openapi/examples/sandboxes.json")),
        )
        .get(
            "/interventions",
            interventions::list,
            query::<InterventionsAnswer>("list_interventions", "List who stepped into runs, and whether it came through")
                .says("A message or an interruption of somebody is an intervention; the newest come first. The words are in the events of the run.")
                .needs(Permission::ReadRuns)
                .asks::<interventions::Which>()
                .refuses(&["invalid_limit"])
                .shows(include_str!("../../openapi/examples/interventions.json")),
        )
        .get(
            "/agents",
            agents::list,
            query::<agents::All>("list_agents", "List the profiles of agents, and what they have done")
                .says("What a profile is and can do stands in `profiles`, what became of its runs in `agents`.")
                .needs(Permission::ReadRuns)
                .asks::<agents::Of>()
                .shows(include_str!("../../openapi/examples/agents.json")),
        )
}

/// Which runs of a project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Before {
    /// Runs that began before this position; the newest when absent.
    #[schemars(range(min = 0))]
    before: Option<i64>,
    /// Only those that are so far, or that ended so.
    state: Option<RunState>,
    /// Only those of this profile of an agent.
    agent: Option<Name>,
    /// Only those at this task.
    task: Option<TaskId>,
    /// 1 to 200; default 50.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<i64>,
    /// See `Omoi-Min-Position`.
    #[schemars(skip)]
    min_position: Option<String>,
}

/// Which sandboxes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// Of one project.
    project: Option<ProjectId>,
    /// Those that were removed as well.
    released: Option<bool>,
    /// Sandboxes of the runs after this one, as `next` of the page before said.
    after: Option<RunId>,
    /// 1 to 200; default 50.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<i64>,
    /// See `Omoi-Min-Position`.
    #[schemars(skip)]
    min_position: Option<String>,
}

async fn of_project(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    Ask(ask): Ask<Before>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let project = ProjectId(id.0);
    let org = caller.within(Permission::ReadRuns, project, "project")?;
    let limit = limited(ask.limit)?;
    if ask.before.is_some_and(i64::is_negative) {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_position", NOT_A_POSITION));
    }
    let least = MinPosition::of(&headers, ask.min_position.as_deref())?;
    least.reached::<RunTrajectory>(&services).await?;
    if services.read_models.project(org, project).await?.is_none() {
        return Err(Problem::not_found("project"));
    }
    let which = RunFilter { state: ask.state, agent: ask.agent, task: ask.task };
    let runs = services.read_models.runs_of_project(org, project, &which, ask.before, limit).await?;
    let (position, stale) = (runs.position, runs.stale);
    Ok(read(runs, position, stale))
}

async fn of_task(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let task = TaskId(id.0);
    let (org, _) = caller.among(Permission::ReadRuns)?;
    least.reached::<RunTrajectory>(&services).await?;
    least.reached::<TaskDetail>(&services).await?;
    let known = services.read_models.task(org, task).await?.ok_or_else(|| Problem::not_found("task"))?;
    caller.within(Permission::ReadRuns, known.project, "task")?;
    let runs = services.read_models.runs_of_task(org, task).await?;
    let (position, stale) = (runs.position, runs.stale);
    Ok(read(runs, position, stale))
}

async fn show(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let mut run = look(&services, &caller, RunId(id.0), least).await?;
    opening::report(&services, caller.actor().org, &mut run).await?;
    let (position, stale, version) = (run.position, run.stale, run.version);
    Ok(tagged(read(run, position, stale), version))
}

/// The run, if it exists for who asks.
async fn look(
    services: &Services,
    caller: &Caller,
    id: RunId,
    least: MinPosition,
) -> Result<RunAnswer, Problem> {
    let (org, _) = caller.among(Permission::ReadRuns)?;
    least.reached::<RunTrajectory>(services).await?;
    let run = services.read_models.run(org, id).await?.ok_or_else(|| Problem::not_found("run"))?;
    caller.within(Permission::ReadRuns, run.line.project, "run")?;
    Ok(run)
}

async fn sandboxes(
    State(services): State<Services>,
    caller: Caller,
    Ask(ask): Ask<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (org, only) = caller.among(Permission::ReadRuns)?;
    let limit = limited(ask.limit)?;
    let of = one_project(only, ask.project)?;
    MinPosition::of(&headers, ask.min_position.as_deref())?.reached::<SandboxFleet>(&services).await?;
    let released = ask.released.unwrap_or(false);
    let page = services.read_models.sandboxes(org, of, released, ask.after, limit).await?;
    let position = page.position;
    Ok(read(page, position, None))
}

/// The project to look in, for who sees only one, or asks for one.
fn one_project(only: Option<ProjectId>, asked: Option<ProjectId>) -> Result<Option<ProjectId>, Problem> {
    match (only, asked) {
        (Some(only), Some(asked)) if only != asked => Err(Problem::not_found("project")),
        (only, asked) => Ok(asked.or(only)),
    }
}

fn limited(limit: Option<i64>) -> Result<i64, Problem> {
    let limit = limit.unwrap_or(50);
    if (1..=MOST).contains(&limit) {
        return Ok(limit);
    }
    Err(Problem::unprocessable("invalid_limit", format!("limit is {limit}; it is 1 to {MOST}")))
}
