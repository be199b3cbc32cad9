//! What the calls to models for an attempt came to.

use execution::trajectory::{Event, Outcome, Subject};
use kernel::Usd;
use plan::Phase;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::SpecId;

use super::Attempts;

/// Calls to models, and what they used.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ModelCalls")]
pub struct Calls {
    /// Calls that were begun.
    pub begun: u32,
    /// Of these, calls that failed, or whose answer could not be used.
    pub failed: u32,
    /// Of these, calls whose end nobody heard, because a planner was stopped: they count with what was reserved for them.
    pub ambiguous: u32,
    /// Tokens read, wherever the provider read them.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// What all of it cost, in micro-dollars, by the prices of the settings.
    pub cost: Usd,
}

impl Calls {
    pub(crate) fn hear(&mut self, fact: &Event) {
        match fact {
            Event::LlmCallStarted { .. } => self.begun = self.begun.saturating_add(1),
            Event::LlmCallFinished { outcome: Outcome::Answered, .. } => {}
            Event::LlmCallFinished { .. } => self.failed = self.failed.saturating_add(1),
            Event::LlmCallAmbiguous { cost, .. } => {
                self.ambiguous = self.ambiguous.saturating_add(1);
                self.pay(*cost);
            }
            Event::UsageRecorded { tokens, cost, .. } => {
                let read = [tokens.input, tokens.cache_read, tokens.cache_write];
                self.input_tokens = read.into_iter().fold(self.input_tokens, u64::saturating_add);
                self.output_tokens = self.output_tokens.saturating_add(tokens.output);
                self.pay(*cost);
            }
            // What agents do is shown with their runs.
            _ => {}
        }
    }

    fn pay(&mut self, cost: Usd) {
        self.cost = self.cost.checked_add(cost).unwrap_or(self.cost);
    }
}

/// The spec that a call was for.
pub(super) fn spec_of(fact: &Event) -> Option<SpecId> {
    match fact.subject()? {
        Subject::Planning { spec, .. } => Some(*spec),
        Subject::Run { .. } | Subject::Merge { .. } => None,
    }
}

impl Attempts {
    /// Something happened to a call.
    pub(super) fn hear(&mut self, fact: &Event) {
        let Some(Subject::Planning { phase, attempt, .. }) = fact.subject() else { return };
        self.all.hear(fact);
        if let Ok(phase) = phase.as_str().parse::<Phase>() {
            self.change(phase, *attempt, |known| known.calls.hear(fact));
        }
    }
}
