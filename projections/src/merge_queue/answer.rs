//! A merge as it is shown.

use execution::merge::{Candidate, Details, Of, Resolver, Standing};
use kernel::{ActorId, ProjectId, Timestamp};
use schemars::JsonSchema;
use serde::Serialize;
use vocabulary::{BranchName, CommitId, FilePattern, MergeId, Name, Reason, RunId, TaskId, TaskNumber};

use super::{StepAnswer, Stored};

/// A merge.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Merge")]
pub struct MergeAnswer {
    /// The merge.
    pub id: MergeId,
    /// Its project.
    pub project: Option<ProjectId>,
    /// Whose work comes together.
    pub of: Of,
    /// What people call that.
    pub title: Name,
    /// The branch on which it comes together.
    pub branch: BranchName,
    /// The branch that people work on, which follows once somebody approves; `null` before somebody has looked.
    pub target: Option<BranchName>,
    /// The commit of it that the head holds.
    pub base: Option<CommitId>,
    /// The end of the branch: it was verified, or is the base.
    pub head: Option<CommitId>,
    /// How far it is.
    pub status: MergeState,
    /// For what it waits; `null` while the platform works on it, and when it is over.
    pub waits: Option<Waits>,
    /// Every task of it is done.
    pub complete: bool,
    /// What is to come together, in the order in which it was finished.
    pub candidates: Vec<CandidateAnswer>,
    /// What was tried, from the first step on.
    pub steps: Vec<StepAnswer>,
    /// How many trials were verified in all.
    pub verifications: u32,
    /// Who wants the default branch to have the head; `null` when nobody does, or it has it.
    pub approval: Option<ApprovalAnswer>,
    /// Why the default branch does not have it, when that was tried last; it takes another approval.
    pub refused: Option<LandingRefused>,
    /// What the default branch has had of it.
    pub landed: Option<LandedAnswer>,
    /// When it began.
    pub queued_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A merge, and how far the answer goes.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "MergeShown")]
pub struct OneMerge {
    /// The merge.
    #[serde(flatten)]
    pub merge: MergeAnswer,
    /// Its version, for `If-Match`.
    pub version: i64,
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
}

/// The merges of a project.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Merges")]
pub struct MergesAnswer {
    /// Everything up to here is shown.
    pub position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
    /// The newest first.
    pub merges: Vec<MergeAnswer>,
}

/// How far a merge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum MergeState {
    /// It waits for tasks to be done.
    Queued,
    /// The platform works on it.
    Merging,
    /// Some of it waits for a person.
    Parked,
    /// Everything is in the head, verified; it waits for an approval.
    Ready,
    /// The default branch is about to follow.
    Approved,
    /// The default branch has it.
    Landed,
    /// Nobody wants it any more.
    Abandoned,
}

/// For what a merge waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Waits {
    /// That tasks are done.
    Tasks,
    /// That a person decides about what is parked.
    Person,
    /// That a person approves.
    Approval,
}

/// The work of a task in a merge.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "MergeCandidate")]
pub struct CandidateAnswer {
    /// The task.
    pub task: TaskId,
    /// What people call it.
    pub number: TaskNumber,
    /// What it was about.
    pub title: Name,
    /// The run that did it.
    pub run: Option<RunId>,
    /// The verified end of its branch.
    pub commit: CommitId,
    /// How it stands.
    pub state: CandidateState,
    /// The files in which it did not go with the head, when that was found last.
    pub conflicts: Vec<FilePattern>,
    /// How often a resolver has tried.
    pub tries: u32,
    /// The commit that brought it in.
    pub merged_as: Option<CommitId>,
    /// Who has resolved a conflict of it.
    pub resolved_by: Option<ResolvedBy>,
    /// Why it waits for a person.
    pub park: Option<Parked>,
}

/// How the work of a task stands in a merge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum CandidateState {
    /// It is to be tried.
    Waiting,
    /// It is being tried.
    Trying,
    /// It does not go with the head.
    Conflicted,
    /// Somebody resolves that.
    Resolving,
    /// It waits for a person.
    Parked,
    /// It is in the head.
    Merged,
    /// Somebody decided to go on without it.
    LeftOut,
}

/// Who has resolved a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ResolvedBy {
    /// The agent that did the task.
    Agent,
    /// A model.
    Model,
    /// A person.
    Person,
}

/// Why work waits for a person.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "MergeParked")]
pub struct Parked {
    /// For programs, e.g. `conflict`.
    pub code: Name,
    /// For people, with what to do.
    pub reason: Reason,
    /// The task with whose work it does not go together.
    pub with: Option<TaskId>,
}

/// Who wants the default branch to have a head.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct ApprovalAnswer {
    /// Who.
    pub by: ActorId,
    /// Since when.
    pub at: Timestamp,
    /// The head that they have seen.
    pub head: CommitId,
}

/// Why the default branch does not have it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct LandingRefused {
    /// For programs.
    pub code: Name,
    /// For people, with what to do.
    pub reason: Reason,
}

/// What the default branch has.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(inline)]
pub struct LandedAnswer {
    /// The commit.
    pub commit: CommitId,
    /// Since when.
    pub at: Timestamp,
}

impl Stored {
    pub(super) fn answer(self, id: MergeId) -> Option<MergeAnswer> {
        let merge = self.state.details()?;
        let status = status(merge);
        let candidates = merge.candidates.iter().map(|one| self.candidate(merge, one)).collect();
        Some(MergeAnswer {
            id,
            project: self.project,
            of: merge.of,
            title: merge.title.clone(),
            branch: merge.branch.clone(),
            target: merge.base.as_ref().map(|base| base.target.clone()),
            base: merge.base.as_ref().map(|base| base.commit.clone()),
            head: merge.head.clone(),
            status,
            waits: waits(status),
            complete: merge.complete,
            candidates,
            verifications: self.verifications,
            approval: merge.approved.as_ref().map(|approval| ApprovalAnswer {
                by: approval.by,
                at: self.approved_at.unwrap_or(self.updated_at),
                head: approval.head.clone(),
            }),
            refused: merge
                .refused
                .as_ref()
                .map(|refused| LandingRefused { code: refused.code.clone(), reason: refused.reason.clone() }),
            landed: merge.landed.as_ref().map(|commit| LandedAnswer {
                commit: commit.clone(),
                at: self.landed_at.unwrap_or(self.updated_at),
            }),
            queued_at: self.queued_at,
            updated_at: self.updated_at,
            steps: self.steps,
        })
    }

    fn candidate(&self, merge: &Details, one: &Candidate) -> CandidateAnswer {
        let finished = &one.finished;
        let task = finished.task;
        let trying =
            merge.step.as_ref().is_some_and(|step| step.joined.iter().any(|it| it.task == Some(task)));
        let park = match &one.standing {
            Standing::Parked { code, reason, with } => {
                Some(Parked { code: code.clone(), reason: reason.clone(), with: *with })
            }
            _ => None,
        };
        CandidateAnswer {
            task,
            number: finished.number,
            title: finished.title.clone(),
            run: finished.run,
            commit: finished.commit.clone(),
            state: match &one.standing {
                Standing::Waiting if trying => CandidateState::Trying,
                Standing::Waiting => CandidateState::Waiting,
                Standing::Conflicted { .. } => CandidateState::Conflicted,
                Standing::Resolving { .. } => CandidateState::Resolving,
                Standing::Parked { .. } => CandidateState::Parked,
                Standing::Merged => CandidateState::Merged,
                Standing::LeftOut => CandidateState::LeftOut,
            },
            conflicts: self.conflicts.get(&task).cloned().unwrap_or_default(),
            tries: one.tries,
            merged_as: self.merged_as.get(&task).cloned(),
            resolved_by: one.resolved.as_ref().map(|resolved| match resolved.by {
                Resolver::Model { .. } => ResolvedBy::Model,
                Resolver::Run { .. } => ResolvedBy::Agent,
                Resolver::Person { .. } => ResolvedBy::Person,
            }),
            park,
        }
    }
}

fn status(merge: &Details) -> MergeState {
    match merge.status() {
        "merging" => MergeState::Merging,
        "parked" => MergeState::Parked,
        "ready" => MergeState::Ready,
        "approved" => MergeState::Approved,
        "landed" => MergeState::Landed,
        "abandoned" => MergeState::Abandoned,
        _ => MergeState::Queued,
    }
}

const fn waits(status: MergeState) -> Option<Waits> {
    match status {
        MergeState::Queued => Some(Waits::Tasks),
        MergeState::Parked => Some(Waits::Person),
        MergeState::Ready => Some(Waits::Approval),
        MergeState::Merging | MergeState::Approved | MergeState::Landed | MergeState::Abandoned => None,
    }
}
