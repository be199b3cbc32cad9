//! What is next for a merge, until nothing is left to do without people.

use execution::merge::{Candidate, Command, Details, Standing};
use kernel::ProjectId;
use ports::git::{Branch, CommitHash, RepositoryUrl};
use vocabulary::{BranchName, CommitId};
use work::project::Profile;

use super::desk::Desk;
use super::fit::{Known, Waiting};
use crate::running::RunnerError;
use crate::running::place::{commit_id, place_of};

/// A merge with what git needs to know of it.
pub(super) struct Site {
    pub(super) project: ProjectId,
    pub(super) profile: Profile,
    pub(super) url: RepositoryUrl,
    /// The branch that people work on, when the project names one.
    pub(super) wanted: Option<Branch>,
    pub(super) merge: Details,
}

impl Desk<'_> {
    /// Does what is next, until there is nothing; false when the node stops.
    pub(super) async fn work(&self) -> Result<bool, RunnerError> {
        let mut known = Known::default();
        loop {
            if self.stop.is_cancelled() {
                return Ok(false);
            }
            let (project, merge) = self.load().await?;
            if merge.abandoned {
                return Ok(true);
            }
            let site = self.site_of(project, merge).await?;
            let merge = &site.merge;
            let Some(head) = &merge.head else {
                self.take_base(&site).await?;
                continue;
            };
            let head = hash(head)?;
            if let Some(step) = &merge.step {
                self.go_on_with(&site, step).await?;
            } else if let Some(one) = by_standing(merge, |one| matches!(one, Standing::Resolving { .. })) {
                self.take_up_resolution(&site, one).await?;
            } else if let Some(one) = by_standing(merge, |one| matches!(one, Standing::Conflicted { .. })) {
                self.resolve(&site, head, one).await?;
            } else if merge.candidates.iter().any(|one| one.standing == Standing::Waiting) {
                self.begin_step(&site, head, &mut known).await?;
            } else if merge.approved.is_some() || merge.by_hand.is_some() {
                self.land(&site, head).await?;
            } else {
                // Also when an earlier try was interrupted here.
                self.show(&site).await?;
                return Ok(true);
            }
        }
    }

    async fn site_of(&self, project: ProjectId, merge: Details) -> Result<Site, RunnerError> {
        let profile = self.project(project).await?;
        let repository = profile.repository.as_ref().ok_or_else(|| {
            RunnerError::Broken(
                "the project has no repository to merge in: link one with `omoi repo link`".into(),
            )
        })?;
        let (url, wanted) = place_of(repository)?;
        Ok(Site { project, profile, url, wanted, merge })
    }

    /// It begins at what people work on now.
    async fn take_base(&self, site: &Site) -> Result<(), RunnerError> {
        let head = self.parts.means.git.resolve(&site.url, site.wanted.as_ref()).await?;
        let target =
            BranchName::new(head.branch.as_str()).map_err(|error| RunnerError::Broken(error.to_string()))?;
        self.tell(Command::TakeBase { target, commit: commit_id(head.commit)? }).await?;
        Ok(())
    }

    /// Looks what goes with the head, and tries it together; what does not is found to be in conflict once nothing else is left.
    async fn begin_step(&self, site: &Site, head: CommitHash, known: &mut Known) -> Result<(), RunnerError> {
        let merge = &site.merge;
        for one in merge.candidates.iter().filter(|one| one.standing == Standing::Waiting) {
            if self.check_by_hand(site, one).await? {
                return Ok(());
            }
        }
        let base = merge.base.as_ref().map_or(Ok(head), |base| hash(&base.commit))?;
        let waiting = merge.candidates.iter().filter(|one| one.standing == Standing::Waiting);
        let waiting: Vec<Waiting> = waiting
            .map(|one| Ok(Waiting { task: one.finished.task, commit: hash(commit_of(one))? }))
            .collect::<Result<_, RunnerError>>()?;
        let fits = self.fits(&site.url, (base, head), &waiting, known).await?;
        if let Some((task, reason)) = fits.refused.first_key_value() {
            return self.park_refused(*task, reason).await;
        }
        if !self.tell(Command::Score { head: commit_id(head)?, fits: fits.order.clone() }).await? {
            return Ok(());
        }
        if !fits.clean.is_empty() {
            return self.try_together(site, head, &fits.clean).await;
        }
        let first = fits.order.first().map(|fit| fit.task);
        let Some((task, paths)) = first.and_then(|task| fits.conflicts.get_key_value(&task)) else {
            return Err(RunnerError::Broken("what waits neither goes with the head nor does not".into()));
        };
        self.find_conflict(*task, head, paths).await
    }
}

fn by_standing(merge: &Details, is: impl Fn(&Standing) -> bool) -> Option<&Candidate> {
    merge.candidates.iter().find(|one| is(&one.standing))
}

/// Its work, or what a resolver has made of it.
pub(super) fn commit_of(one: &Candidate) -> &CommitId {
    one.resolved.as_ref().map_or(&one.finished.commit, |resolved| &resolved.commit)
}

/// As git takes it.
pub(super) fn hash(commit: &CommitId) -> Result<CommitHash, RunnerError> {
    commit.as_str().parse().map_err(|_| RunnerError::Broken(format!("{commit} is no commit")))
}
