//! In which repository the code of a project is.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use commands::{Permission, Step};
use kernel::ProjectId;
use ports::git::{Branch, GitError, RepositoryUrl};
use projections::projects::{Projects, RepositoryAnswer};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{BranchName, CommitId, RepositoryPlace};
use work::project::{Command, Project};

use super::answer::{answer, read, tagged};
use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::{Id, Nothing, Wish};
use crate::{
    openapi::{Documented, bare_command, command, query},
    wiring::Services,
};

/// Why a repository is not linked, each a code of its own.
const UNREADABLE: &[&str] = &[
    "archived",
    "invalid_repository",
    "invalid_branch",
    "not_a_repository",
    "repository_refused",
    "repository_unreachable",
    "repository_not_allowed",
    "repository_empty",
    "repository_timeout",
    "unknown_branch",
    "git_missing",
    "git_failed",
];

/// A repository.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LinkRepository", example = json!({
    "url": "https://git.example.org/acme/billing.git", "branch": "main"
}))]
struct Link {
    /// An address of https or ssh, or an absolute path of the server; without a password or token.
    #[schemars(length(min = 1, max = 2000))]
    url: String,
    /// The branch that counts; without one that which the repository itself prefers, also when it comes to prefer another.
    #[schemars(length(min = 1, max = 244))]
    branch: Option<String>,
}

/// The repository as it was read.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RepositoryLinked", example = json!({
    "url": "https://git.example.org/acme/billing.git", "branch": "main",
    "commit": "0123456789abcdef0123456789abcdef01234567", "position": 42
}))]
struct Linked {
    /// Where it is.
    url: RepositoryPlace,
    /// The branch that counts now.
    branch: BranchName,
    /// Its newest commit.
    commit: CommitId,
    /// Position of the change; `null` when it was so already.
    position: Option<i64>,
}

/// The repository of a project, and how far the answer goes.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RepositoryOfProject", example = json!({
    "url": "https://git.example.org/acme/billing.git", "branch": null, "status": "broken",
    "reason": "there is no git repository at this place: check it; a private one may look like this, and is reached by ssh",
    "since": "2026-11-30T09:12:50.113525Z", "position": 42, "stale": null
}))]
struct Shown {
    #[serde(flatten)]
    repository: RepositoryAnswer,
    /// Everything up to here is shown.
    position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    stale: Option<i64>,
}

/// It is so now.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "RepositoryUnlinked", example = json!({ "position": 42 }))]
struct Unlinked {
    /// Position of the change; `null` when it was so already.
    position: Option<i64>,
}

pub(crate) fn router() -> Documented<Services> {
    Documented::about("repository", "In which repository the code of a project is.")
        .get(
            "/projects/{id}/repository",
            show,
            query::<Shown>("show_repository", "Show the repository of a project")
                .says(
                    "Whether it can be read, as runs and plans came to know it: one that is `broken` says why, and is `linked` again \
                     with the next one that reads it.",
                )
                .needs(Permission::ReadProjects),
        )
        .put(
            "/projects/{id}/repository",
            link,
            command::<Link, Linked>("link_repository", "Link a project with its repository")
                .says(
                    "It is read before it is linked. It is never changed, and never checked out. A server for others reads \
                     public hosts by https; one of your own also what its account can read (`local_repositories`).",
                )
                .needs(Permission::WriteProjects)
                .refuses(UNREADABLE),
        )
        .delete(
            "/projects/{id}/repository",
            unlink,
            bare_command::<Unlinked>("unlink_repository", "Leave a project without a repository")
                .needs(Permission::WriteProjects)
                .refuses(&["archived"]),
        )
}

async fn show(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let org = caller.within(Permission::ReadProjects, ProjectId(id.0), "project")?;
    MinPosition::of(&headers, None)?.reached::<Projects>(&services).await?;
    let found = services.read_models.project(org, ProjectId(id.0)).await?;
    let found = found.ok_or_else(|| Problem::not_found("project"))?;
    let (position, stale, version) = (found.position, found.stale, found.project.version);
    let repository = found.project.repository.ok_or_else(|| {
        Problem::not_found("repository").with_detail(|_| "the project has no repository; link one".to_owned())
    })?;
    Ok(tagged(read(Shown { repository, position, stale }, position, stale), version))
}

async fn link(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Link { url, branch } = wish.parse()?;
    let invalid = |error: &dyn std::fmt::Display| Problem::unprocessable("invalid_repository", error);
    let url = RepositoryUrl::parse(&url).map_err(|error| invalid(&error))?;
    let place = RepositoryPlace::new(url.as_str()).map_err(|error| invalid(&error))?;
    let branch = branch.map(|name| Branch::parse(&name)).transpose();
    let branch = branch.map_err(|error| Problem::unprocessable("invalid_branch", error))?;
    let wanted = branch.as_ref().map(branch_name);
    let command = Command::LinkRepository { place: place.clone(), branch: wanted };
    // Who may not, or has no such project, has nothing looked up for them.
    services.dispatcher.rehearse(&wish.intent, ProjectId(id.0), command.clone()).await?;
    let head = services.git().resolve(&url, branch.as_ref()).await.map_err(unreadable)?;
    let step = Step::on::<Project>(id.0, command).expecting(wish.expected);
    let receipt = services.dispatcher.carry_out(&wish.intent, vec![step]).await?;
    let commit = CommitId::new(head.commit.as_str()).expect("a whole name is a name");
    let body =
        Linked { url: place, branch: branch_name(&head.branch), commit, position: receipt.last_position };
    Ok(answer(StatusCode::OK, &receipt, body))
}

async fn unlink(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    let step = Step::on::<Project>(id.0, Command::UnlinkRepository).expecting(wish.expected);
    let receipt = services.dispatcher.carry_out(&wish.intent, vec![step]).await?;
    Ok(answer(StatusCode::OK, &receipt, Unlinked { position: receipt.last_position }))
}

fn branch_name(branch: &Branch) -> BranchName {
    BranchName::new(branch.as_str()).expect("what git takes is one line of at most 244 bytes")
}

/// Whatever is wrong with a repository is wrong with the request: another one is read.
fn unreadable(error: GitError) -> Problem {
    if matches!(error, GitError::GitMissing | GitError::GitTooOld { .. } | GitError::Failed { .. }) {
        tracing::warn!(%error, code = error.code(), "a repository could not be read");
    }
    Problem::unprocessable(error.code(), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What can be read can be told of.
    #[test]
    fn every_place_that_is_read_and_every_branch_can_be_in_an_event() {
        for text in [
            "/srv/git/billing",
            "/srv/größe und mehr/a:b@c",
            "https://git.example.org:8443/acme/@billing",
            "HTTPS://git.example.org/a",
            "ssh://git@git.example.org:22/~/billing",
            "SSH://git.example.org/b",
            "ssh://git@[2001:db8::1]/b",
            "git@git.example.org:acme/billing.git",
        ] {
            let url = RepositoryUrl::parse(text).unwrap();
            assert_eq!(
                RepositoryPlace::new(url.as_str()).map(|place| place.to_string()).as_deref(),
                Ok(url.as_str())
            );
        }
        for text in ["main", &"ä".repeat(122), &"a".repeat(244)] {
            assert_eq!(branch_name(&Branch::parse(text).unwrap()).as_str(), text);
        }
    }

    #[test]
    fn every_refusal_of_a_branch_that_is_looked_for_is_documented() {
        let documented = |error: &GitError| UNREADABLE.contains(&error.code());
        let branch = Branch::parse("main").unwrap();
        let within = std::time::Duration::from_secs(1);
        let said = ports::llm::Said::new("x");
        for error in [
            GitError::NotARepository,
            GitError::Refused,
            GitError::Unreachable { said: said.clone() },
            GitError::NotAllowed(ports::git::NotAllowed::Path),
            GitError::NoSuchBranch { branch },
            GitError::NoBranch,
            GitError::Empty,
            GitError::Timeout { within },
            GitError::GitMissing,
            GitError::GitTooOld { found: said.clone() },
            GitError::Failed { said },
        ] {
            assert!(documented(&error), "{error:?}");
        }
    }
}
