//! What may have happened to an intervention. These names and fields are for ever.

use kernel::EventKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::Reason;

use super::Request;

/// A fact about an intervention.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// Somebody has stepped into a run.
    #[serde(rename = "intervention.requested")]
    Requested(Request),
    /// It came through.
    #[serde(rename = "intervention.delivered")]
    Delivered {
        /// The turn that has the words, or that was ended.
        turn: u32,
    },
    /// It did not come through, or nobody knows.
    #[serde(rename = "intervention.delivery_failed")]
    DeliveryFailed {
        /// Why.
        reason: Reason,
    },
    /// The run was over first.
    #[serde(rename = "intervention.expired")]
    Expired,
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] = &[
        ("intervention.requested", 1),
        ("intervention.delivered", 1),
        ("intervention.delivery_failed", 1),
        ("intervention.expired", 1),
    ];

    fn event_type(&self) -> &'static str {
        match self {
            Self::Requested(_) => "intervention.requested",
            Self::Delivered { .. } => "intervention.delivered",
            Self::DeliveryFailed { .. } => "intervention.delivery_failed",
            Self::Expired => "intervention.expired",
        }
    }
}
