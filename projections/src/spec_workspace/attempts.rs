//! What became of each attempt at a phase.

use std::collections::BTreeMap;

use kernel::{ActorId, Timestamp};
use plan::{Phase, Verdict};
use planning::spec::{Event, Failure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Calls;

/// Attempts that a row keeps of a phase, the newest; the log has them all.
const KEPT: usize = 20;

/// By phase, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempts {
    by_phase: BTreeMap<Phase, Vec<Attempt>>,
    /// For all attempts, those that are not kept too.
    pub(super) all: Calls,
}

/// One version of what a phase writes, and what was said of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "PhaseAttempt")]
pub struct Attempt {
    /// Which version it is, from 1.
    pub attempt: u32,
    /// Who edited, when a person wrote it.
    pub edited_by: Option<ActorId>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it was judged or given up.
    pub ended_at: Option<Timestamp>,
    /// Parts that were written.
    pub sections: u32,
    /// What the judge says; absent before that, and for what is computed.
    pub verdict: Option<Verdict>,
    /// Why it was given up without a verdict.
    pub error: Option<String>,
    /// What models were asked for it.
    pub calls: Calls,
    /// Whether it passed.
    pub passed: bool,
}

impl Attempts {
    /// Of one phase, oldest first.
    pub(super) fn of(&self, phase: Phase) -> &[Attempt] {
        self.by_phase.get(&phase).map_or(&[], Vec::as_slice)
    }

    pub(super) fn note(&mut self, fact: &Event, at: Timestamp) {
        match fact {
            Event::PhaseStarted { phase, attempt } => self.begin(*phase, *attempt, None, at),
            Event::ContentEdited { phase, attempt, by } => self.begin(*phase, *attempt, Some(*by), at),
            Event::PhaseSectionWritten { phase, attempt, .. } => {
                self.change(*phase, *attempt, |known| known.sections = known.sections.saturating_add(1));
            }
            Event::PhaseEvaluated { phase, attempt, verdict } => self.change(*phase, *attempt, |known| {
                known.verdict = Some(verdict.clone());
                known.ended_at = Some(at);
            }),
            Event::PhaseRetryScheduled { phase, attempt, reason, .. }
            | Event::PhaseFailed { phase, attempt, reason } => self.change(*phase, *attempt, |known| {
                known.ended_at = Some(at);
                if let Failure::Error { message, .. } = reason {
                    known.error = Some(message.to_string());
                }
            }),
            Event::PhasePassed { phase, attempt, .. } => self.change(*phase, *attempt, |known| {
                known.passed = true;
                known.ended_at = Some(at);
            }),
            _ => {}
        }
    }

    fn begin(&mut self, phase: Phase, attempt: u32, edited_by: Option<ActorId>, at: Timestamp) {
        let known = self.by_phase.entry(phase).or_default();
        if known.last().is_some_and(|last| last.attempt == attempt) {
            return;
        }
        known.push(Attempt {
            attempt,
            edited_by,
            started_at: at,
            ended_at: None,
            sections: 0,
            verdict: None,
            error: None,
            calls: Calls::default(),
            passed: false,
        });
        let surplus = known.len().saturating_sub(KEPT);
        known.drain(..surplus);
    }

    pub(super) fn change(&mut self, phase: Phase, attempt: u32, change: impl FnOnce(&mut Attempt)) {
        let known =
            self.by_phase.get_mut(&phase).into_iter().flatten().rfind(|known| known.attempt == attempt);
        if let Some(known) = known {
            change(known);
        }
    }
}
