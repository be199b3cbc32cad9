//! The aggregate of these tests: it counts, and its one event has been through three versions.

use kernel::{Decider, EventKind, Rejection, Upcast};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counter {
    pub(crate) value: i64,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Command {
    Raise { by: i64, times: usize },
    Clear,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub(crate) enum Event {
    #[serde(rename = "counter.raised")]
    Raised { by: i64 },
    #[serde(rename = "counter.cleared")]
    Cleared,
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[("counter.raised", 3), ("counter.cleared", 1)];
    // Version 2 called `by` the `amount`; version 1 has no way on, which is what a forgotten upcast looks like.
    const UPCASTS: &'static [Upcast] =
        &[Upcast { event_type: "counter.raised", from: 2, apply: amount_to_by }];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Raised { .. } => "counter.raised",
            Self::Cleared => "counter.cleared",
        }
    }
}

fn amount_to_by(mut payload: Value) -> Value {
    if let Some(amount) = payload.as_object_mut().and_then(|fields| fields.remove("amount")) {
        payload["by"] = amount;
    }
    payload
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a counter only grows")]
pub(crate) struct OnlyGrows;

impl Rejection for OnlyGrows {
    fn code(&self) -> &'static str {
        "only_grows"
    }
}

impl Decider for Counter {
    const TYPE: &'static str = "counter";
    const LOGIC_VERSION: i32 = 2;
    type Command = Command;
    type Event = Event;
    type Rejection = OnlyGrows;

    fn decide(&self, command: Command) -> Result<Vec<Event>, OnlyGrows> {
        match command {
            Command::Raise { by, .. } if by <= 0 => Err(OnlyGrows),
            Command::Raise { by, times } => Ok(vec![Event::Raised { by }; times]),
            Command::Clear if self.value == 0 => Ok(Vec::new()),
            Command::Clear => Ok(vec![Event::Cleared]),
        }
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::Raised { by } => self.value += by,
            Event::Cleared => self.value = 0,
        }
    }
}
