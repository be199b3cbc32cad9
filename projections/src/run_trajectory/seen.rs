//! How much was seen of an agent.

use execution::trajectory::Event;
use kernel::{EventKind as _, Timestamp};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::spec_workspace::Calls;

/// What was seen of an agent, counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SeenOfRun")]
pub struct Seen {
    /// Turns that it began.
    pub turns: u32,
    /// Times that it said something.
    pub messages: u32,
    /// Times that it thought something.
    pub thoughts: u32,
    /// Uses of a tool.
    pub tools: u32,
    /// Times that a file was changed.
    pub files: u32,
    /// Commands that were run.
    pub commands: u32,
    /// Of these, commands that did not end with 0.
    pub failed_commands: u32,
    /// Events of any kind.
    pub events: u64,
    /// The calls to models, their tokens and what they cost.
    pub calls: Calls,
    /// When something was first seen; `null` before.
    pub first_at: Option<Timestamp>,
    /// When something was last seen.
    pub last_at: Option<Timestamp>,
    /// What was last seen; `null` before.
    pub last: Option<Activity>,
}

/// Something that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "SeenActivity")]
pub struct Activity {
    /// The type of the event, e.g. `trajectory.command_ran`.
    pub r#type: String,
    /// In which turn; `null` when it belongs to none.
    pub turn: Option<u32>,
}

impl Seen {
    pub(super) fn note(&mut self, fact: &Event, at: Timestamp) {
        self.count(fact);
        self.calls.hear(fact);
        self.events = self.events.saturating_add(1);
        self.first_at.get_or_insert(at);
        self.last_at = Some(at);
        self.last = Some(Activity { r#type: fact.event_type().to_owned(), turn: turn_of(fact) });
    }

    fn count(&mut self, fact: &Event) {
        let counted = match fact {
            Event::TurnStarted { .. } => &mut self.turns,
            Event::MessageEmitted { .. } => &mut self.messages,
            Event::ThoughtEmitted { .. } => &mut self.thoughts,
            Event::ToolCalled { .. } | Event::McpCallMade { .. } => &mut self.tools,
            Event::FileChanged { .. } => &mut self.files,
            Event::CommandRan { exit, .. } => {
                if *exit != Some(0) {
                    self.failed_commands = self.failed_commands.saturating_add(1);
                }
                &mut self.commands
            }
            _ => return,
        };
        *counted = counted.saturating_add(1);
    }
}

const fn turn_of(fact: &Event) -> Option<u32> {
    match fact {
        Event::TurnStarted { turn, .. }
        | Event::TurnEnded { turn, .. }
        | Event::MessageEmitted { turn, .. }
        | Event::ThoughtEmitted { turn, .. }
        | Event::ToolCalled { turn, .. }
        | Event::ToolReturned { turn, .. }
        | Event::FileChanged { turn, .. }
        | Event::CommandRan { turn, .. }
        | Event::PlanUpdated { turn, .. }
        | Event::QuestionRaised { turn, .. } => Some(*turn),
        Event::LlmCallStarted { .. }
        | Event::LlmCallFinished { .. }
        | Event::LlmCallAmbiguous { .. }
        | Event::UsageRecorded { .. }
        | Event::McpCallMade { .. }
        | Event::EgressAttempted { .. }
        | Event::EgressEnded { .. }
        | Event::Noted { .. } => None,
    }
}
