//! The aggregate both sides carry: one kind of command, one event with a payload of 394 bytes.

use commands::{Handled, Permission, Site};
use eventstore::Guard;
use kernel::{Decider, EventKind, Rejection};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Bytes of one stored payload.
pub(crate) const PAYLOAD_BYTES: usize = 394;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ledger {
    pub(crate) entries: i64,
    pub(crate) total: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct Enter {
    pub(crate) amount: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub(crate) enum Event {
    #[serde(rename = "ledger.entered")]
    Entered { amount: i64, note: String },
}

#[derive(Debug, thiserror::Error)]
#[error("the ledger is full")]
pub(crate) struct Full;

impl Rejection for Full {
    fn code(&self) -> &'static str {
        "full"
    }
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[("ledger.entered", 1)];

    fn event_type(&self) -> &'static str {
        "ledger.entered"
    }
}

impl Event {
    pub(crate) fn entered(amount: i64) -> Self {
        let fixed = r#"{"$type":"ledger.entered","amount":,"note":""}"#.len();
        let digits = amount.to_string().len();
        Self::Entered { amount, note: "x".repeat(PAYLOAD_BYTES - fixed - digits) }
    }
}

impl Decider for Ledger {
    const TYPE: &'static str = "ledger";
    const LOGIC_VERSION: i32 = 1;
    type Command = Enter;
    type Event = Event;
    type Rejection = Full;

    fn decide(&self, command: Enter) -> Result<Vec<Event>, Full> {
        if self.entries == i64::MAX { Err(Full) } else { Ok(vec![Event::entered(command.amount)]) }
    }

    fn evolve(&mut self, event: &Event) {
        let Event::Entered { amount, .. } = event;
        self.entries += 1;
        self.total += amount;
    }
}

impl Handled for Ledger {
    type Rules = ();

    fn permission(_: &Enter) -> Permission {
        Permission::WriteTasks
    }

    fn guards(&self, _: &Site<'_, ()>, _: &[Event]) -> Vec<Guard> {
        Vec::new()
    }
}
