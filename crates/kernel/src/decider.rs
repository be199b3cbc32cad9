//! The shape of an aggregate: decide what happens, evolve by what happened.

use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A pure aggregate. `decide` and `evolve` read no clock, make no ids and wait for nothing.
pub trait Decider: Default + Clone + Send + Sync + 'static {
    /// The aggregate's name in the log, e.g. `project`; for ever.
    const TYPE: &'static str;
    /// Names the logic of [`Decider::evolve`]: raise it when the same events fold to another state, and
    /// every snapshot taken by the older logic is ignored.
    const LOGIC_VERSION: i32;

    /// What may be asked.
    type Command: Send;
    /// What may have happened.
    type Event: EventKind;
    /// Why a command is refused.
    type Rejection: Rejection;

    /// What `command` causes in this state; an empty list is a success that changes nothing.
    ///
    /// # Errors
    /// The rejection names what is so, e.g. `NotRunning`.
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Rejection>;

    /// Folds one event in. Total: any event of the type can follow any other.
    fn evolve(&mut self, event: &Self::Event);
}

/// The events of one aggregate, as a serde enum tagged with `$type`.
pub trait EventKind:
    Serialize + DeserializeOwned + JsonSchema + Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static
{
    /// Every event type with the schema version that is written today.
    const TYPES: &'static [(&'static str, i32)];
    /// How to read what older releases wrote; at most one step for each (type, version).
    const UPCASTS: &'static [Upcast] = &[];

    /// The event's type on the wire, e.g. `project.created`; equals the payload's `$type`.
    fn event_type(&self) -> &'static str;

    /// The schema version this event is written with.
    fn schema_version(&self) -> i32 {
        let mine = self.event_type();
        Self::TYPES.iter().find(|(name, _)| *name == mine).map_or(1, |(_, version)| *version)
    }
}

/// One step from a version of a payload to the next.
#[derive(Clone, Copy, Debug)]
pub struct Upcast {
    /// The event type it reads.
    pub event_type: &'static str,
    /// The schema version it reads; it answers version `from + 1`.
    pub from: i32,
    /// The rewrite of the payload.
    pub apply: fn(serde_json::Value) -> serde_json::Value,
}

/// Why a command was refused, in a form that a client can match on.
pub trait Rejection: std::error::Error + Send + Sync + 'static {
    /// A stable snake_case name, e.g. `not_running`.
    fn code(&self) -> &'static str;
}
