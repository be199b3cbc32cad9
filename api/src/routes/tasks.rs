//! Tasks over HTTP: plan one under a ticket, and the verbs of a person. There is no `complete`: work is completed
//! by evidence.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{delete, get, post},
};
use commands::{NewTask, Receipt, Step};
use projections::task_detail::TaskDetail;
use rand::Rng as _;
use serde::{Deserialize, Serialize};
use vocabulary::{
    CommandLine, CommitId, Hours, Name, Phase, Priority, Reason, TaskId, TaskNumber, Text, TicketId,
};
use work::task::{
    Blocker, Command, CommandResults, Evidence, EvidenceKind, Failure, FailureClass, Files, Mode,
    RetryPolicy, Task, Validation, Work,
};

use super::answer::{answer, read, tagged};
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::{Id, Ids, Wish};
use crate::{operator::operator, wiring::Services};

pub(crate) fn router() -> Router<Services> {
    Router::new()
        .route("/tasks/{id}", get(show))
        .route("/tickets/{id}/tasks", post(plan))
        .route("/tasks/{id}/start", post(start))
        .route("/tasks/{id}/fail", post(fail))
        .route("/tasks/{id}/submit-evidence", post(submit_evidence))
        .route("/tasks/{id}/retry", post(retry))
        .route("/tasks/{id}/block", post(block))
        .route("/tasks/{id}/unblock", post(unblock))
        .route("/tasks/{id}/prioritise", post(prioritise))
        .route("/tasks/{id}/cancel", post(cancel))
        .route("/tasks/{id}/dependencies", post(depend))
        .route("/tasks/{id}/dependencies/{on}", delete(undepend))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    title: Name,
    description: Option<Text>,
    phase: Option<Phase>,
    priority: Option<Priority>,
    estimate_hours: Option<Hours>,
    #[serde(default)]
    depends_on: Vec<TaskId>,
    #[serde(default)]
    files: Files,
    run: Option<CommandLine>,
    #[serde(default)]
    validate: Validation,
    #[serde(default)]
    mode: Mode,
    agent: Option<Name>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fail {
    reason: Reason,
    class: FailureClass,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubmitEvidence {
    commands: CommandResults,
    commit: Option<CommitId>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Because {
    reason: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prioritise {
    priority: Priority,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cancel {
    reason: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct On {
    on: TaskId,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// A task as the write side knows it right after a command.
#[derive(Debug, Serialize)]
struct TaskAnswer {
    id: TaskId,
    number: TaskNumber,
    ticket: TicketId,
    title: Name,
    phase: Phase,
    priority: Priority,
    status: &'static str,
    /// What a person can do with it now.
    possible: Vec<&'static str>,
    depends_on: Vec<TaskId>,
    version: i64,
    position: Option<i64>,
}

async fn show(State(services): State<Services>, id: Id, least: MinPosition) -> Result<Response, Problem> {
    least.reached::<TaskDetail>(&services).await?;
    let (org, _) = operator();
    let task =
        services.read_models.task(org, TaskId(id.0)).await?.ok_or_else(|| Problem::not_found("task"))?;
    let (position, stale, version) = (task.position, task.stale, task.version);
    Ok(tagged(read(task, position, stale), version))
}

async fn plan(State(services): State<Services>, ticket: Id, wish: Wish) -> Result<Response, Problem> {
    let Plan {
        title,
        description,
        phase,
        priority,
        estimate_hours,
        depends_on,
        files,
        run,
        validate,
        mode,
        agent,
    } = wish.parse()?;
    let work = Work { mode, agent, run, validate };
    let new =
        NewTask { title, description, phase, priority, estimate: estimate_hours, files, work, depends_on };
    let (id, receipt) = services.dispatcher.plan_task(&wish.intent, TicketId(ticket.0), new).await?;
    shown(&services, &wish, id, StatusCode::CREATED, &receipt).await
}

async fn start(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    change(&services, id, &wish, Command::StartByPerson { actor: wish.intent.actor }).await
}

async fn fail(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Fail { reason, class } = wish.parse()?;
    let jitter = rand::rng().random_range(-RetryPolicy::MAX_JITTER..=RetryPolicy::MAX_JITTER);
    let now = services.store.now().await?;
    let failure = Failure { reason, class, epoch: None, now, jitter, retry: RetryPolicy::default() };
    change(&services, id, &wish, Command::Fail(failure)).await
}

async fn submit_evidence(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let SubmitEvidence { commands, commit } = wish.parse()?;
    let kind = EvidenceKind::Attested;
    let evidence = Evidence { kind, commands, commit, epoch: None, await_validation: false };
    change(&services, id, &wish, Command::SubmitEvidence(evidence)).await
}

async fn retry(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    change(&services, id, &wish, Command::Retry).await
}

async fn block(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Because { reason } = wish.parse()?;
    change(&services, id, &wish, Command::Block { by: person(&wish), reason }).await
}

async fn unblock(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    change(&services, id, &wish, Command::Unblock { by: person(&wish) }).await
}

fn person(wish: &Wish) -> Blocker {
    Blocker::Person { actor: wish.intent.actor }
}

async fn prioritise(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Prioritise { priority } = wish.parse()?;
    change(&services, id, &wish, Command::Prioritise { priority }).await
}

async fn cancel(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Cancel { reason } = wish.parse()?;
    change(&services, id, &wish, Command::Cancel { reason }).await
}

async fn depend(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let On { on } = wish.parse()?;
    let task = TaskId(id.0);
    let receipt = services.dispatcher.add_task_dependency(&wish.intent, task, on, wish.expected).await?;
    shown(&services, &wish, task, StatusCode::OK, &receipt).await
}

async fn undepend(State(services): State<Services>, ids: Ids, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    let (task, on) = (TaskId(ids.0), TaskId(ids.1));
    let receipt = services.dispatcher.remove_task_dependency(&wish.intent, task, on, wish.expected).await?;
    shown(&services, &wish, task, StatusCode::OK, &receipt).await
}

async fn change(services: &Services, id: Id, wish: &Wish, command: Command) -> Result<Response, Problem> {
    let step = Step::on::<Task>(id.0, command).expecting(wish.expected);
    let receipt = services.dispatcher.carry_out(&wish.intent, vec![step]).await?;
    shown(services, wish, TaskId(id.0), StatusCode::OK, &receipt).await
}

/// The task after the command, as its events have made it: a repeat is answered from the same source.
async fn shown(
    services: &Services,
    wish: &Wish,
    id: TaskId,
    status: StatusCode,
    receipt: &Receipt,
) -> Result<Response, Problem> {
    let known = services.dispatcher.peek::<Task>(wish.intent.org, id.0).await?;
    let task = known.state.details().ok_or_else(|| Problem::not_found("task"))?;
    let body = TaskAnswer {
        id,
        number: task.plan.number,
        ticket: task.plan.ticket,
        title: task.plan.title.clone(),
        phase: task.plan.phase,
        priority: task.plan.priority,
        status: known.state.status_name(),
        possible: known.state.possible(),
        depends_on: task.plan.prerequisites.iter().copied().collect(),
        version: known.version,
        position: receipt.last_position,
    };
    Ok(answer(status, receipt, body))
}
