//! The aggregate that the proofs write: each command adds a number that nobody else adds, so a lost or a
//! doubled command shows in the list of its stream.

use kernel::{Decider, EventKind, Rejection};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tally {
    pub(crate) added: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub(crate) enum Event {
    #[serde(rename = "tally.added")]
    Added { command: u64, n: usize },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing is refused here")]
pub(crate) struct Never;

impl Rejection for Never {
    fn code(&self) -> &'static str {
        "never"
    }
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[("tally.added", 1)];

    fn event_type(&self) -> &'static str {
        "tally.added"
    }
}

impl Decider for Tally {
    const TYPE: &'static str = "tally";
    const LOGIC_VERSION: i32 = 1;
    type Command = (u64, usize);
    type Event = Event;
    type Rejection = Never;

    fn decide(&self, (command, events): (u64, usize)) -> Result<Vec<Event>, Never> {
        Ok((0..events).map(|n| Event::Added { command, n }).collect())
    }

    fn evolve(&mut self, Event::Added { .. }: &Event) {
        self.added += 1;
    }
}
