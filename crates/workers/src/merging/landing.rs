//! The branch that people see follows the head; and the branch that they work on follows it too, when somebody approves, and only forward.

use execution::merge::{Command, Joined, Standing};
use ports::git::{Branch, CommitHash, GitError, Join, Joined as Came};
use vocabulary::{Bounded, Name};

use super::conflict::some_of;
use super::desk::Desk;
use super::step::reason;
use super::story::{Site, hash};
use crate::running::RunnerError;
use crate::running::place::commit_id;

impl Desk<'_> {
    /// Puts the branch of the merge at its head.
    pub(super) async fn show(&self, site: &Site) -> Result<(), RunnerError> {
        let merge = &site.merge;
        let any = merge.candidates.iter().any(|one| one.standing == Standing::Merged);
        let Some(head) = merge.head.as_ref().filter(|_| any) else { return Ok(()) };
        self.publish(site, hash(head)?).await
    }

    pub(super) async fn publish(&self, site: &Site, head: CommitHash) -> Result<(), RunnerError> {
        let branch = branch(site.merge.branch.as_str())?;
        self.parts.means.workspaces.publish(&site.url, &branch, head).await?;
        Ok(())
    }

    /// Lets the default branch follow; when it has gone on meanwhile, takes that in first, and asks for another approval.
    pub(super) async fn land(&self, site: &Site, head: CommitHash) -> Result<(), RunnerError> {
        match self.show(site).await {
            // Somebody has put something else there, or has it checked out: nothing lands that people cannot look at.
            Err(RunnerError::Git(GitError::Work(error))) => {
                return self.refuse(error.code(), &error.to_string()).await;
            }
            shown => shown?,
        }
        let merge = &site.merge;
        let Some(base) = &merge.base else { return Ok(()) };
        let target = branch(base.target.as_str())?;
        let means = &self.parts.means;
        let now = means.git.resolve(&site.url, Some(&target)).await?.commit;
        if now != head && !means.branches.holds(&site.url, head, &[now]).await? {
            return self.follow(site, head, now).await;
        }
        if merge.approved.is_none() {
            let why = format!("there was nothing to resolve: {} holds what {target} is now", merge.branch);
            return self.refuse("nothing_to_resolve", &why).await;
        }
        if now != head
            && let Err(error) = means.branches.fast_forward(&site.url, &target, now, head).await
        {
            return match error {
                GitError::Work(error) => self.refuse(error.code(), &error.to_string()).await,
                error => Err(error.into()),
            };
        }
        let from = if now == head { base.commit.clone() } else { commit_id(now)? };
        self.tell(Command::NoteLanded { from }).await?;
        Ok(())
    }

    /// Takes in what the default branch has become, in a step of its own.
    async fn follow(&self, site: &Site, head: CommitHash, now: CommitHash) -> Result<(), RunnerError> {
        let merge = &site.merge;
        let joined = match &merge.by_hand {
            Some(by_hand) => {
                let by_hand = hash(by_hand)?;
                match self.parts.means.branches.holds(&site.url, by_hand, &[head, now]).await {
                    Ok(true) => Ok(by_hand),
                    Ok(false) => Err(format!(
                        "{by_hand} does not hold both {} ({head}) and the default branch ({now}): merge the one into the other, \
                         and give that commit",
                        merge.branch
                    )),
                    Err(error @ GitError::NoSuchCommit { .. }) => Err(error.to_string()),
                    Err(error) => return Err(error.into()),
                }
            }
            None => {
                let target = merge.base.as_ref().map_or("", |base| base.target.as_str());
                let message = format!("Merge {target} into {}\n\nOmoi-Merge: {}\n", merge.branch, self.merge);
                let join = Join { head, commit: now, message: &message };
                match self.parts.means.branches.join(&site.url, &join).await? {
                    Came::At(commit) => Ok(commit),
                    Came::Conflict { paths } => Err(format!(
                        "{target} has gone on, and does not go with {} in {}: merge {target} into it in a working copy, resolve that, \
                         commit, and give the commit with `omoi merge resolve {} --commit COMMIT`",
                        merge.branch,
                        some_of(&paths),
                        self.merge
                    )),
                }
            }
        };
        match joined {
            Ok(commit) => {
                let joined = Bounded::new(vec![Joined { task: None, commit: commit_id(commit)? }])
                    .map_err(|error| RunnerError::Broken(error.to_string()))?;
                let follows = Some(commit_id(now)?);
                self.tell(Command::BeginStep { head: commit_id(head)?, follows, joined }).await?;
                Ok(())
            }
            Err(why) => self.refuse("base_conflict", &why).await,
        }
    }

    async fn refuse(&self, code: &str, why: &str) -> Result<(), RunnerError> {
        let code = Name::new(code).map_err(|error| RunnerError::Broken(error.to_string()))?;
        self.tell(Command::RefuseLanding { code, reason: reason(why)? }).await?;
        Ok(())
    }
}

fn branch(name: &str) -> Result<Branch, RunnerError> {
    Branch::parse(name).map_err(|error| RunnerError::Broken(error.to_string()))
}
