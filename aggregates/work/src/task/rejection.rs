//! Why a task refuses a command: what is so, and what is possible instead.

use std::fmt;

use super::{Details, EvidenceKind};

/// Why a task refuses a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such task.
    #[error("the task does not exist")]
    NotFound,
    /// It was planned before.
    #[error("the task already exists")]
    AlreadyExists,
    /// Its status does not allow it.
    #[error("the task is {1}")]
    Status(Fact, Standing),
    /// Whoever reports lost the task: its claim is not the one that counts.
    #[error("the task is at claim {current}; what belongs to another claim no longer counts")]
    Fenced {
        /// The claim that counts, or for a new claim the one before it.
        current: i64,
    },
    /// A person holds it, which is nothing for this command.
    #[error(
        "a person works on the task; their claim does not expire and their evidence is attested or imported"
    )]
    HeldByPerson,
    /// A run holds it, whose evidence is verified.
    #[error("a run works on the task; its evidence is verified, {0} evidence is a person's")]
    HeldByRun(EvidenceKind),
    /// Prerequisites are not completed.
    #[error("the task waits for {missing} of its prerequisites")]
    Unsatisfied {
        /// How many.
        missing: usize,
    },
    /// No command was run, so nothing shows that the work is done.
    #[error("evidence of work names at least one command that was run")]
    NothingChecked,
    /// It was to wait for itself.
    #[error("a task cannot wait for itself")]
    DependsOnItself,
    /// The verdict is about evidence that was followed by other evidence.
    #[error("the evidence under validation is number {current}, not {judged}")]
    OtherIteration {
        /// Which evidence waits for a verdict.
        current: u32,
        /// Which evidence was judged.
        judged: u32,
    },
}

/// What is so about the status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Done for good.
    AlreadyCompleted,
    /// Given up for good.
    AlreadyCancelled,
    /// Failed, until a person retries it.
    AlreadyFailed,
    /// It was started before.
    AlreadyRunning,
    /// Somebody took it before.
    ClaimedAlready,
    /// A blocker is in the way.
    Blocked,
    /// This blocker is not in the way.
    NotBlocked,
    /// It was ready before.
    NotPlanned,
    /// It waits for prerequisites or for its next attempt.
    NotReady,
    /// Nobody holds it by a claim.
    NotClaimed,
    /// Nobody works on it.
    NotRunning,
    /// No evidence waits for a verdict.
    NotValidating,
    /// There is no failed attempt to retry.
    NotFailed,
}

/// The status and what a person can do in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The status in one word.
    pub status: &'static str,
    /// The verbs a person can use.
    pub possible: Vec<&'static str>,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let possible = if self.possible.is_empty() { "nothing".into() } else { self.possible.join(", ") };
        write!(f, "{}; possible now: {possible}", self.status)
    }
}

impl Rejection {
    pub(super) fn status(fact: Fact, task: &Details) -> Self {
        Self::Status(fact, Standing { status: task.status_name(), possible: task.possible() })
    }
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::Status(fact, _) => fact.code(),
            Self::Fenced { .. } => "fenced",
            Self::HeldByPerson => "held_by_person",
            Self::HeldByRun(_) => "held_by_run",
            Self::NothingChecked => "nothing_checked",
            Self::Unsatisfied { .. } => "unsatisfied",
            Self::DependsOnItself => "depends_on_itself",
            Self::OtherIteration { .. } => "other_iteration",
        }
    }
}

impl Fact {
    const fn code(self) -> &'static str {
        match self {
            Self::AlreadyCompleted => "already_completed",
            Self::AlreadyCancelled => "already_cancelled",
            Self::AlreadyFailed => "already_failed",
            Self::AlreadyRunning => "already_running",
            Self::ClaimedAlready => "claimed_already",
            Self::Blocked => "blocked",
            Self::NotBlocked => "not_blocked",
            Self::NotPlanned => "not_planned",
            Self::NotReady => "not_ready",
            Self::NotClaimed => "not_claimed",
            Self::NotRunning => "not_running",
            Self::NotValidating => "not_validating",
            Self::NotFailed => "not_failed",
        }
    }
}
