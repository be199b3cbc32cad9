//! What one event causes elsewhere: pure, so a replay asks for the same actions with the same ids.

use std::borrow::Cow;

use crate::{CommandId, EventId, Recorded, Timestamp, derived_uuid};

/// A process manager. It folds events into its own state and asks for actions; it never performs them.
pub trait Process: Default + Send + Sync + 'static {
    /// Names the process in command ids and in the database; for ever.
    const NAME: &'static str;
    /// Whether it acts on what happened before it was first started.
    const START: Start;
    /// The aggregates it hears, e.g. `task`.
    const HEARS: &'static [&'static str];
    /// The events it reacts to.
    type Event;
    /// What it asks for.
    type Action;

    /// Folds `event` and answers what it causes.
    fn react(&mut self, event: &Recorded<Self::Event>) -> Vec<Action<Self::Action>>;

    /// Hears that an action was refused, for the reason `code`; it is not tried again. Answers what to do
    /// instead; nothing for most, because an aggregate refuses what is no longer so.
    fn refused(&mut self, action: &Self::Action, code: &str) -> Vec<Action<Self::Action>> {
        let _ = (action, code);
        Vec::new()
    }
}

/// From where a process acts. It folds everything in any case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// From the first event on: what it does belongs to the facts, whenever they happened.
    Origin,
    /// From its activation on: acting on the past would come too late.
    Activation,
}

/// One thing a process asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action<A> {
    /// Chosen by name in `react`, never an ordinal: adding an action must not rename its neighbours.
    pub key: Cow<'static, str>,
    /// The stream it acts on, part of its identity.
    pub target: String,
    /// What to do.
    pub body: A,
    /// Not before then; `None` for at once.
    pub due: Option<Timestamp>,
}

impl<A> Action<A> {
    /// To be done at once.
    pub fn now(key: impl Into<Cow<'static, str>>, target: String, body: A) -> Self {
        Self { key: key.into(), target, body, due: None }
    }

    /// To be done when it is due.
    pub fn at(due: Timestamp, key: impl Into<Cow<'static, str>>, target: String, body: A) -> Self {
        Self { key: key.into(), target, body, due: Some(due) }
    }

    /// The id of the command this action becomes when the event `trigger` caused it: the same on every replay.
    #[must_use]
    pub fn command_id(&self, process: &str, trigger: EventId) -> CommandId {
        CommandId(derived_uuid(&[
            process.as_bytes(),
            trigger.0.as_bytes(),
            self.key.as_bytes(),
            self.target.as_bytes(),
        ]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(process: &str, trigger: &[u8], key: &'static str, target: &str) -> CommandId {
        Action::now(key, target.to_owned(), ()).command_id(process, EventId(derived_uuid(&[trigger])))
    }

    #[test]
    fn a_replay_asks_for_the_same_command() {
        assert_eq!(id("retry_timers", b"e", "retry", "task/1"), id("retry_timers", b"e", "retry", "task/1"));
    }

    #[test]
    fn another_process_event_action_or_target_is_another_command() {
        let ids = [
            id("retry_timers", b"e", "retry", "task/1"),
            id("task_dependencies", b"e", "retry", "task/1"),
            id("retry_timers", b"f", "retry", "task/1"),
            id("retry_timers", b"e", "give_up", "task/1"),
            id("retry_timers", b"e", "retry", "task/2"),
        ];
        for (index, id) in ids.iter().enumerate() {
            assert!(!ids[..index].contains(id), "{index}");
        }
    }
}
