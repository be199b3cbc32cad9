//! How work is done in a project.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use vocabulary::{Bounded, CommandLine, Name};

use super::AllowedHosts;

/// How work is done in a project.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Settings {
    /// How many runs may go on at a time.
    pub max_concurrent_runs: ConcurrentRuns,
    /// The agent profile of a task that names none; without one such a task waits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Name>,
    /// What must succeed before a task without commands of its own is completed.
    pub verify: VerifyCommands,
    /// The hosts that agents, and the commands that judge their work, may reach over HTTPS; nobody else.
    #[serde(default, skip_serializing_if = "Bounded::is_empty")]
    pub hosts: AllowedHosts,
}

/// The settings that are to change, or have changed; those left out stay.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Changes {
    /// How many runs may go on at a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_concurrent_runs: Option<ConcurrentRuns>,
    /// The agent profile of a task that names none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<DefaultAgent>,
    /// What must succeed before a task without commands of its own is completed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verify: Option<VerifyCommands>,
    /// The hosts that agents may reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hosts: Option<AllowedHosts>,
}

/// The agent profile that a task without one gets. To have none is a choice of its own, unlike leaving the
/// setting as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schemars(inline)]
pub enum DefaultAgent {
    /// None: the task waits until it is given one.
    None,
    /// This profile.
    Profile {
        /// What the profile is called.
        name: Name,
    },
}

/// How many runs of a project may go on at a time: 1 to 1000, 5 unless it is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u16", into = "u16")]
pub struct ConcurrentRuns(u16);

/// The number is no [`ConcurrentRuns`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a project runs 1 to {max} runs at a time, not {runs}", max = ConcurrentRuns::MAX)]
pub struct InvalidConcurrentRuns {
    /// The number.
    pub runs: u16,
}

/// Command lines that run one after another; as many as a task may have of its own.
pub type VerifyCommands = Bounded<CommandLine, 0, 20>;

impl Settings {
    /// What of `changes` differs from these settings.
    pub(super) fn news(&self, changes: Changes) -> Changes {
        let Changes { max_concurrent_runs, agent, verify, hosts } = changes;
        Changes {
            max_concurrent_runs: max_concurrent_runs.filter(|runs| *runs != self.max_concurrent_runs),
            agent: agent.filter(|agent| agent.name() != self.agent.as_ref()),
            verify: verify.filter(|commands| *commands != self.verify),
            hosts: hosts.filter(|hosts| *hosts != self.hosts),
        }
    }

    pub(super) fn apply(&mut self, changes: &Changes) {
        let Changes { max_concurrent_runs, agent, verify, hosts } = changes;
        if let Some(runs) = max_concurrent_runs {
            self.max_concurrent_runs = *runs;
        }
        if let Some(agent) = agent {
            self.agent = agent.name().cloned();
        }
        if let Some(commands) = verify {
            self.verify = commands.clone();
        }
        if let Some(hosts) = hosts {
            self.hosts = hosts.clone();
        }
    }
}

impl Changes {
    /// Whether every setting stays as it is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl DefaultAgent {
    /// The profile's name, if there is to be one.
    #[must_use]
    pub const fn name(&self) -> Option<&Name> {
        match self {
            Self::None => None,
            Self::Profile { name } => Some(name),
        }
    }
}

impl ConcurrentRuns {
    /// More runs than one installation has had reason for; a limit against a slip of the hand.
    pub const MAX: u16 = 1000;

    /// Checks `runs`.
    ///
    /// # Errors
    /// [`InvalidConcurrentRuns`] for 0 and for more than [`ConcurrentRuns::MAX`].
    pub const fn new(runs: u16) -> Result<Self, InvalidConcurrentRuns> {
        if runs == 0 || runs > Self::MAX {
            return Err(InvalidConcurrentRuns { runs });
        }
        Ok(Self(runs))
    }

    /// The number of runs.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

impl Default for ConcurrentRuns {
    fn default() -> Self {
        Self(5)
    }
}

impl fmt::Display for ConcurrentRuns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl TryFrom<u16> for ConcurrentRuns {
    type Error = InvalidConcurrentRuns;

    fn try_from(runs: u16) -> Result<Self, Self::Error> {
        Self::new(runs)
    }
}

impl From<ConcurrentRuns> for u16 {
    fn from(runs: ConcurrentRuns) -> Self {
        runs.0
    }
}

impl JsonSchema for ConcurrentRuns {
    fn schema_name() -> Cow<'static, str> {
        "ConcurrentRuns".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 1, "maximum": Self::MAX})
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_project_runs_1_to_1000_runs_at_a_time() {
        assert_eq!(Settings::default().max_concurrent_runs.get(), 5);
        assert_eq!(ConcurrentRuns::new(0), Err(InvalidConcurrentRuns { runs: 0 }));
        assert_eq!(ConcurrentRuns::new(1000).map(u16::from), Ok(1000));
        assert_eq!(ConcurrentRuns::new(1001), Err(InvalidConcurrentRuns { runs: 1001 }));
    }

    #[test]
    fn hostile_json_is_refused_with_the_reason() {
        for (hostile, reason) in [
            (json!({"max_concurrent_runs": 0}), "1 to 1000"),
            (json!({"max_concurrent_runs": 70_000}), "u16"),
            (json!({"agent": {"kind": "profile", "name": " "}}), "visible character"),
            (json!({"agent": "claude"}), "DefaultAgent"),
            (json!({"verify": ["a\nb"]}), "control"),
            (json!({"verify": vec!["make"; 21]}), "0 to 20"),
            (json!({"hosts": ["*"]}), "name of a host"),
            (json!({"hosts": vec!["pypi.org"; 101]}), "0 to 100"),
        ] {
            let refused = serde_json::from_value::<Changes>(hostile).unwrap_err();
            assert!(refused.to_string().contains(reason), "{refused}");
        }
    }
}
