//! What may have happened to a merge. These names and fields are for ever.

use kernel::{ActorId, EventKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Bounded, BranchName, CommitId, FilePattern, Name, Reason, TaskId};

use super::{Finished, Joined, Of, Resolver, Trial};
use crate::checked::Checked;

/// How a candidate goes with a head.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Fit {
    /// The candidate.
    pub task: TaskId,
    /// In how many files it does not go with the head.
    pub conflicts: u32,
    /// How many files it changes that another waiting candidate changes too.
    #[serde(default)]
    pub shared: u32,
}

/// A fact about a merge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// Work is to come together.
    #[serde(rename = "merge.queued")]
    Queued {
        /// Whose.
        of: Of,
        /// What people call that.
        title: Name,
        /// The branch on which it comes together.
        branch: BranchName,
    },
    /// The verified work of a task is to come in.
    #[serde(rename = "merge.candidate_added")]
    CandidateAdded(Finished),
    /// Every task of it is done: nothing more is to come.
    #[serde(rename = "merge.work_completed")]
    WorkCompleted,
    /// There is more to come after all.
    #[serde(rename = "merge.work_extended")]
    WorkExtended,
    /// It was looked up on what it stands.
    #[serde(rename = "merge.base_taken")]
    BaseTaken {
        /// The branch that people work on.
        target: BranchName,
        /// Its newest commit.
        commit: CommitId,
    },
    /// It was looked up how what waits goes with the head.
    #[serde(rename = "merge.scored")]
    Scored {
        /// The head.
        head: CommitId,
        /// In the order in which they are tried, the easiest first.
        fits: Vec<Fit>,
    },
    /// Candidates are tried together.
    #[serde(rename = "merge.step_begun")]
    StepBegun {
        /// Which step, from 1.
        step: u32,
        /// On what.
        head: CommitId,
        /// The commit of the default branch that is taken in, when the step is about that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        follows: Option<CommitId>,
        /// What is tried, one after the other.
        joined: Bounded<Joined, 1, 64>,
    },
    /// On a fresh checkout of a trial every command ended with 0.
    #[serde(rename = "merge.verification_passed")]
    VerificationPassed {
        /// In which step.
        step: u32,
        /// What was tried.
        trial: Trial,
        /// The commands.
        #[serde(default, skip_serializing_if = "Bounded::is_empty")]
        commands: Bounded<Checked, 0, 50>,
    },
    /// On a fresh checkout of a trial a command did not end with 0.
    #[serde(rename = "merge.verification_failed")]
    VerificationFailed {
        /// In which step.
        step: u32,
        /// What was tried.
        trial: Trial,
        /// The commands, up to the one that failed.
        #[serde(default, skip_serializing_if = "Bounded::is_empty")]
        commands: Bounded<Checked, 0, 50>,
    },
    /// It was found out which candidate does not hold.
    #[serde(rename = "merge.bisected")]
    Bisected {
        /// In which step.
        step: u32,
        /// The candidate; none when it is the default branch that was taken in.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        culprit: Option<TaskId>,
        /// The candidate with which it does not hold, where it holds without it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        with: Option<TaskId>,
        /// How many trials it took.
        verifications: u32,
        /// What was seen.
        reason: Reason,
    },
    /// Candidates are in the head.
    #[serde(rename = "merge.step_merged")]
    StepMerged {
        /// Which step.
        step: u32,
        /// The head from now on: it was verified.
        head: CommitId,
        /// The candidates.
        tasks: Bounded<TaskId, 1, 64>,
    },
    /// The head holds what the default branch has become.
    #[serde(rename = "merge.base_followed")]
    BaseFollowed {
        /// The branch that people work on.
        target: BranchName,
        /// Its commit that was taken in.
        commit: CommitId,
        /// The head from now on: it was verified.
        head: CommitId,
    },
    /// A candidate does not go with the head.
    #[serde(rename = "merge.conflict_found")]
    ConflictFound {
        /// Which one.
        task: TaskId,
        /// The head.
        head: CommitId,
        /// In how many files.
        files: u32,
        /// Some of them.
        #[serde(default, skip_serializing_if = "Bounded::is_empty")]
        paths: Bounded<FilePattern, 0, 200>,
    },
    /// Somebody resolves a conflict.
    #[serde(rename = "merge.resolution_started")]
    ResolutionStarted {
        /// Of which candidate.
        task: TaskId,
        /// Which attempt, from 1.
        attempt: u32,
        /// Who.
        by: Resolver,
    },
    /// Somebody has resolved a conflict; it is tried like any other candidate.
    #[serde(rename = "merge.resolution_proposed")]
    ResolutionProposed {
        /// Of which candidate.
        task: TaskId,
        /// The commit that holds it and the head.
        commit: CommitId,
        /// Who.
        by: Resolver,
    },
    /// Somebody could not resolve a conflict.
    #[serde(rename = "merge.resolution_failed")]
    ResolutionFailed {
        /// Of which candidate.
        task: TaskId,
        /// Which attempt.
        attempt: u32,
        /// Why.
        reason: Reason,
    },
    /// A candidate waits for a person.
    #[serde(rename = "merge.parked")]
    Parked {
        /// Which one.
        task: TaskId,
        /// Why, for programs.
        code: Name,
        /// Why, for people, with what to do.
        reason: Reason,
        /// The candidate with which it does not go together, where one was found.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        with: Option<TaskId>,
    },
    /// Somebody wants what is parked to be tried again.
    #[serde(rename = "merge.retried")]
    Retried {
        /// Which one; all without one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<TaskId>,
        /// Who.
        by: ActorId,
    },
    /// Somebody has resolved a conflict by hand; it is tried like any other candidate.
    #[serde(rename = "merge.resolved")]
    Resolved {
        /// Of which candidate; without one, of the default branch with the head.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        task: Option<TaskId>,
        /// The commit.
        commit: CommitId,
        /// Who.
        by: ActorId,
    },
    /// Somebody decided to go on without a candidate.
    #[serde(rename = "merge.candidate_left_out")]
    CandidateLeftOut {
        /// Which one.
        task: TaskId,
        /// Why.
        reason: Reason,
        /// Who.
        by: ActorId,
    },
    /// Everything is in the head, verified.
    #[serde(rename = "merge.merged")]
    Merged {
        /// The head.
        head: CommitId,
    },
    /// Somebody wants the default branch to have the head.
    #[serde(rename = "merge.approved")]
    Approved {
        /// The head that they have seen.
        head: CommitId,
        /// Who.
        by: ActorId,
    },
    /// The default branch could not be moved to the head; it takes another approval.
    #[serde(rename = "merge.landing_refused")]
    LandingRefused {
        /// The head.
        head: CommitId,
        /// Why, for programs.
        code: Name,
        /// Why, for people, with what to do.
        reason: Reason,
    },
    /// The default branch has the head.
    #[serde(rename = "merge.landed")]
    Landed {
        /// The branch.
        target: BranchName,
        /// Where it was before.
        from: CommitId,
        /// Where it is.
        head: CommitId,
    },
    /// Nobody wants it any more; every branch stays.
    #[serde(rename = "merge.abandoned")]
    Abandoned {
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Reason>,
        /// Who.
        by: ActorId,
    },
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("merge.queued", 1),
        ("merge.candidate_added", 1),
        ("merge.work_completed", 1),
        ("merge.work_extended", 1),
        ("merge.base_taken", 1),
        ("merge.scored", 1),
        ("merge.step_begun", 1),
        ("merge.verification_passed", 1),
        ("merge.verification_failed", 1),
        ("merge.bisected", 1),
        ("merge.step_merged", 1),
        ("merge.base_followed", 1),
        ("merge.conflict_found", 1),
        ("merge.resolution_started", 1),
        ("merge.resolution_proposed", 1),
        ("merge.resolution_failed", 1),
        ("merge.parked", 1),
        ("merge.retried", 1),
        ("merge.resolved", 1),
        ("merge.candidate_left_out", 1),
        ("merge.merged", 1),
        ("merge.approved", 1),
        ("merge.landing_refused", 1),
        ("merge.landed", 1),
        ("merge.abandoned", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "merge.queued",
            Self::CandidateAdded(_) => "merge.candidate_added",
            Self::WorkCompleted => "merge.work_completed",
            Self::WorkExtended => "merge.work_extended",
            Self::BaseTaken { .. } => "merge.base_taken",
            Self::Scored { .. } => "merge.scored",
            Self::StepBegun { .. } => "merge.step_begun",
            Self::VerificationPassed { .. } => "merge.verification_passed",
            Self::VerificationFailed { .. } => "merge.verification_failed",
            Self::Bisected { .. } => "merge.bisected",
            Self::StepMerged { .. } => "merge.step_merged",
            Self::BaseFollowed { .. } => "merge.base_followed",
            Self::ConflictFound { .. } => "merge.conflict_found",
            Self::ResolutionStarted { .. } => "merge.resolution_started",
            Self::ResolutionProposed { .. } => "merge.resolution_proposed",
            Self::ResolutionFailed { .. } => "merge.resolution_failed",
            Self::Parked { .. } => "merge.parked",
            Self::Retried { .. } => "merge.retried",
            Self::Resolved { .. } => "merge.resolved",
            Self::CandidateLeftOut { .. } => "merge.candidate_left_out",
            Self::Merged { .. } => "merge.merged",
            Self::Approved { .. } => "merge.approved",
            Self::LandingRefused { .. } => "merge.landing_refused",
            Self::Landed { .. } => "merge.landed",
            Self::Abandoned { .. } => "merge.abandoned",
        }
    }
}
