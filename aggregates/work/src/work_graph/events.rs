//! What may have happened to a work graph. These names and fields are for ever.

use kernel::EventKind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Node, PlannedNode};

/// A fact about a work graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "$type")]
pub enum Event {
    /// New nodes came with their prerequisites.
    #[serde(rename = "work_graph.edges_planned")]
    EdgesPlanned {
        /// The nodes that were new, in the order of the plan.
        nodes: Vec<PlannedNode>,
    },
    /// One node waits for another.
    #[serde(rename = "work_graph.edge_added")]
    EdgeAdded {
        /// The prerequisite.
        from: Node,
        /// The dependant.
        to: Node,
    },
    /// One node waits for another no longer.
    #[serde(rename = "work_graph.edge_removed")]
    EdgeRemoved {
        /// The node that was the prerequisite.
        from: Node,
        /// The node that was the dependant.
        to: Node,
    },
}

impl EventKind for Event {
    const TYPES: &'static [(&'static str, i32)] =
        &[("work_graph.edges_planned", 1), ("work_graph.edge_added", 1), ("work_graph.edge_removed", 1)];

    fn event_type(&self) -> &'static str {
        match self {
            Self::EdgesPlanned { .. } => "work_graph.edges_planned",
            Self::EdgeAdded { .. } => "work_graph.edge_added",
            Self::EdgeRemoved { .. } => "work_graph.edge_removed",
        }
    }
}
