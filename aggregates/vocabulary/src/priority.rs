//! How much a thing matters.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How much a thing matters; the greatest is [`Priority::Critical`].
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Priority {
    /// When there is nothing else to do.
    Low,
    /// As it comes.
    #[default]
    Medium,
    /// Before the others.
    High,
    /// Before everything.
    Critical,
}

/// The text is no [`Priority`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a priority is one of critical, high, medium, low")]
pub struct InvalidPriority;

impl Priority {
    /// Every priority, the greatest first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// The priority as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl FromStr for Priority {
    type Err = InvalidPriority;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|priority| priority.as_str() == text).ok_or(InvalidPriority)
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn critical_is_the_greatest() {
        assert!(Priority::ALL.is_sorted_by(|greater, smaller| greater > smaller));
        assert_eq!(Priority::ALL.into_iter().max(), Some(Priority::Critical));
        assert_eq!(Priority::default(), Priority::Medium);
    }

    #[test]
    fn a_priority_is_written_and_read_as_one_word() {
        for priority in Priority::ALL {
            assert_eq!(priority.to_string().parse(), Ok(priority));
            assert_eq!(serde_json::to_value(priority).unwrap(), json!(priority.as_str()));
            assert_eq!(serde_json::from_value::<Priority>(json!(priority.as_str())).unwrap(), priority);
        }
        assert_eq!("urgent".parse::<Priority>(), Err(InvalidPriority));
        assert_eq!("High".parse::<Priority>(), Err(InvalidPriority));
    }
}
