//! Where a run works: the commit it stands on, the branch it works on, and its clone.

use std::path::PathBuf;

use execution::merge::{Merge, Of};
use execution::run::{Details, Place, Prerequisite};
use kernel::ProjectId;
use ports::git::{Base, Branch, CommitHash, GitError, RepositoryUrl, RunClone};
use ports::llm::Said;
use vocabulary::{Bounded, BranchName, CommitId, Line, Name, TaskNumber};
use work::project::{Profile, Repository};
use work::task::{self, EvidenceKind, Status};

use super::desk::Desk;
use super::ending::Ending;
use super::{Parts, RunnerError};

/// Whose commits they are that agents make.
const IDENTITY: (&str, &str) = ("OmoiOS agent", "agent@omoi.invalid");
/// Longest part of a branch that comes from a title.
const SLUG_CHARS: usize = 48;

/// A place that was decided, as git takes it.
#[derive(Debug)]
pub(super) struct Decided {
    pub(super) place: Place,
    pub(super) url: RepositoryUrl,
    pub(super) branch: Branch,
    pub(super) base: CommitHash,
    pub(super) at: CommitHash,
}

impl Parts {
    /// What a run has on the disk of its node.
    pub(super) fn directory_of(&self, run: vocabulary::RunId) -> PathBuf {
        self.means.directory.join(run.to_string())
    }
}

impl Desk<'_> {
    /// Decides where the run works; or how it ends, when it can work nowhere.
    pub(super) async fn decide_place(
        &self,
        project: &Profile,
        task: &task::Details,
    ) -> Result<Result<Decided, Ending>, RunnerError> {
        let means = &self.parts.means;
        let Some(repository) = &project.repository else {
            return Ok(Err(Ending::no_repository()));
        };
        let (url, wanted) = match place_of(repository) {
            Ok(found) => found,
            Err(error) => return Ok(Err(Ending::git(&error))),
        };
        let head = match means.git.resolve(&url, wanted.as_ref()).await {
            Ok(head) => head,
            Err(error) => return Ok(Err(Ending::git(&error))),
        };
        let on = self.prerequisites(task).await?;
        let heads = self.heads(task, &on, head.commit).await?;
        let base = match means.workspaces.base(&url, &heads).await {
            Ok(Base::At(base)) => base,
            Ok(Base::Conflict { head, paths }) => {
                let before_them = heads.len() - on.len();
                return Ok(Err(self.conflict(&on, head.saturating_sub(before_them), &paths).await?));
            }
            Err(error) => return Ok(Err(Ending::git(&error))),
        };
        let at = match self.begins_at(&url, task, base).await {
            Ok(at) => at,
            Err(error) => return Ok(Err(Ending::git(&error))),
        };
        let branch = branch_of(task.plan.number, task.plan.title.as_str());
        let name = |text: &str| Name::new(text).map_err(|error| RunnerError::Broken(error.to_string()));
        let place = Place {
            provider: name(means.sandboxes.probe().await.map_or("unknown", |found| found.provider))?,
            node: Line::new(&self.parts.node).map_err(|error| RunnerError::Broken(error.to_string()))?,
            branch: BranchName::new(branch.as_str())
                .map_err(|error| RunnerError::Broken(error.to_string()))?,
            base: commit_id(base)?,
            at: commit_id(at)?,
            on: Bounded::new(on).map_err(|error| RunnerError::Broken(error.to_string()))?,
        };
        Ok(Ok(Decided { place, url, branch, base, at }))
    }

    /// Makes the clone; answers how the run ends when it cannot be made.
    pub(super) async fn clone(&self, decided: &Decided) -> Result<Result<PathBuf, Ending>, RunnerError> {
        let own = self.parts.directory_of(self.run);
        tokio::fs::create_dir_all(&own).await?;
        self.name(&own).await?;
        let directory = own.join("workspace");
        let clone = RunClone {
            url: &decided.url,
            at: decided.at,
            branch: &decided.branch,
            directory: &directory,
            identity: IDENTITY,
        };
        match self.parts.means.workspaces.clone_for_run(&clone).await {
            Ok(()) => Ok(Ok(directory)),
            Err(error) => Ok(Err(Ending::git(&error))),
        }
    }

    /// What the tasks before this one have come to, where that was verified, in the order of their numbers.
    async fn prerequisites(&self, task: &task::Details) -> Result<Vec<Prerequisite>, RunnerError> {
        let mut found: Vec<(TaskNumber, Prerequisite)> = Vec::new();
        for id in &task.plan.prerequisites {
            let before = self.task(*id).await?;
            let verified = matches!(before.status, Status::Completed { kind: EvidenceKind::Verified });
            if let Some(commit) = before.commit.filter(|_| verified) {
                found.push((before.plan.number, Prerequisite { task: *id, commit }));
            }
        }
        found.sort_by_key(|(number, _)| *number);
        Ok(found.into_iter().map(|(_, one)| one).collect())
    }

    /// Where a run begins: at the base, with what an earlier run of the task had come to. The base may have gone on since: what others
    /// have done there would look as if this task took it back.
    async fn begins_at(
        &self,
        url: &RepositoryUrl,
        task: &task::Details,
        base: CommitHash,
    ) -> Result<CommitHash, GitError> {
        let earlier = task.commit.as_ref().and_then(|commit| commit.as_str().parse().ok());
        let Some(earlier) = earlier else { return Ok(base) };
        match self.parts.means.workspaces.base(url, &[base, earlier]).await? {
            Base::At(both) => Ok(both),
            Base::Conflict { .. } => {
                tracing::info!(run = %self.run, %earlier, %base, "what an earlier run has made does not go with what came since; it stays kept, and this one begins anew");
                Ok(base)
            }
        }
    }

    /// On what a task stands. Who waits for others stands on what of their merge is verified, where conflicts between them were
    /// resolved, and on what of them is not in it yet; everybody else on what people work on.
    async fn heads(
        &self,
        task: &task::Details,
        on: &[Prerequisite],
        default: CommitHash,
    ) -> Result<Vec<CommitHash>, RunnerError> {
        if on.is_empty() {
            return Ok(vec![default]);
        }
        let of = task.plan.spec.as_ref().map_or(Of::Ticket(task.plan.ticket), |from| Of::Spec(from.id));
        let merge = self.state::<Merge>(of.merge().0).await?.1;
        let merged = merge.details().filter(|merge| merge.holds_any(on.iter().map(|one| one.task)));
        let head = merged.and_then(|merge| merge.head.as_ref());
        let commits = head.into_iter().chain(on.iter().map(|one| &one.commit));
        Ok(commits.filter_map(|commit| commit.as_str().parse().ok()).collect())
    }

    async fn conflict(
        &self,
        on: &[Prerequisite],
        head: usize,
        paths: &[String],
    ) -> Result<Ending, RunnerError> {
        let mut names = Vec::new();
        for one in on.iter().take(head + 1) {
            names.push(self.task(one.task).await?.plan.number.to_string());
        }
        Ok(Ending::conflict(&names, paths))
    }

    /// Where the work of a run is kept, known again from its events.
    pub(super) async fn place_again(
        &self,
        project: ProjectId,
        run: &Details,
    ) -> Result<Option<(RepositoryUrl, Branch, CommitHash)>, RunnerError> {
        let profile = self.project(project).await?;
        let (Some(repository), Some(place)) = (profile.repository, &run.place) else { return Ok(None) };
        let Ok((url, _)) = place_of(&repository) else { return Ok(None) };
        let parsed = Branch::parse(place.branch.as_str()).ok().zip(place.at.as_str().parse().ok());
        Ok(parsed.map(|(branch, at)| (url, branch, at)))
    }
}

pub(crate) fn place_of(repository: &Repository) -> Result<(RepositoryUrl, Option<Branch>), GitError> {
    let broken = |what: &dyn std::fmt::Display| GitError::Failed { said: Said::new(&what.to_string()) };
    let url = RepositoryUrl::parse(&repository.place.to_string()).map_err(|error| broken(&error))?;
    let branch = repository.branch.as_ref().map(|branch| Branch::parse(branch.as_str())).transpose();
    Ok((url, branch.map_err(|error| broken(&error))?))
}

pub(crate) fn commit_id(commit: CommitHash) -> Result<CommitId, RunnerError> {
    CommitId::new(commit.as_str()).map_err(|error| RunnerError::Broken(error.to_string()))
}

/// `omoi/<TSK>-<slug>`.
fn branch_of(number: TaskNumber, title: &str) -> Branch {
    let mut slug = String::new();
    for c in title.to_lowercase().chars() {
        if c.is_ascii_alphanumeric() {
            slug.push(c);
        } else if !slug.ends_with('-') && !slug.is_empty() {
            slug.push('-');
        }
        if slug.len() == SLUG_CHARS {
            break;
        }
    }
    let slug = slug.trim_end_matches('-');
    let name = if slug.is_empty() { format!("omoi/{number}") } else { format!("omoi/{number}-{slug}") };
    Branch::parse(&name).expect("letters, digits and hyphens are a name")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_is_named_by_its_task() {
        let number = TaskNumber::new(7).unwrap();
        assert_eq!(branch_of(number, "Parse the header").as_str(), "omoi/TSK-007-parse-the-header");
        assert_eq!(branch_of(number, "--help; rm -rf /").as_str(), "omoi/TSK-007-help-rm-rf");
        assert_eq!(branch_of(number, "größe ändern").as_str(), "omoi/TSK-007-gr-e-ndern");
        assert_eq!(branch_of(number, "日本語").as_str(), "omoi/TSK-007");
        assert!(branch_of(number, &"a".repeat(200)).as_str().len() < 70);
    }
}
