//! Where the work of a task does not go with a merge: both sides of each file, as the repository has them now.

use axum::{extract::State, response::Response};
use execution::merge::Merge;
use kernel::ProjectId;
use ports::git::{CommitHash, GitError, RepositoryUrl};
use schemars::JsonSchema;
use serde::Serialize;
use vocabulary::{CommitId, MergeId, TaskId};
use work::project::Project;

use super::look;
use crate::routes::answer::read;
use crate::routes::caller::Caller;
use crate::routes::problem::Problem;
use crate::routes::read_your_writes::MinPosition;
use crate::routes::request::Ids;
use crate::wiring::Services;

/// Files of an answer at most, and bytes of each text.
const FILES: usize = 50;
const TEXT_BYTES: u64 = 200_000;

/// Why the repository cannot say it, each a code of its own.
pub(super) const UNREADABLE: &[&str] = &[
    "no_repository",
    "invalid_repository",
    "not_a_repository",
    "repository_refused",
    "repository_unreachable",
    "repository_not_allowed",
    "repository_timeout",
    "git_missing",
    "git_failed",
];

/// Files in which the work of a task does not go with the merge.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MergeConflict")]
pub(super) struct Shown {
    /// The task.
    task: TaskId,
    /// The head of the merge: "ours".
    head: CommitId,
    /// The work of the task: "theirs".
    commit: CommitId,
    /// File by file; hostile text, to be shown with care.
    files: Vec<File>,
    /// There are more.
    cut: bool,
    /// Everything up to here is shown.
    position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    stale: Option<i64>,
}

/// A file in conflict. A side is `null` where it has no such file, and where that is no text, or a long one.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "MergeConflictFile")]
struct File {
    /// Where it is.
    path: String,
    /// What both began with.
    base: Option<String>,
    /// What the merge has.
    ours: Option<String>,
    /// What the work of the task has.
    theirs: Option<String>,
    /// What git has put together, with its marks.
    marked: Option<String>,
}

pub(super) async fn show(
    State(services): State<Services>,
    caller: Caller,
    Ids(merge, task): Ids,
    least: MinPosition,
) -> Result<Response, Problem> {
    let task = TaskId(task);
    let found = look(&services, &caller, MergeId(merge), least).await?;
    let org = caller.actor().org;
    let known = services.dispatcher.peek::<Merge>(org, merge).await?.state;
    let details = known.details().ok_or_else(|| Problem::not_found("merge"))?;
    let one = details.candidate(task).ok_or_else(|| Problem::not_found("task"))?;
    let commit = one.resolved.as_ref().map_or(&one.finished.commit, |resolved| &resolved.commit);
    let head = details.head.as_ref().ok_or_else(|| Problem::not_found("head"))?;
    let url = repository(&services, org, found.merge.project.unwrap_or_default()).await?;
    let branches = services.branches();
    let conflict = branches.conflict(&url, hash(head)?, hash(commit)?, FILES, TEXT_BYTES).await;
    let conflict = conflict.map_err(|error| unreadable(&error))?;
    let file = |file: ports::git::ConflictFile| File {
        path: file.path,
        base: file.base,
        ours: file.ours,
        theirs: file.theirs,
        marked: file.marked,
    };
    let (position, stale) = (found.position, found.stale);
    let body = Shown {
        task,
        head: head.clone(),
        commit: commit.clone(),
        files: conflict.files.into_iter().map(file).collect(),
        cut: conflict.cut,
        position,
        stale,
    };
    Ok(read(body, position, stale))
}

async fn repository(
    services: &Services,
    org: kernel::OrgId,
    project: ProjectId,
) -> Result<RepositoryUrl, Problem> {
    let known = services.dispatcher.peek::<Project>(org, project.0).await?.state;
    let linked = known.profile().and_then(|profile| profile.repository.as_ref()).ok_or_else(|| {
        Problem::unprocessable("no_repository", "the project has no repository any more: link it again")
    })?;
    RepositoryUrl::parse(&linked.place.to_string())
        .map_err(|error| Problem::unprocessable("invalid_repository", error))
}

fn hash(commit: &CommitId) -> Result<CommitHash, Problem> {
    commit.as_str().parse().map_err(|_| Problem::not_found("commit"))
}

fn unreadable(error: &GitError) -> Problem {
    match error {
        GitError::Work(error) => Problem::unprocessable("git_failed", error),
        error => {
            let code = UNREADABLE.iter().find(|code| **code == error.code()).copied();
            Problem::unprocessable(code.unwrap_or("git_failed"), error)
        }
    }
}
