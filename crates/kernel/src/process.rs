//! What one event causes elsewhere: pure, so a replay asks for the same actions with the same ids.

use crate::{CommandId, Recorded, derived_uuid};

/// A process manager. It folds events into its own state and asks for actions; it never performs them.
pub trait Process: Default + Send + Sync + 'static {
    /// Names the process in command ids and in the database; for ever.
    const NAME: &'static str;
    /// The events it reacts to.
    type Event;
    /// What it asks for.
    type Action;

    /// Folds `event` and answers what it causes.
    fn react(&mut self, event: &Recorded<Self::Event>) -> Vec<Action<Self::Action>>;
}

/// One thing a process asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action<A> {
    /// Chosen by name in `react`, never an ordinal: adding an action must not rename its neighbours.
    pub key: &'static str,
    /// The stream it acts on, part of its identity.
    pub target: String,
    /// What to do.
    pub body: A,
}

impl<A> Action<A> {
    /// The id of the command this action becomes when `trigger` caused it: the same on every replay.
    #[must_use]
    pub fn command_id<E>(&self, process: &str, trigger: &Recorded<E>) -> CommandId {
        CommandId(derived_uuid(&[
            process.as_bytes(),
            trigger.envelope.event_id.0.as_bytes(),
            self.key.as_bytes(),
            self.target.as_bytes(),
        ]))
    }
}
