//! What may be asked of a work graph.

use super::{EdgeChanges, Node, PlannedNode};

/// An order to a project's work graph. The caller has checked that the nodes exist in the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Takes in new nodes with their prerequisites, a whole plan at once: they may be each other's.
    PlanEdges {
        /// The new nodes.
        nodes: Vec<PlannedNode>,
    },
    /// Makes the edges those of another version of a plan.
    ChangeEdges(EdgeChanges),
    /// Makes one node wait for another.
    AddEdge {
        /// The prerequisite.
        from: Node,
        /// The dependant.
        to: Node,
    },
    /// Makes it wait no longer.
    RemoveEdge {
        /// The prerequisite.
        from: Node,
        /// The dependant.
        to: Node,
    },
}
