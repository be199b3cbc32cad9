//! Given these events, when this command, then those events: tests of a decider by value.

use crate::{
    ActorId, CommandId, Decider, Envelope, EventId, OrgId, Recorded, Rejection as _, Timestamp, Uuid,
};

/// `event` as if a log held it: the first of its stream, at position 1, of nobody and of no time.
#[must_use]
pub fn recorded<E>(aggregate_type: &str, id: Uuid, event: E) -> Recorded<E> {
    let envelope = Envelope {
        log_id: 1,
        position: 1,
        org_id: OrgId::default(),
        project_id: None,
        aggregate_type: aggregate_type.to_owned(),
        aggregate_id: id.to_string(),
        sequence: 1,
        event_id: EventId::default(),
        event_type: String::new(),
        schema_version: 1,
        actor: ActorId::default(),
        correlation_id: Uuid::nil(),
        causation_id: None,
        command_id: CommandId::default(),
        epoch: None,
        recorded_at: Timestamp::default(),
        content_hash: [0; 32],
    };
    Recorded { envelope, metadata: "{}".to_owned(), event }
}

/// Starts a test from a history; `given::<Project>(&[])` is a stream that does not exist yet.
#[must_use]
pub fn given<D: Decider>(history: &[D::Event]) -> Given<D> {
    let mut state = D::default();
    for event in history {
        state.evolve(event);
    }
    Given { state }
}

/// A folded history.
#[derive(Clone, Debug)]
pub struct Given<D> {
    state: D,
}

impl<D: Decider> Given<D> {
    /// The command under test.
    #[must_use]
    pub fn when(self, command: D::Command) -> When<D> {
        When { decision: self.state.decide(command) }
    }

    /// The folded state, for tests of `evolve`.
    pub fn state(&self) -> &D {
        &self.state
    }
}

/// A decision to compare.
#[derive(Debug)]
pub struct When<D: Decider> {
    decision: Result<Vec<D::Event>, D::Rejection>,
}

impl<D: Decider> When<D> {
    /// Asserts exactly these events.
    ///
    /// # Panics
    /// When the decision differs.
    #[track_caller]
    pub fn then(self, expected: &[D::Event]) {
        match self.decision {
            Ok(events) => assert_eq!(events, expected),
            Err(rejection) => panic!("expected events, was rejected: {rejection}"),
        }
    }

    /// Asserts a rejection by its code.
    ///
    /// # Panics
    /// When the command was accepted or rejected for another reason.
    #[track_caller]
    pub fn then_rejected(self, code: &str) {
        match self.decision {
            Ok(events) => panic!("expected the rejection {code}, got {events:?}"),
            Err(rejection) => assert_eq!(rejection.code(), code, "{rejection}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::*;
    use crate::EventKind;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    #[serde(tag = "$type")]
    enum Event {
        #[serde(rename = "lamp.lit")]
        Lit,
    }

    impl EventKind for Event {
        const TYPES: &'static [(&'static str, i32)] = &[("lamp.lit", 3)];

        fn event_type(&self) -> &'static str {
            "lamp.lit"
        }
    }

    #[derive(Debug, thiserror::Error)]
    #[error("it is lit")]
    struct IsLit;

    impl crate::Rejection for IsLit {
        fn code(&self) -> &'static str {
            "is_lit"
        }
    }

    #[derive(Clone, Debug, Default)]
    struct Lamp {
        lit: bool,
    }

    impl Decider for Lamp {
        const TYPE: &'static str = "lamp";
        const LOGIC_VERSION: i32 = 1;

        type Command = ();
        type Event = Event;
        type Rejection = IsLit;

        fn decide(&self, (): ()) -> Result<Vec<Event>, IsLit> {
            if self.lit { Err(IsLit) } else { Ok(vec![Event::Lit]) }
        }

        fn evolve(&mut self, _: &Event) {
            self.lit = true;
        }
    }

    #[test]
    fn the_decision_is_compared_by_value() {
        given::<Lamp>(&[]).when(()).then(&[Event::Lit]);
        given::<Lamp>(&[Event::Lit]).when(()).then_rejected("is_lit");
    }

    #[test]
    #[should_panic(expected = "assertion")]
    fn other_events_fail_the_test() {
        given::<Lamp>(&[]).when(()).then(&[]);
    }

    #[test]
    #[should_panic(expected = "was rejected: it is lit")]
    fn a_rejection_is_not_an_empty_decision() {
        given::<Lamp>(&[Event::Lit]).when(()).then(&[]);
    }

    #[test]
    #[should_panic(expected = "expected the rejection is_lit")]
    fn a_decision_is_not_a_rejection() {
        given::<Lamp>(&[]).when(()).then_rejected("is_lit");
    }

    #[test]
    #[should_panic(expected = "it is lit")]
    fn another_code_fails_the_test() {
        given::<Lamp>(&[Event::Lit]).when(()).then_rejected("is_broken");
    }

    #[test]
    fn an_event_is_written_with_the_version_of_its_type() {
        assert_eq!(Event::Lit.schema_version(), 3);
    }
}
