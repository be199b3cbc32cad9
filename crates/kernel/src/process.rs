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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ActorId, Envelope, EventId, OrgId, Timestamp};

    fn trigger(event_id: &[u8]) -> Recorded<()> {
        let envelope = Envelope {
            log_id: 1,
            position: 7,
            org_id: OrgId::default(),
            project_id: None,
            aggregate_type: "task".to_owned(),
            aggregate_id: "t".to_owned(),
            sequence: 1,
            event_id: EventId(derived_uuid(&[event_id])),
            event_type: "task.completed".to_owned(),
            schema_version: 1,
            actor: ActorId::default(),
            correlation_id: derived_uuid(&[b"story"]),
            causation_id: None,
            command_id: CommandId::default(),
            epoch: None,
            recorded_at: Timestamp::from_micros(0),
            content_hash: [0; 32],
        };
        Recorded { envelope, metadata: "{}".to_owned(), event: () }
    }

    fn action(key: &'static str, target: &str) -> Action<()> {
        Action { key, target: target.to_owned(), body: () }
    }

    #[test]
    fn a_replay_asks_for_the_same_command() {
        let mut replayed = trigger(b"e");
        replayed.envelope.position = 8;
        assert_eq!(
            action("retry", "task/1").command_id("task_recovery", &trigger(b"e")),
            action("retry", "task/1").command_id("task_recovery", &replayed)
        );
    }

    #[test]
    fn another_process_event_action_or_target_is_another_command() {
        let ids = [
            action("retry", "task/1").command_id("task_recovery", &trigger(b"e")),
            action("retry", "task/1").command_id("task_scheduling", &trigger(b"e")),
            action("retry", "task/1").command_id("task_recovery", &trigger(b"f")),
            action("give_up", "task/1").command_id("task_recovery", &trigger(b"e")),
            action("retry", "task/2").command_id("task_recovery", &trigger(b"e")),
        ];
        for (index, id) in ids.iter().enumerate() {
            assert!(!ids[..index].contains(id), "{index}");
        }
    }
}
