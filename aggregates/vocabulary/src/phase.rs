//! Where work stands on its way to people.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The phase of a ticket's work; a task has the phase it belongs to. Later is greater.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Phase {
    /// Not begun.
    #[default]
    Backlog,
    /// What it must do.
    Requirements,
    /// How it will be built.
    Design,
    /// It is being built.
    Implementation,
    /// It is being tried.
    Testing,
    /// It is on its way to its users.
    Deployment,
    /// Nothing is left to do.
    Done,
}

/// The text is no [`Phase`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a phase is one of backlog, requirements, design, implementation, testing, deployment, done")]
pub struct InvalidPhase;

impl Phase {
    /// Every phase in order.
    pub const ALL: [Self; 7] = [
        Self::Backlog,
        Self::Requirements,
        Self::Design,
        Self::Implementation,
        Self::Testing,
        Self::Deployment,
        Self::Done,
    ];

    /// The phase after this one; none after [`Phase::Done`].
    #[must_use]
    pub const fn next(self) -> Option<Self> {
        match self {
            Self::Backlog => Some(Self::Requirements),
            Self::Requirements => Some(Self::Design),
            Self::Design => Some(Self::Implementation),
            Self::Implementation => Some(Self::Testing),
            Self::Testing => Some(Self::Deployment),
            Self::Deployment => Some(Self::Done),
            Self::Done => None,
        }
    }

    /// The phase as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Backlog => "backlog",
            Self::Requirements => "requirements",
            Self::Design => "design",
            Self::Implementation => "implementation",
            Self::Testing => "testing",
            Self::Deployment => "deployment",
            Self::Done => "done",
        }
    }
}

impl FromStr for Phase {
    type Err = InvalidPhase;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|phase| phase.as_str() == text).ok_or(InvalidPhase)
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_phase_is_followed_by_the_next_greater_one() {
        for pair in Phase::ALL.windows(2) {
            assert!(pair[0] < pair[1]);
            assert_eq!(pair[0].next(), Some(pair[1]));
        }
        assert_eq!(Phase::Done.next(), None);
        assert_eq!(Phase::default(), Phase::Backlog);
    }

    #[test]
    fn a_phase_is_written_and_read_as_one_word() {
        for phase in Phase::ALL {
            assert_eq!(phase.to_string().parse(), Ok(phase));
            assert_eq!(serde_json::to_value(phase).unwrap(), json!(phase.as_str()));
            assert_eq!(serde_json::from_value::<Phase>(json!(phase.as_str())).unwrap(), phase);
        }
        assert_eq!("shipping".parse::<Phase>(), Err(InvalidPhase));
    }
}
