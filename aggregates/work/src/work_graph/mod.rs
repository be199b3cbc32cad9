//! The work graph of a project: which task waits for which task, which ticket for which ticket.
//!
//! One a project; its stream's id is the project's. An edge leads from a prerequisite to its dependant.
//! The graph is there from the start, empty, and has no lifecycle of its own; an edge has one:
//!
//! ```text
//!            plan edges, add edge
//!   absent ----------------------> present
//!          <----------------------
//!                remove edge
//! ```
//!
//! | the edge is                | plan edges                             | add edge        | remove edge     |
//! |----------------------------|----------------------------------------|-----------------|-----------------|
//! | absent, its dependant new  | edges_planned                          | edge_added      | nothing         |
//! | absent, its dependant known| already_planned                        | edge_added      | nothing         |
//! | present                    | nothing                                | nothing         | edge_removed    |
//! | one that closes a cycle    | cycle                                  | cycle           | nothing         |
//! | from a node to itself      | cycle                                  | cycle           | nothing         |
//! | between different kinds    | different_kinds                        | different_kinds | different_kinds |
//!
//! `ChangeEdges` is all three at once, for a plan that has changed: edges go, new nodes come, edges come.
//!
//! Invariants: the edges close no cycle; an edge joins two tasks or two tickets; a node is planned once, with
//! one set of prerequisites; a repeated command changes nothing. Whether a node exists, and whether its work
//! has begun (edges are then fixed), is known to its own aggregate: the caller checks it there.

mod commands;
mod cycle;
mod decide;
mod events;
mod id_set;
mod node;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use kernel::Uuid;
use serde::{Deserialize, Serialize};
use vocabulary::Name;

use self::id_set::IdSet;

pub use self::commands::Command;
pub use self::decide::Rejection;
pub use self::events::Event;
pub use self::node::{EdgeChanges, Node, NodeKind, PlannedNode};

/// The nodes of a project that edges have mentioned. Made for 10 000 nodes with 30 000 edges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkGraph {
    nodes: BTreeMap<Uuid, Vertex>,
}

/// What is kept of a node. Edges are stored once, at the dependant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Vertex {
    kind: NodeKind,
    number: Name,
    #[serde(default, skip_serializing_if = "IdSet::is_empty")]
    prerequisites: IdSet,
}

impl WorkGraph {
    /// A node that was planned or mentioned.
    #[must_use]
    pub fn node(&self, id: Uuid) -> Option<Node> {
        let Vertex { kind, number, .. } = self.nodes.get(&id)?;
        Some(Node { id, kind: *kind, number: number.clone() })
    }

    /// What `id` waits for itself, in the order of ids; nothing for an unknown node.
    pub fn prerequisites_of(&self, id: Uuid) -> impl Iterator<Item = Uuid> {
        self.prerequisites(id).into_iter().flatten().copied()
    }

    /// What waits for `id` itself, in the order of ids. Looks at every node of the project.
    pub fn dependants_of(&self, id: Uuid) -> impl Iterator<Item = Uuid> {
        self.nodes
            .iter()
            .filter(move |(_, vertex)| vertex.prerequisites.contains(id))
            .map(|(dependant, _)| *dependant)
    }

    /// Whether `to` waits for `from`.
    #[must_use]
    pub fn has_edge(&self, from: Uuid, to: Uuid) -> bool {
        self.prerequisites(to).is_some_and(|prerequisites| prerequisites.contains(from))
    }

    fn prerequisites(&self, id: Uuid) -> Option<&IdSet> {
        self.nodes.get(&id).map(|vertex| &vertex.prerequisites)
    }

    /// The vertex of `node`. What it was called first stays: kind and number never change.
    fn vertex(&mut self, node: &Node) -> &mut Vertex {
        self.nodes.entry(node.id).or_insert_with(|| Vertex {
            kind: node.kind,
            number: node.number.clone(),
            prerequisites: IdSet::default(),
        })
    }

    fn join(&mut self, from: &Node, to: &Node) {
        self.vertex(from);
        self.vertex(to).prerequisites.insert(from.id);
    }
}

impl kernel::Decider for WorkGraph {
    const TYPE: &'static str = "work_graph";
    const LOGIC_VERSION: i32 = 1;

    type Command = Command;
    type Event = Event;
    type Rejection = Rejection;

    fn decide(&self, command: Command) -> Result<Vec<Event>, Rejection> {
        decide::decide(self, command)
    }

    fn evolve(&mut self, event: &Event) {
        match event {
            Event::EdgesPlanned { nodes } => {
                for PlannedNode { node, prerequisites } in nodes {
                    self.vertex(node);
                    prerequisites.iter().for_each(|prerequisite| self.join(prerequisite, node));
                }
            }
            Event::EdgeAdded { from, to } => self.join(from, to),
            Event::EdgeRemoved { from, to } => {
                if let Some(dependant) = self.nodes.get_mut(&to.id) {
                    dependant.prerequisites.remove(from.id);
                }
            }
        }
    }
}
