//! Why a spec refuses a command: what is so.

use plan::{ContentHash, Phase, Problem};

use super::{Gate, TooLarge};

/// Why a spec refuses a command.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is no such spec.
    #[error("there is no such spec")]
    NotFound,
    /// It was submitted before.
    #[error("the spec exists already")]
    AlreadyExists,
    /// It is completed or cancelled.
    #[error("the spec is {0}: nothing changes it any more")]
    Over(&'static str),
    /// No phase is being written.
    #[error("no phase of the spec is being written: it is {0}")]
    NotPlanning(&'static str),
    /// Another attempt is being written.
    #[error("the spec is at attempt {attempt} of {phase}: what other attempts write comes too late")]
    OtherAttempt {
        /// The phase.
        phase: Phase,
        /// The attempt.
        attempt: u32,
    },
    /// It neither stands still nor failed.
    #[error("the spec is {0}: there is nothing to resume")]
    NotHalted(&'static str),
    /// There is no open question of this number.
    #[error("the spec has no open question {question}")]
    NoQuestion {
        /// The number.
        question: u32,
    },
    /// Nobody was asked at this gate.
    #[error("nothing of the spec waits for approval at the gate {}", .gate.phase())]
    NoApprovalPending {
        /// The gate.
        gate: Gate,
    },
    /// What is shown is not what was answered to.
    #[error("the content has changed since, its hash is {current}: look at it again before you answer")]
    ContentChanged {
        /// What is so now.
        current: ContentHash,
    },
    /// The content breaks a rule that no score makes up for.
    #[error("{}", listed(.problems))]
    Vetoed {
        /// Which, and where.
        problems: Vec<Problem>,
    },
    /// A part of it does not fit into the log.
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
    /// Its plan is not accepted yet.
    #[error("the spec is {0}: its plan is not accepted yet")]
    NotPlanned(&'static str),
    /// The work follows the plan already.
    #[error("the work is what the plan says already")]
    UpToDate,
    /// The requirement does not hold the completion.
    #[error("the completion of the spec is not held by `{requirement}`: only what holds it can be accepted")]
    NotUnproven {
        /// Its id.
        requirement: String,
    },
    /// The work is not that of the plan.
    #[error("the plan has no `{local}`, or its work lacks it")]
    OtherPlan {
        /// An id of the plan.
        local: String,
    },
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::Over(_) => "over",
            Self::NotPlanning(_) => "not_planning",
            Self::OtherAttempt { .. } => "other_attempt",
            Self::NotHalted(_) => "not_halted",
            Self::NoQuestion { .. } => "no_question",
            Self::NoApprovalPending { .. } => "no_approval_pending",
            Self::ContentChanged { .. } => "content_changed",
            Self::Vetoed { .. } => "vetoed",
            Self::TooLarge(_) => "too_large",
            Self::NotPlanned(_) => "not_planned",
            Self::UpToDate => "up_to_date",
            Self::NotUnproven { .. } => "not_unproven",
            Self::OtherPlan { .. } => "other_plan",
        }
    }
}

/// The first few, and how many more there are.
fn listed(problems: &[Problem]) -> String {
    const SHOWN: usize = 5;
    let mut text = "this cannot be accepted".to_owned();
    for problem in problems.iter().take(SHOWN) {
        text.push_str("; ");
        text.push_str(&problem.message);
    }
    if problems.len() > SHOWN {
        text.push_str(&format!("; and {} more", problems.len() - SHOWN));
    }
    text
}
