//! What one event causes elsewhere: pure, so a replay asks for the same actions with the same ids.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::{CommandId, EventId, Recorded, Timestamp, Uuid, derived_uuid};

/// A process manager. It keeps what it has to know in small rows, a row a thing it follows, so that an event costs
/// the same however large a project is; it asks for actions and never performs them.
pub trait Process: Send + Sync + 'static {
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
    /// What it knows of one thing; `()` for a process that has to know nothing.
    type Row: Default + Clone + PartialEq + Send + Sync;

    /// The rows that the news is about, as the news alone tells.
    fn recalls(news: &News<'_, Self::Event, Self::Action>) -> Vec<Uuid> {
        let _ = news;
        Vec::new()
    }

    /// Further rows that it takes to react, as the ones in `memory` tell.
    fn leads_to(news: &News<'_, Self::Event, Self::Action>, memory: &Memory<Self::Row>) -> Vec<Uuid> {
        let _ = (news, memory);
        Vec::new()
    }

    /// Folds the news into `memory`, which holds the rows of `recalls` and `leads_to`, and answers what it causes.
    fn react(
        news: &News<'_, Self::Event, Self::Action>,
        memory: &mut Memory<Self::Row>,
    ) -> Vec<Action<Self::Action>>;
}

/// What a process hears.
#[derive(Debug)]
pub enum News<'a, E, A> {
    /// Something happened.
    Happened(&'a Recorded<E>),
    /// An action was refused and is not tried again; nothing for most, because an aggregate refuses what is no
    /// longer so.
    Refused {
        /// What was asked for.
        action: &'a A,
        /// Why not.
        code: &'a str,
    },
}

/// The rows of a process under one root (the project, else the organization), by what they are about.
#[derive(Clone, Debug, PartialEq)]
pub struct Memory<R>(BTreeMap<Uuid, R>);

impl<R> Default for Memory<R> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<R: Default> Memory<R> {
    /// What is known of `id`.
    #[must_use]
    pub fn get(&self, id: Uuid) -> Option<&R> {
        self.0.get(&id)
    }

    /// What is known of `id`, to be changed; nothing yet is the default.
    pub fn of(&mut self, id: Uuid) -> &mut R {
        self.0.entry(id).or_default()
    }

    /// Whether the row is here, or is known not to be anywhere.
    #[must_use]
    pub fn has(&self, id: Uuid) -> bool {
        self.0.contains_key(&id)
    }

    /// Takes a row in.
    pub fn put(&mut self, id: Uuid, row: R) {
        self.0.insert(id, row);
    }

    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = (Uuid, &R)> {
        self.0.iter().map(|(id, row)| (*id, row))
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
