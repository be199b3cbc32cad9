//! Where the nodes of a graph stand: a pure function of nodes and edges, so everyone sees the same picture.
//!
//! A node stands right of all its prerequisites, in the layer after the last of them (`layers`). Within the
//! layers few edges cross, and what was placed keeps its order (`order`): a new leaf (a node that nothing
//! depends on yet) moves nothing outside its own layer. Nodes without any edge stand in a block at the end of the
//! first layer; the first dependant of one takes it out, to the end of those before the block, which closes up.

mod layers;
mod order;
mod picture;
mod sift;
#[cfg(test)]
mod tests;
mod untangle;

use super::graph::Graph;

pub(super) use layers::layers;

/// Where a node stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    /// The layer, from 0; an edge leads to a greater one.
    pub x: usize,
    /// The place in the layer from the top, from 0, without gaps.
    pub y: usize,
}

/// The places of the nodes, by number.
pub(super) fn layout(graph: &Graph) -> Vec<Place> {
    order::order(graph, &layers(graph))
}
