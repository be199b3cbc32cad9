//! A spec: a feature on its way from an idea to work.
//!
//! ```text
//!  submit                        phase after phase
//! --------> planning{phase} <-----------------------------+
//!  import     |   |   |  ^                                 |
//! --------+   |   |   |  | answered            granted     |
//!         |   |   |   v  |                                 |
//!         |   |   |  awaiting_answers     awaiting_approval{gate} --- rejected: the phase again
//!         |   |   |                               ^
//!         |   |   +--- requirements, design ------+ edit: a new version, judged again
//!         |   +--> halted, failed ---> resume
//!         v            (a phase that did not pass)
//!       planned ---> executing ---> completed        anything before that can be cancelled
//!          ^            |              |
//!          +- revise ---+--------------+                the plan changes, and its work follows: work_revised
//! ```
//!
//! What each command causes; `-` is a success without an event, `!code` a rejection. An absent spec takes only `Submit`
//! and `Import` (`!not_found`), and one that exists refuses both (`!already_exists`).
//!
//! | command | planning | awaiting_answers | awaiting_approval | halted, failed | planned, executing | over |
//! |---|---|---|---|---|---|---|
//! | `StartPhase` | phase_started, once an attempt; `!other_attempt` | `!not_planning` | `!not_planning` | `!not_planning` | `!not_planning` | `!not_planning` |
//! | `WriteSections` | phase_section_written, for those that are new | as above | as above | as above | as above | as above |
//! | `SubmitOutput` | judged: passed, tried again or failed; and what follows | as above | as above | as above | as above | as above |
//! | `FailAttempt` | phase_retry_scheduled or phase_failed | as above | as above | as above | as above | as above |
//! | `Halt` | halted | as above | as above | - | `!not_planning` | `!not_planning` |
//! | `Resume` | - | - | - | resumed | `!not_halted` | `!over` |
//! | `Answer` | `!no_question` | question_answered; the last: on with planning | `!no_question` | `!no_question` | `!no_question` | `!over` |
//! | `Approve` | `!no_approval_pending` | as before | approval_granted, `!content_changed` | as before | - when granted with that hash | `!over` |
//! | `Reject` | `!no_approval_pending` | as before | approval_rejected: the phase again | as before | as before | `!over` |
//! | `Edit` | `!not_editable` | `!not_editable` | content_edited, judged, asked anew; `!vetoed` | `!not_editable` | `!not_editable` | `!over` |
//! | `Revise` | `!not_planned` | `!not_planned` | `!not_planned` | `!not_planned` | revised, what changed, judged, accepted; `!content_changed`, `!vetoed`, - when it is the same | completed: the same; `!over` |
//! | `Materialize` | `!not_planned` | `!not_planned` | `!not_planned` | `!not_planned` | work_materialized, once | `!over` |
//! | `ReviseWork` | `!not_planned` | `!not_planned` | `!not_planned` | `!not_planned` | work_revised, once a revision; `!up_to_date`, `!content_changed` | `!over` |
//! | `Complete` | `!not_planned` | `!not_planned` | `!not_planned` | `!not_planned` | completed, completion_held once for what holds it, - while a ticket is left | - |
//! | `AcceptUnproven` | `!not_planned` | `!not_planned` | `!not_planned` | `!not_planned` | unproven_accepted, `!not_unproven`, - when it was | completed: - when it was; `!over` |
//! | `Cancel` | cancelled | cancelled | cancelled | cancelled | cancelled | - when cancelled |
//!
//! Invariants: a phase passes only by the verdict of its judge, which is part of the decision: nobody claims it. What a
//! phase wrote is in the events of its sections and nowhere else. An approval names the hash of what was shown, and is
//! void when the content is another one. A plan that is accepted has passed every phase and every gate. Work is
//! materialised once, and follows each revision once; while it does not yet follow, the spec is not completed. A spec that
//! is completed rests on evidence: for each requirement a task of the plan that addresses it is completed, or somebody
//! accepted that none is.

mod commands;
mod content;
mod decide;
mod events;
mod evidence;
mod evolve;
mod judge;
mod rejection;
mod revision;
mod stage;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use kernel::Usd;
use plan::{ContentHash, Layout, Phase, Plan, Problem};
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Text};

pub use self::commands::{Command, Numbered, NumberedTask, RevisedWork};
pub use self::content::{Content, Part, Section, TooLarge, name_of};
pub use self::decide::{MAX_ATTEMPTS, PAUSES};
pub use self::events::{Event, Materialized};
pub use self::evidence::{Evidence, Proof, addresses};
pub use self::rejection::Rejection;
pub use self::stage::{Failure, Gate, GateMode, Halt, Stage};

/// A spec as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Spec {
    /// No event yet.
    #[default]
    Absent,
    /// It was submitted or imported once.
    Present(Box<Details>),
}

/// What a spec that exists knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// What people call it.
    pub title: Name,
    /// Where it comes from.
    pub origin: Origin,
    /// Whether people are asked at the gates.
    pub gates: GateMode,
    /// What its model calls may cost together; without one there is no limit.
    pub budget: Option<Usd>,
    /// How far it is.
    pub stage: Stage,
    /// What its phases have written: those that have begun.
    pub phases: BTreeMap<Phase, Progress>,
    /// What was asked, in the order of the numbers.
    pub questions: Vec<Question>,
    /// The work it became.
    pub work: Option<Work>,
    /// How often the accepted plan was revised.
    #[serde(default)]
    pub revisions: u32,
    /// Requirements that hold its completion: no task that addresses them is completed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unproven: BTreeSet<String>,
    /// Requirements of this version of the plan that somebody accepted without evidence.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub accepted: BTreeSet<String>,
}

/// Where a spec comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum Origin {
    /// Somebody's idea.
    Idea {
        /// In their words.
        idea: Text,
    },
    /// A plan that was there already.
    Import {
        /// How it was written down.
        layout: Layout,
    },
}

/// How far one phase is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The newest version of what it writes, from 1: an attempt of a model, or an edit of a person.
    pub attempt: u32,
    /// Attempts in a row that did not pass.
    pub failures: u32,
    /// Who wrote this version.
    pub writer: Hand,
    /// What this version says.
    pub content: Content,
    /// What the version before it said that was judged: the next one mends it.
    #[serde(default)]
    pub previous: Content,
    /// Of what was submitted and judged.
    pub hash: Option<ContentHash>,
    /// Whether that passed.
    pub passed: bool,
    /// Whether a person approved of it.
    pub approved: bool,
    /// What the next attempt should heed: the judge's issues, an error, a person's reason.
    pub feedback: Vec<Problem>,
}

/// Who wrote a version of a phase's output. What people bring or write is judged, and never refused for its score.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    /// A model.
    #[default]
    Model,
    /// A person, here.
    Person,
    /// It was there when the plan was imported.
    Import,
}

/// Something that a person is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its number in the spec, from 1.
    pub number: u32,
    /// What it is about, e.g. `Scope & Boundaries`.
    pub category: String,
    /// The question.
    pub text: Text,
    /// What was answered.
    pub answer: Option<Text>,
}

/// The work that a spec became.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Its tickets, by their id in the plan.
    pub tickets: BTreeMap<String, Materialized>,
    /// Its tasks, by their id in the plan.
    pub tasks: BTreeMap<String, Materialized>,
    /// Whether somebody has taken a task up.
    #[serde(default)]
    pub begun: bool,
    /// How often it was made to follow a revised plan.
    #[serde(default)]
    pub revision: u32,
    /// What the phase `tasks` said when the work was made or last followed; only while it says something else.
    #[serde(default)]
    pub behind: Option<Box<Content>>,
    /// Tasks that the plan no longer has. Those that nobody had begun were cancelled.
    #[serde(default)]
    pub withdrawn: Vec<Materialized>,
    /// Tickets that the plan no longer has. Those in which nothing was left to do were cancelled.
    #[serde(default)]
    pub withdrawn_tickets: Vec<Materialized>,
    /// Ids in the plan of what stays as it was, though the plan says something else of it.
    #[serde(default)]
    pub kept: BTreeSet<String>,
}

impl Spec {
    /// What is known of it; nothing before it was submitted.
    #[must_use]
    pub const fn details(&self) -> Option<&Details> {
        match self {
            Self::Absent => None,
            Self::Present(details) => Some(details),
        }
    }
}

impl Details {
    /// The phase that comes after `phase`: of an imported plan the next one that it brought along.
    #[must_use]
    pub fn following(&self, phase: Phase) -> Option<Phase> {
        let brought = |next: Phase| next == Phase::Sync || self.phases.contains_key(&next);
        let mut next = phase.next()?;
        while matches!(self.origin, Origin::Import { .. }) && !brought(next) {
            next = next.next()?;
        }
        Some(next)
    }

    /// A question by its number.
    #[must_use]
    pub fn question(&self, number: u32) -> Option<&Question> {
        self.questions.iter().find(|asked| asked.number == number)
    }

    /// How far a phase is; nothing before it began.
    #[must_use]
    pub fn progress(&self, phase: Phase) -> Option<&Progress> {
        self.phases.get(&phase)
    }

    /// Whether every phase and every gate is passed.
    #[must_use]
    pub const fn is_accepted(&self) -> bool {
        matches!(self.stage, Stage::Planned | Stage::Executing | Stage::Completed)
    }

    /// The plan as its phases have written it so far; what is no output of its phase is left out.
    #[must_use]
    pub fn plan(&self) -> Plan {
        judge::plan_of(self)
    }

    /// The verbs that a person can use now.
    #[must_use]
    pub fn possible(&self) -> Vec<&'static str> {
        match self.stage {
            Stage::AwaitingApproval { .. } => vec!["approve", "reject", "edit", "cancel"],
            Stage::AwaitingAnswers => vec!["answer", "cancel"],
            Stage::Halted { .. } | Stage::Failed { .. } => vec!["resume", "cancel"],
            Stage::Planning { .. } => vec!["cancel"],
            Stage::Planned | Stage::Executing if !self.unproven.is_empty() => {
                vec!["accept-unproven", "revise", "cancel"]
            }
            Stage::Planned | Stage::Executing => vec!["revise", "cancel"],
            Stage::Completed => vec!["revise"],
            Stage::Cancelled => Vec::new(),
        }
    }

    /// What a phase has written that passed.
    #[must_use]
    pub fn passed(&self, phase: Phase) -> Option<&Content> {
        self.phases.get(&phase).filter(|progress| progress.passed).map(|progress| &progress.content)
    }
}

impl kernel::Decider for Spec {
    const TYPE: &'static str = "spec";
    const LOGIC_VERSION: i32 = 2;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        evolve::evolve(self, event);
    }
}
