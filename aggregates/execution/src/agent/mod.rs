//! An agent: a profile as an organization has come to know it, by what became of its runs.
//!
//! ```text
//!            its first run ended          its own fault            three in a row
//!   absent ----------------------> fit -----------------> degraded ---------------> quarantined
//!                                   ^                        |                          |
//!                                   +--- a run that worked --+------- the same, --------+
//!                                                                 or a person releases it
//! ```
//!
//! | command | absent | fit | degraded | quarantined |
//! |---|---|---|---|---|
//! | `NoteRun`, it worked | registered | -, or capabilities_changed | recovered | recovered |
//! | `NoteRun`, its own fault | registered degraded | degraded | degraded, the third → quarantined | - |
//! | `NoteRun`, a fault that was counted | | - | - | - |
//! | `Quarantine` | `!not_found` | quarantined | quarantined | - |
//! | `Release` | `!not_found` | `!not_quarantined` | `!not_quarantined` | released |
//!
//! Invariants: what counts is what the agent itself is to blame for: a program that is missing, says nothing or speaks nonsense, not
//! work that does not pass. Nothing starts by itself with an agent in quarantine; a person may try, and one run that works ends it.

mod decide;
mod events;
#[cfg(test)]
mod tests;

use kernel::{ActorId, OrgId, Uuid, derived_uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Reason, RunId};

pub use self::decide::Rejection;
pub use self::events::Event;

/// Runs in a row that fail by the agent's own fault, until nothing starts with it by itself any more.
pub const FAULTS: u32 = 3;

/// Runs whose faults were counted and that are remembered, so that none is counted twice. Runs end in another order than they begin in,
/// but no two ends of one run are further apart than a few others.
const REMEMBERED: usize = 16;

/// An agent as its events have made it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Agent {
    /// No run of it has ended.
    #[default]
    Absent,
    /// It is known.
    Known {
        /// What it is.
        identity: Identity,
        /// How it does.
        health: Health,
        /// The last runs whose faults were counted, the newest at the end.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        counted: Vec<RunId>,
    },
}

/// What an agent is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AgentIdentity")]
pub struct Identity {
    /// The profile.
    pub profile: Name,
    /// What drives it.
    pub driver: Name,
}

/// How an agent does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "health", rename_all = "snake_case")]
#[schemars(rename = "AgentHealth")]
pub enum Health {
    /// Well.
    #[default]
    Fit,
    /// Its last runs failed by its own fault.
    Degraded {
        /// How many in a row.
        faults: u32,
        /// What the last one ended with, e.g. `agent_missing`.
        code: Name,
    },
    /// Nothing starts with it by itself.
    Quarantined {
        /// Why.
        reason: Reason,
    },
}

/// An order to an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A run of it has ended.
    NoteRun {
        /// Which.
        run: RunId,
        /// What the agent is.
        identity: Identity,
        /// What it was to blame for; none when it worked, whatever its work was worth.
        fault: Option<Name>,
    },
    /// A person does not trust it.
    Quarantine {
        /// Why.
        reason: Reason,
        /// Who.
        by: ActorId,
    },
    /// A person trusts it again.
    Release {
        /// Who.
        by: ActorId,
    },
}

/// The agent of a profile in an organization: the id follows from the two.
#[must_use]
pub fn of_profile(org: OrgId, profile: &Name) -> Uuid {
    derived_uuid(&[b"agent", org.0.as_bytes(), profile.as_str().as_bytes()])
}

impl Agent {
    /// Why nothing starts with it by itself, if that is so.
    #[must_use]
    pub const fn quarantined(&self) -> Option<&Reason> {
        match self {
            Self::Known { health: Health::Quarantined { reason }, .. } => Some(reason),
            _ => None,
        }
    }
}

impl Health {
    /// What an event makes of it.
    #[must_use]
    pub fn after(&self, event: &Event) -> Self {
        match event {
            Event::Registered { .. } | Event::Recovered { .. } | Event::Released { .. } => Self::Fit,
            Event::CapabilitiesChanged { .. } => self.clone(),
            Event::Degraded { faults, code, .. } => Self::Degraded { faults: *faults, code: code.clone() },
            Event::Quarantined { reason, .. } => Self::Quarantined { reason: reason.clone() },
        }
    }
}

impl kernel::Decider for Agent {
    const TYPE: &'static str = "agent";
    const LOGIC_VERSION: i32 = 2;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        match (&mut *self, event) {
            (agent, Event::Registered { identity }) => {
                let identity = identity.clone();
                *agent = Self::Known { identity, health: Health::Fit, counted: Vec::new() };
            }
            (Self::Absent, _) => {}
            (Self::Known { identity, health, counted }, event) => {
                if let Event::Degraded { run, .. } = event {
                    counted.push(*run);
                    counted.drain(..counted.len().saturating_sub(REMEMBERED));
                }
                if let Event::CapabilitiesChanged { driver } = event {
                    identity.driver.clone_from(driver);
                }
                *health = health.after(event);
            }
        }
    }
}
