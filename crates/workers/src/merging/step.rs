//! A step: candidates that go with the head, joined one after the other, and tried together.

use std::fmt::Write as _;

use execution::merge::{Candidate, Command, Details, Joined, Step, Trial, Verdict};
use ports::git::{CommitHash, Join, Joined as Came};
use vocabulary::{Bounded, CommitId, Reason, TaskId};

use super::desk::Desk;
use super::fit::Waiting;
use super::halving::{Next, next};
use super::story::{Site, commit_of, hash};
use super::verify::Verified;
use crate::running::RunnerError;
use crate::running::place::commit_id;

/// Candidates that are tried together at most.
const TOGETHER: usize = 64;

impl Desk<'_> {
    /// Joins what goes with the head, as much as goes together, and begins a step with it.
    pub(super) async fn try_together(
        &self,
        site: &Site,
        head: CommitHash,
        clean: &[Waiting],
    ) -> Result<(), RunnerError> {
        let mut end = head;
        let mut joined = Vec::new();
        for one in clean.iter().take(TOGETHER) {
            let Some(candidate) = site.merge.candidate(one.task) else { continue };
            // One that does not go with those before it waits for the next step.
            let Some(commit) = self.join(site, end, candidate).await? else { continue };
            end = commit;
            joined.push(Joined { task: Some(one.task), commit: commit_id(commit)? });
        }
        let joined = Bounded::new(joined).map_err(|error| RunnerError::Broken(error.to_string()))?;
        self.tell(Command::BeginStep { head: commit_id(head)?, follows: None, joined }).await?;
        Ok(())
    }

    /// The candidate on a commit; none when the two do not go together.
    async fn join(
        &self,
        site: &Site,
        on: CommitHash,
        candidate: &Candidate,
    ) -> Result<Option<CommitHash>, RunnerError> {
        let message = message(&site.merge, candidate);
        let join = Join { head: on, commit: hash(commit_of(candidate))?, message: &message };
        Ok(match self.parts.means.branches.join(&site.url, &join).await? {
            Came::At(commit) => Some(commit),
            Came::Conflict { .. } => None,
        })
    }

    /// Does the next trial of a step, or finishes it.
    pub(super) async fn go_on_with(&self, site: &Site, step: &Step) -> Result<(), RunnerError> {
        let tasks = step.tasks();
        // What the head held already came with no commit of its own, and holds as the head does.
        let nothing_new = step.joined.last().is_some_and(|last| last.commit == step.head);
        let known = |trial: &[TaskId]| if nothing_new { Some(true) } else { step.known(trial) };
        match next(&tasks, known) {
            Next::Try(trial) => self.try_one(site, step, &trial).await,
            Next::Green => self.finish(site, step, step.joined.len(), Verdict::Green).await,
            Next::Red { green, with } => {
                let reason = seen(site, step, green, with)?;
                self.finish(site, step, green, Verdict::Red { green, with, reason }).await
            }
        }
    }

    /// Moves the branch, then says so: whoever hears of it finds it moved.
    async fn finish(
        &self,
        site: &Site,
        step: &Step,
        green: usize,
        verdict: Verdict,
    ) -> Result<(), RunnerError> {
        if let Some(last) = green.checked_sub(1).and_then(|last| step.joined.get(last))
            && let Err(error) = self.publish(site, hash(&last.commit)?).await
        {
            // It is tried again before the merge rests; the rest need not wait for that.
            tracing::warn!(merge = %self.merge, %error, branch = %site.merge.branch, "the branch of a merge was not moved");
        }
        self.tell(Command::FinishStep(verdict)).await?;
        Ok(())
    }

    async fn try_one(&self, site: &Site, step: &Step, trial: &[TaskId]) -> Result<(), RunnerError> {
        let Some(commit) = self.commit_of_trial(site, step, trial).await? else {
            // It cannot be known whether they hold together, so they do not.
            return self.judge(trial, &step.head, false, Vec::new()).await;
        };
        let verified = self.verify(site, step, trial, commit).await?;
        let Some(Verified { passed, commands }) = verified else { return Ok(()) };
        self.judge(trial, &commit_id(commit)?, passed, commands).await
    }

    async fn judge(
        &self,
        trial: &[TaskId],
        commit: &CommitId,
        passed: bool,
        commands: Vec<execution::checked::Checked>,
    ) -> Result<(), RunnerError> {
        let broken = |error: vocabulary::InvalidLength| RunnerError::Broken(error.to_string());
        let tasks = Bounded::new(trial.to_vec()).map_err(broken)?;
        let trial = Trial { tasks, commit: commit.clone() };
        let commands = Bounded::new(commands).map_err(broken)?;
        self.tell(Command::Judge { trial, passed, commands }).await?;
        Ok(())
    }

    /// These candidates on the head of the step; none when they do not go together without the others.
    async fn commit_of_trial(
        &self,
        site: &Site,
        step: &Step,
        trial: &[TaskId],
    ) -> Result<Option<CommitHash>, RunnerError> {
        let tasks = step.tasks();
        if tasks.starts_with(trial) {
            let last = if trial.is_empty() { step.joined.last() } else { step.joined.get(trial.len() - 1) };
            return last.map(|joined| hash(&joined.commit)).transpose();
        }
        let mut end = hash(&step.head)?;
        for task in trial {
            let Some(candidate) = site.merge.candidate(*task) else { return Ok(None) };
            let Some(commit) = self.join(site, end, candidate).await? else { return Ok(None) };
            end = commit;
        }
        Ok(Some(end))
    }
}

/// What people read of a candidate that does not hold.
fn seen(site: &Site, step: &Step, green: usize, with: Option<TaskId>) -> Result<Reason, RunnerError> {
    let tasks = step.tasks();
    let number = |task: &TaskId| {
        let known = site.merge.candidate(*task);
        known.map_or_else(|| task.to_string(), |one| one.finished.number.to_string())
    };
    let beginning = &tasks[..(green + 1).min(tasks.len())];
    let failed = step.judged(beginning).and_then(|judged| judged.failed.as_ref());
    let failed = failed.map_or_else(
        || "the two cannot be tried together".to_owned(),
        |(command, exit)| format!("`{command}` ended with {exit}"),
    );
    let what = match (tasks.get(green), with) {
        (Some(culprit), Some(with)) => format!(
            "{} and {} go together as text and not as code, each holds without the other: {failed}",
            number(&with),
            number(culprit)
        ),
        (Some(culprit), None) => format!("with {} on it, {failed}", number(culprit)),
        (None, _) => format!("with what the default branch has become, {failed}"),
    };
    reason(&what)
}

/// As people read it, as long as it may be.
pub(super) fn reason(what: &str) -> Result<Reason, RunnerError> {
    let one_line = what.split_whitespace().collect::<Vec<_>>().join(" ");
    let what: String = one_line.chars().filter(|c| !c.is_control()).take(Reason::MAX_CHARS).collect();
    Reason::new(&what).map_err(|error| RunnerError::Broken(error.to_string()))
}

/// `Merge TSK-004: Title`, with trailers that lead back to where it comes from.
pub(super) fn message(merge: &Details, candidate: &Candidate) -> String {
    let finished = &candidate.finished;
    let mut message = format!("Merge {}: {}\n\n", finished.number, finished.title);
    let _ = writeln!(message, "Omoi-Task: {}", finished.number);
    if let Some(run) = finished.run {
        let _ = writeln!(message, "Omoi-Run: {run}");
    }
    let _ = writeln!(message, "Omoi-Merge: {}", merge.of.merge());
    message
}
