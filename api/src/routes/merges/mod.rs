//! Merges over HTTP: what comes together on which branch, what is in its way, and what people decide about that.

mod conflicts;

use axum::{extract::State, http::StatusCode, response::Response};
use commands::{Permission, Step};
use execution::merge::{Command, Merge};
use kernel::ProjectId;
use projections::merge_queue::{MergeQueue, MergesAnswer, OneMerge};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{CommitId, MergeId, Reason, TaskId};

use super::answer::{answer, read, tagged};
use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::{Id, Wish};
use crate::{
    openapi::{Documented, command, query},
    wiring::Services,
};

/// That somebody wants the default branch to follow.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ApproveMerge", example = json!({ "head": "0123456789abcdef0123456789abcdef01234567" }))]
struct Approve {
    /// The head that was looked at: one that has moved since is not approved.
    head: CommitId,
}

/// What is to be tried again.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RetryMerge", example = json!({ "task": "1b8401c9-fd44-856d-af67-689be0328d3f" }))]
struct Retry {
    /// The task whose work is parked; everything that is parked when absent.
    #[serde(default)]
    task: Option<TaskId>,
}

/// A resolution by hand.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ResolveMerge", example = json!({
    "task": "1b8401c9-fd44-856d-af67-689be0328d3f", "commit": "0123456789abcdef0123456789abcdef01234567"
}))]
struct Resolve {
    /// The task whose work was resolved; absent when it is what the default branch has become.
    #[serde(default)]
    task: Option<TaskId>,
    /// A commit of the repository that holds the head of the merge and that work.
    commit: CommitId,
}

/// Work that is left out.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaveOutOfMerge", example = json!({
    "task": "1b8401c9-fd44-856d-af67-689be0328d3f", "reason": "the other one does the same"
}))]
struct LeaveOut {
    /// The task.
    task: TaskId,
    /// Why, in a line.
    reason: Reason,
}

/// Why nobody wants it any more.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AbandonMerge", example = json!({ "reason": "it was merged by hand" }))]
struct Abandon {
    /// In a line; shown with the merge.
    #[serde(default)]
    reason: Option<Reason>,
}

/// A merge after a command.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MergeChanged", example = json!({
    "id": "7d5b8f4e-3a1c-8b2d-9e6f-0a1b2c3d4e5f", "status": "approved", "version": 23, "position": 142
}))]
struct Changed {
    /// The merge.
    id: MergeId,
    /// How far it is.
    status: &'static str,
    /// Its version, for `If-Match`.
    version: i64,
    /// Where the log stands after the command.
    position: Option<i64>,
}

/// Refused to whoever wants something of a merge.
const OF_PEOPLE: &[&str] = &["abandoned", "in_step", "unknown_candidate", "already_merged"];

pub(crate) fn router() -> Documented<Services> {
    Documented::about("merges", "A merge: the finished work of a spec, or of a ticket of no spec, on its way together.")
        .get(
            "/projects/{id}/merges",
            list,
            query::<MergesAnswer>("list_merges", "List the merges of a project, newest first")
                .needs(Permission::ReadProjects)
                .shows(include_str!("../../openapi/examples/merges.json")),
        )
        .get(
            "/merges/{id}",
            show,
            query::<OneMerge>("show_merge", "Show a merge")
                .needs(Permission::ReadProjects)
                .shows(include_str!("../../openapi/examples/merge.json")),
        )
        .get(
            "/merges/{id}/conflicts/{task}",
            conflicts::show,
            query::<conflicts::Shown>("show_conflict", "Show where the work of a task does not go with a merge")
                .says("Both sides of each file, looked up in the repository as the branch is now; no files when the two go together by now.")
                .needs(Permission::ReadProjects)
                .refuses(conflicts::UNREADABLE)
                .shows(include_str!("../../openapi/examples/conflict.json")),
        )
        .post(
            "/merges/{id}/approve",
            approve,
            command::<Approve, Changed>("approve_merge", "Let the default branch follow a merge")
                .says("It is moved forward to exactly this head. When it has gone on meanwhile, that is taken in and verified first, and the new head waits for another approval.")
                .needs(Permission::ApproveMerges)
                .refuses(&["abandoned", "not_whole", "head_moved", "already_landed"]),
        )
        .post(
            "/merges/{id}/retry",
            retry,
            command::<Retry, Changed>("retry_merge", "Try parked work again")
                .needs(Permission::WriteMerges)
                .refuses(&["abandoned", "unknown_candidate", "nothing_parked"]),
        )
        .post(
            "/merges/{id}/resolve",
            resolve,
            command::<Resolve, Changed>("resolve_merge", "Bring the resolution of a conflict")
                .says("It is verified like all other work; one that does not hold both sides is parked again.")
                .needs(Permission::WriteMerges)
                .refuses(OF_PEOPLE),
        )
        .post(
            "/merges/{id}/leave-out",
            leave_out,
            command::<LeaveOut, Changed>("leave_out_of_merge", "Go on without the work of a task")
                .says("Its branch and its commit stay.")
                .needs(Permission::WriteMerges)
                .refuses(OF_PEOPLE),
        )
        .post(
            "/merges/{id}/abandon",
            abandon,
            command::<Abandon, Changed>("abandon_merge", "Give a merge up")
                .says("Every branch stays as it is.")
                .needs(Permission::WriteMerges),
        )
}

async fn list(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let project = ProjectId(id.0);
    let org = caller.within(Permission::ReadProjects, project, "project")?;
    least.reached::<MergeQueue>(&services).await?;
    if services.read_models.project(org, project).await?.is_none() {
        return Err(Problem::not_found("project"));
    }
    let merges = services.read_models.merges(org, project).await?;
    let (position, stale) = (merges.position, merges.stale);
    Ok(read(merges, position, stale))
}

async fn show(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let found = look(&services, &caller, MergeId(id.0), least).await?;
    let (position, stale, version) = (found.position, found.stale, found.version);
    Ok(tagged(read(found, position, stale), version))
}

/// The merge, if it exists for who asks.
async fn look(
    services: &Services,
    caller: &Caller,
    id: MergeId,
    least: MinPosition,
) -> Result<OneMerge, Problem> {
    let (org, _) = caller.among(Permission::ReadProjects)?;
    least.reached::<MergeQueue>(services).await?;
    let found = services.read_models.merge(org, id).await?.ok_or_else(|| Problem::not_found("merge"))?;
    caller.within(Permission::ReadProjects, found.merge.project.unwrap_or_default(), "merge")?;
    Ok(found)
}

async fn approve(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Approve { head } = wish.parse()?;
    let by = wish.intent.actor.id;
    change(&services, id, &wish, Command::Approve { head, by }).await
}

async fn retry(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Retry { task } = wish.parse()?;
    let by = wish.intent.actor.id;
    change(&services, id, &wish, Command::Retry { task, by }).await
}

async fn resolve(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Resolve { task, commit } = wish.parse()?;
    let by = wish.intent.actor.id;
    change(&services, id, &wish, Command::ResolveByHand { task, commit, by }).await
}

async fn leave_out(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let LeaveOut { task, reason } = wish.parse()?;
    let by = wish.intent.actor.id;
    change(&services, id, &wish, Command::LeaveOut { task, reason, by }).await
}

async fn abandon(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Abandon { reason } = wish.parse()?;
    let by = wish.intent.actor.id;
    change(&services, id, &wish, Command::Abandon { reason, by }).await
}

async fn change(services: &Services, id: Id, wish: &Wish, command: Command) -> Result<Response, Problem> {
    let step = Step::on::<Merge>(id.0, command).expecting(wish.expected);
    let receipt = services.dispatcher.carry_out(&wish.intent, vec![step]).await?;
    let known = services.dispatcher.peek::<Merge>(wish.intent.actor.org, id.0).await?;
    let merge = known.state.details().ok_or_else(|| Problem::not_found("merge"))?;
    let body = Changed {
        id: MergeId(id.0),
        status: merge.status(),
        version: known.version,
        position: receipt.last_position,
    };
    Ok(answer(StatusCode::OK, &receipt, body))
}
