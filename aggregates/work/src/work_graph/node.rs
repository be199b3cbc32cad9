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
