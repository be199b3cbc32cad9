//! What may have happened to an agent. These names and fields are for ever.

use kernel::{ActorId, EventKind};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Reason, RunId};

use super::Identity;

/// A fact about an agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// Its first run has ended.
    #[serde(rename = "agent.registered")]
    Registered {
        /// What it is.
        #[serde(flatten)]
        identity: Identity,
    },
    /// Something else drives it than before.
    #[serde(rename = "agent.capabilities_changed")]
    CapabilitiesChanged {
        /// What.
        driver: Name,
    },
    /// A run of it failed by its own fault.
    #[serde(rename = "agent.degraded")]
    Degraded {
        /// Which.
        run: RunId,
        /// What that ended with, e.g. `agent_missing`.
        code: Name,
        /// How many failed so in a row.
        faults: u32,
    },
    /// A run of it worked again.
    #[serde(rename = "agent.recovered")]
    Recovered {
        /// Which.
        run: RunId,
    },
    /// Nothing starts with it by itself any more.
    #[serde(rename = "agent.quarantined")]
    Quarantined {
        /// Why.
        reason: Reason,
        /// Who wants it; none when its faults were too many.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<ActorId>,
    },
    /// A person has released it.
    #[serde(rename = "agent.released")]
    Released {
        /// Who.
        by: ActorId,
    },
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("agent.registered", 1),
        ("agent.capabilities_changed", 1),
        ("agent.degraded", 1),
        ("agent.recovered", 1),
        ("agent.quarantined", 1),
        ("agent.released", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Registered { .. } => "agent.registered",
            Self::CapabilitiesChanged { .. } => "agent.capabilities_changed",
            Self::Degraded { .. } => "agent.degraded",
            Self::Recovered { .. } => "agent.recovered",
            Self::Quarantined { .. } => "agent.quarantined",
            Self::Released { .. } => "agent.released",
        }
    }
}
