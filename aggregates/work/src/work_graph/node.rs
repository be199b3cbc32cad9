//! What the edges join.

use std::fmt;

use kernel::Uuid;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::Name;

/// A task or a ticket, as far as the graph needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Node {
    /// The task's or the ticket's id.
    pub id: Uuid,
    /// Which of the two it is.
    pub kind: NodeKind,
    /// What people call it, e.g. `TSK-003`: a refusal names a cycle by it.
    pub number: Name,
}

/// What a node is. Edges join only nodes of one kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum NodeKind {
    /// A task.
    Task,
    /// A ticket.
    Ticket,
}

/// A node with what it waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct PlannedNode {
    /// The dependant.
    pub node: Node,
    /// What must be done before it; in any order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub prerequisites: Vec<Node>,
}

/// What another version of a plan changes about edges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EdgeChanges {
    /// Edges that go, each from the prerequisite to the dependant.
    pub removed: Vec<(Node, Node)>,
    /// New nodes, as in a plan.
    pub planned: Vec<PlannedNode>,
    /// Edges that come to nodes that are there.
    pub added: Vec<(Node, Node)>,
}

impl EdgeChanges {
    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.planned.is_empty() && self.added.is_empty()
    }
}

impl NodeKind {
    /// The kind as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Ticket => "ticket",
        }
    }
}

impl fmt::Display for NodeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number.fmt(f)
    }
}
