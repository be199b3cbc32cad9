//! How a run ends, and what that means for its task.
//!
//! | what happened | run | task |
//! |---|---|---|
//! | the evidence is enough | succeeded `verified` | completed |
//! | a command of it failed | failed `not_verified` | sent back with what failed |
//! | nothing was changed | failed `no_changes` | tried again |
//! | it explored, and left no report | failed `no_report` | tried again |
//! | the agent's program is missing, or cannot be started | failed, by its code | failed: somebody has to mend the node |
//! | the agent went away, spoke nonsense, or gave up | failed, by its code | tried again |
//! | the disk of the node is full | failed `disk` | tried again |
//! | the repository cannot be used | failed, by git's code | tried again when that may help |
//! | those before it do not go together | failed `conflict` | failed, with both names |
//! | it took too long, or did too little | timed_out, by its code | tried again |
//! | a call to a model would be over its budget | timed_out `budget` | failed: somebody has to allow more |
//! | somebody interrupted it, and the agent ended by that | cancelled `interrupted` | failed, until somebody retries it |
//! | somebody stopped it | cancelled `stopped` | failed, until somebody retries it |
//! | the node that had it is stopped | lost `node_stopped` | ready again |
//! | the node that had it is gone | lost `node_lost` | ready again after a while, and failed after many times |

#[cfg(test)]
mod tests;

use execution::run::{Command, End, Outcome};
use kernel::Timestamp;
use ports::agent::Finished;
use ports::git::GitError;
use vocabulary::{CommitId, Name, Reason};
use work::task::{self, CommandResults, EvidenceKind, Failure, FailureClass, RetryPolicy};

use super::RunnerError;
use super::desk::{Desk, Told};

/// What an agent calls the end of a turn that was interrupted.
const CANCELLED: &str = "cancelled";

/// How a run ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Ending {
    outcome: Outcome,
    code: &'static str,
    reason: String,
    task: ForTask,
}

/// What it means for the task.
#[derive(Clone, Debug, PartialEq, Eq)]
enum ForTask {
    /// It is judged by this.
    Evidence { commands: CommandResults, commit: CommitId },
    /// The attempt has failed.
    Failed(FailureClass),
    /// Nobody works on it any more.
    Free,
    /// It went down with whoever worked on it.
    Lost,
}

impl Ending {
    fn failed(code: &'static str, reason: impl Into<String>, class: FailureClass) -> Self {
        Self { outcome: Outcome::Failed, code, reason: reason.into(), task: ForTask::Failed(class) }
    }

    /// The evidence is there.
    pub(super) fn judged(commands: CommandResults, commit: CommitId, failed: &[String]) -> Self {
        let (outcome, code, reason) = match failed {
            [] => (Outcome::Succeeded, "verified", "every command of the evidence succeeded".to_owned()),
            failed => {
                (Outcome::Failed, "not_verified", format!("of the evidence failed: {}", failed.join("; ")))
            }
        };
        Self { outcome, code, reason, task: ForTask::Evidence { commands, commit } }
    }

    pub(super) fn no_changes() -> Self {
        let reason = "the agent has changed nothing, so there is nothing to verify";
        Self::failed("no_changes", reason, FailureClass::Transient)
    }

    pub(super) fn no_report(why: &str) -> Self {
        let reason = format!("a task that explores ends with a report, and there is none: {why}");
        Self::failed("no_report", reason, FailureClass::Transient)
    }

    pub(super) fn no_verification() -> Self {
        let reason =
            "neither the task nor its project has a command that shows whether the work is done any more";
        Self::failed("no_verification", reason, FailureClass::Permanent)
    }

    pub(super) fn no_repository() -> Self {
        let reason = "the project has no repository any more: link one with `omoi repo link`";
        Self::failed("no_repository", reason, FailureClass::Permanent)
    }

    pub(super) fn git(error: &GitError) -> Self {
        let class = if error.is_retryable() { FailureClass::Transient } else { FailureClass::Permanent };
        Self::failed(error.code(), error.to_string(), class)
    }

    /// These do not go together: the last one not with those before it.
    pub(super) fn conflict(tasks: &[String], paths: &[String]) -> Self {
        let (last, before) =
            tasks.split_last().map_or(("?", &[][..]), |(last, before)| (last.as_str(), before));
        let reason = format!(
            "the work of {last} does not go together with that of {} in {}: bring them together on a branch by hand, \
             or change one of the tasks",
            before.join(", "),
            paths.iter().take(5).map(String::as_str).collect::<Vec<_>>().join(", "),
        );
        Self::failed("conflict", reason, FailureClass::Permanent)
    }

    pub(super) fn no_agent(name: &Name) -> Self {
        let reason =
            format!("this node has no agent profile {name}: name it in the configuration of every node");
        Self::failed("unknown_agent", reason, FailureClass::Permanent)
    }

    pub(super) fn disk(error: &std::io::Error) -> Self {
        let reason = format!("the disk of the node: {error}; make room there, and try the task again");
        Self::failed("disk", reason, FailureClass::Transient)
    }

    pub(super) fn no_sandbox(reason: &str, again: bool) -> Self {
        let class = if again { FailureClass::Transient } else { FailureClass::Permanent };
        Self::failed("no_sandbox", reason, class)
    }

    /// The agent could not be driven; `code` is the driver's.
    pub(super) fn agent(code: &str, message: &str) -> Self {
        let (code, class) = match code {
            "bad_assignment" => ("bad_assignment", FailureClass::Permanent),
            "agent_missing" => ("agent_missing", FailureClass::Permanent),
            "agent_version" => ("agent_version", FailureClass::Permanent),
            "agent_cannot_start" => ("agent_cannot_start", FailureClass::Permanent),
            "agent_garbage" => ("agent_garbage", FailureClass::Transient),
            "agent_silent" => ("agent_silent", FailureClass::Transient),
            "not_kept" => ("not_kept", FailureClass::Transient),
            _ => ("agent_gone", FailureClass::Transient),
        };
        Self::failed(code, message, class)
    }

    /// The agent says itself that it is not done.
    pub(super) fn gave_up(message: &str) -> Self {
        Self::failed("gave_up", message, FailureClass::Transient)
    }

    /// Somebody has ended its turn, and it was not given another.
    pub(super) fn interrupted() -> Self {
        let reason = "somebody interrupted the agent, and there was nothing else for it to do".into();
        let task = ForTask::Failed(FailureClass::Permanent);
        Self { outcome: Outcome::Cancelled, code: "interrupted", reason, task }
    }

    /// The sandbox is gone, and nothing was heard of why.
    pub(super) fn worker_gone(how: &str) -> Self {
        Self::failed("worker_gone", format!("the worker went away: {how}"), FailureClass::Transient)
    }

    pub(super) fn timed_out(code: &'static str, reason: impl Into<String>) -> Self {
        let task = ForTask::Failed(FailureClass::Transient);
        Self { outcome: Outcome::TimedOut, code, reason: reason.into(), task }
    }

    /// It may cost no more.
    pub(super) fn over_budget(reason: &str) -> Self {
        let task = ForTask::Failed(FailureClass::Permanent);
        Self { outcome: Outcome::TimedOut, code: "budget", reason: reason.into(), task }
    }

    pub(super) fn stopped(reason: &Reason) -> Self {
        Self {
            outcome: Outcome::Cancelled,
            code: "stopped",
            reason: reason.as_str().to_owned(),
            task: ForTask::Failed(FailureClass::Permanent),
        }
    }

    pub(super) fn node_lost() -> Self {
        let reason = "the node that ran it is gone, or was started anew".into();
        Self { outcome: Outcome::Lost, code: "node_lost", reason, task: ForTask::Lost }
    }

    /// Its node goes away in good order.
    pub(super) fn node_stopped() -> Self {
        let reason = "the node that ran it was stopped".into();
        Self { outcome: Outcome::Lost, code: "node_stopped", reason, task: ForTask::Free }
    }

    /// The task is no longer this run's.
    fn task_gone(code: &str) -> Self {
        Self {
            outcome: Outcome::Cancelled,
            code: "task_gone",
            reason: format!("the task is not this run's any more: {code}"),
            task: ForTask::Free,
        }
    }

    fn end(&self) -> Command {
        let cut: String =
            self.reason.chars().map(|c| if c.is_control() { ' ' } else { c }).take(1_000).collect();
        let unsaid = || Reason::new("no reason was given").expect("it has words");
        Command::End(End {
            outcome: self.outcome,
            code: Name::new(self.code).expect("a code is a name"),
            reason: Reason::new(&cut).unwrap_or_else(|_| unsaid()),
        })
    }

    fn for_task(&self, epoch: i64, now: Timestamp, kept: Option<CommitId>) -> task::Command {
        match &self.task {
            ForTask::Evidence { commands, commit } => task::Command::SubmitEvidence(task::Evidence {
                kind: EvidenceKind::Verified,
                commands: commands.clone(),
                commit: Some(commit.clone()),
                epoch: Some(epoch),
                await_validation: false,
            }),
            ForTask::Failed(class) => {
                let Command::End(End { reason, .. }) = self.end() else { unreachable!("it makes ends") };
                task::Command::Fail(Failure {
                    reason,
                    class: *class,
                    epoch: Some(epoch),
                    now,
                    jitter: rand::random_range(-RetryPolicy::MAX_JITTER..=RetryPolicy::MAX_JITTER),
                    retry: RetryPolicy::default(),
                    commit: kept,
                })
            }
            ForTask::Free => task::Command::ExpireClaim { epoch, commit: kept },
            ForTask::Lost => task::Command::LoseClaim { epoch, commit: kept, now },
        }
    }
}

impl Desk<'_> {
    /// Ends the run and moves its task, both or none. When the task is somebody else's by now, the run ends alone.
    pub(super) async fn end(
        &self,
        run: &execution::run::Details,
        ending: &Ending,
    ) -> Result<(), RunnerError> {
        let now = self.parts.store.now().await?;
        let kept = self.load().await?.1.snapshot.map(|snapshot| snapshot.commit);
        let of_task = ending.for_task(run.start.epoch, now, kept);
        let Told::Refused(code) = self.tell_both(ending.end(), run.start.task, of_task).await? else {
            return Ok(());
        };
        // Ended before; or the task was cancelled, or failed by a person, or claimed anew.
        if code == "already_ended" {
            return Ok(());
        }
        let alone = Ending::task_gone(&code);
        self.tell(alone.end()).await.map(drop)
    }

    /// Its agent says that it is not done.
    pub(super) async fn not_done(&self, finished: &Finished) -> Result<Ending, RunnerError> {
        let (_, run) = self.load().await?;
        let by_a_person = finished.code == CANCELLED && run.interrupts > 0;
        Ok(if by_a_person { Ending::interrupted() } else { Ending::gave_up(&finished.message) })
    }
}
