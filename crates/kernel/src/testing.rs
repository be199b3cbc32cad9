//! Given these events, when this command, then those events: tests of a decider by value.

use crate::{Decider, Rejection as _};

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
