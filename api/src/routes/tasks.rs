//! Tasks over HTTP: plan one under a ticket, and the verbs of a person. There is no `complete`: work is completed
//! by evidence.

mod bodies;

use axum::{extract::State, http::StatusCode, response::Response};
use commands::{NewTask, Permission, Receipt, Step};
use projections::{projects::Projects, ready_queue::ReadyQueue, task_detail::TaskDetail};
use rand::Rng as _;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use vocabulary::{Bounded, TaskId, TicketId};
use work::task::{Blocker, Command, Evidence, EvidenceKind, Failure, RetryPolicy, Task, Work};

use self::bodies::{Because, Cancel, Fail, On, Plan, Prioritise, SubmitEvidence, TaskAnswer};
use super::answer::{answer, read, tagged};
use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::{Id, Ids, Nothing, Wish};
use crate::{
    openapi::{Documented, Operation, bare_command, command, query},
    wiring::Services,
};

pub(crate) fn router() -> Documented<Services> {
    Documented::about("tasks", "A task: the unit of work that a person or an agent does, completed by evidence.")
        .get(
            "/tasks/{id}",
            show,
            query::<projections::task_detail::TaskAnswer>("show_task", "Show a task")
                .needs(Permission::ReadProjects)
                .shows(include_str!("../openapi/examples/task.json")),
        )
        .post(
            "/tickets/{id}/tasks",
            plan,
            command::<Plan, TaskAnswer>("plan_task", "Plan a task under a ticket")
                .needs(Permission::WriteTasks)
                .creates()
                .refuses(&["archived", "completed", "cancelled", "no_work_in_done", "unknown_prerequisite", "cycle"]),
        )
        .post(
            "/tasks/{id}/start",
            start,
            change_of::<Nothing>("start_task", "Start a task oneself")
                .refuses(&["already_failed", "claimed_already", "blocked", "not_ready"]),
        )
        .post(
            "/tasks/{id}/fail",
            fail,
            change_of::<Fail>("fail_task", "Report that an attempt failed")
                .says("After a transient failure the task is tried again after a pause, at most a few times.")
                .refuses(&["already_failed", "not_running"]),
        )
        .post(
            "/tasks/{id}/submit-evidence",
            submit_evidence,
            change_of::<SubmitEvidence>("submit_evidence", "Submit evidence that a task is done")
                .says("What a person submits is attested: their word that the commands ended so. A command that did not end with 0 sends the task back.")
                .needs(Permission::AttestTasks)
                .refuses(&["already_failed", "not_running", "held_by_run"]),
        )
        .post(
            "/tasks/{id}/retry",
            retry,
            change_of::<Nothing>("retry_task", "Try a task again now")
                .refuses(&["not_failed", "blocked"]),
        )
        .post(
            "/tasks/{id}/block",
            block,
            change_of::<Because>("block_task", "Block a task")
                .refuses(&["already_failed", "claimed_already"]),
        )
        .post(
            "/tasks/{id}/unblock",
            unblock,
            change_of::<Nothing>("unblock_task", "Unblock a task")
                .refuses(&["already_failed", "not_blocked"]),
        )
        .post(
            "/tasks/{id}/prioritise",
            prioritise,
            change_of::<Prioritise>("prioritise_task", "Say how much a task matters"),
        )
        .post(
            "/tasks/{id}/cancel",
            cancel,
            change_of::<Cancel>("cancel_task", "Cancel a task"),
        )
        .post(
            "/tasks/{id}/dependencies",
            depend,
            change_of::<On>("depend_task", "Let a task wait for another")
                .refuses(&["already_failed", "claimed_already", "depends_on_itself", "cycle", "unknown_prerequisite"]),
        )
        .delete(
            "/tasks/{id}/dependencies/{on}",
            undepend,
            bare_change("undepend_task", "Let a task no longer wait for another")
                .refuses(&["already_failed", "claimed_already", "unknown_prerequisite"]),
        )
}

/// Changes a task; completed and cancelled are for good.
fn change_of<B: DeserializeOwned + JsonSchema>(id: &'static str, summary: &'static str) -> Operation {
    unfinished(command::<B, TaskAnswer>(id, summary))
}

/// The same, said by the address alone.
fn bare_change(id: &'static str, summary: &'static str) -> Operation {
    unfinished(bare_command::<TaskAnswer>(id, summary))
}

fn unfinished(operation: Operation) -> Operation {
    operation.needs(Permission::WriteTasks).refuses(&["already_completed", "already_cancelled"])
}

async fn show(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let (org, _) = caller.among(Permission::ReadProjects)?;
    least.reached::<TaskDetail>(&services).await?;
    // What it waits for is told from these as well.
    least.reached::<Projects>(&services).await?;
    least.reached::<ReadyQueue>(&services).await?;
    let mut task =
        services.read_models.task(org, TaskId(id.0)).await?.ok_or_else(|| Problem::not_found("task"))?;
    caller.within(Permission::ReadProjects, task.project, "task")?;
    task.near_duplicates =
        services.read_models.near_duplicates_of_task(org, task.id, services.near_duplicate_from()).await?;
    task.waits_for = services.read_models.waits_for(org, &task).await?;
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
        locks,
        mode,
        agent,
    } = wish.parse()?;
    let work = Work { mode, agent, run, validate, locks };
    let new =
        NewTask { title, description, phase, priority, estimate: estimate_hours, files, work, depends_on };
    let (id, receipt) = services.dispatcher.plan_task(&wish.intent, TicketId(ticket.0), new).await?;
    shown(&services, &wish, id, StatusCode::CREATED, &receipt).await
}

async fn start(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    change(&services, id, &wish, Command::StartByPerson { actor: wish.intent.actor.id }).await
}

async fn fail(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Fail { reason, class } = wish.parse()?;
    let jitter = rand::rng().random_range(-RetryPolicy::MAX_JITTER..=RetryPolicy::MAX_JITTER);
    let now = services.store.now().await?;
    let failure =
        Failure { reason, class, epoch: None, now, jitter, retry: RetryPolicy::default(), commit: None };
    change(&services, id, &wish, Command::Fail(failure)).await
}

async fn submit_evidence(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let SubmitEvidence { commands, commit } = wish.parse()?;
    let kind = EvidenceKind::Attested;
    let commands = Bounded::new(commands.into()).expect("a list of at least one is one of any length");
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
    Blocker::Person { actor: wish.intent.actor.id }
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
    let known = services.dispatcher.peek::<Task>(wish.intent.actor.org, id.0).await?;
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
