//! A picture as far as it is drawn.

use std::cmp::Ordering;

use super::Place;
use crate::task_graph::graph::Graph;

/// An edge by the numbers of its nodes.
pub(super) type Line = (usize, usize);

/// The nodes that are placed, and the lines between them.
pub(super) struct Picture<'a> {
    pub graph: &'a Graph,
    /// From left to right, each from the top.
    pub layers: Vec<Vec<usize>>,
    /// By number; `y` means nothing before a node is placed.
    pub places: Vec<Place>,
    placed: Vec<bool>,
    /// The edges between nodes that are placed.
    pub lines: Vec<Line>,
    /// Pairs of lines that may still be compared.
    pub comparisons: usize,
}

impl<'a> Picture<'a> {
    /// An empty one, for a graph whose nodes belong to the layers `x`.
    pub(super) fn new(graph: &'a Graph, x: &[usize], comparisons: usize) -> Self {
        Self {
            graph,
            layers: vec![Vec::new(); x.iter().max().map_or(0, |last| last + 1)],
            places: x.iter().map(|x| Place { x: *x, y: 0 }).collect(),
            placed: vec![false; x.len()],
            lines: Vec::new(),
            comparisons,
        }
    }

    /// Places a node at the end of its layer.
    pub(super) fn push(&mut self, node: usize) {
        let Place { x, y } = &mut self.places[node];
        *y = self.layers[*x].len();
        self.layers[*x].push(node);
        self.placed[node] = true;
        let lines: Vec<Line> = self.lines_at(node).collect();
        self.lines.extend(lines);
    }

    /// The lines that end at a node.
    pub(super) fn lines_at(&self, node: usize) -> impl Iterator<Item = Line> {
        let is_placed = |node: &&usize| self.placed[**node];
        let from = self.graph.prerequisites[node].iter().filter(is_placed).map(move |from| (*from, node));
        from.chain(self.graph.dependants[node].iter().filter(is_placed).map(move |to| (node, *to)))
    }

    /// Gives a layer another order.
    pub(super) fn arrange(&mut self, x: usize, layer: Vec<usize>) {
        for (y, node) in layer.iter().enumerate() {
            self.places[*node].y = y;
        }
        self.layers[x] = layer;
    }

    /// Where those of `nodes` stand in their layers that are placed.
    pub(super) fn places_of(&self, nodes: &[usize]) -> impl Iterator<Item = usize> {
        nodes.iter().filter(|node| self.placed[**node]).map(|node| self.places[*node].y)
    }

    /// Compares two nodes by the mean place of their prerequisites (without dividing), then by number.
    pub(super) fn by_barycentre(&self, a: usize, b: usize) -> Ordering {
        let [(sum, count), (other_sum, other_count)] = [a, b].map(|node| {
            let prerequisites = &self.graph.prerequisites[node];
            (self.places_of(prerequisites).sum::<usize>(), self.places_of(prerequisites).count())
        });
        (sum * other_count).cmp(&(other_sum * count)).then(a.cmp(&b))
    }
}
