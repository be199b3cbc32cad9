//! Where a node of a layer stands best among the others.
//!
//! Two nodes are compared by the places of their neighbours, as if those stood in the layers beside them.

use super::picture::Picture;

/// For each place of a neighbour: what it costs to stand before a node with a neighbour there instead of after
/// it. One more crossing for each own neighbour below, one less for each above.
struct Costs {
    left: Vec<isize>,
    right: Vec<isize>,
}

impl Costs {
    fn of(picture: &Picture<'_>, node: usize) -> Self {
        let height = picture.layers.iter().map(Vec::len).max().unwrap_or(0);
        let costs = |neighbours: &[usize]| {
            let mut at = vec![0_isize; height];
            let mut below = 0;
            for place in picture.places_of(neighbours) {
                at[place] += 1;
                below += 1;
            }
            let mut above = 0;
            for cost in &mut at {
                let here = *cost;
                below -= here;
                *cost = below - above;
                above += here;
            }
            at
        };
        let graph = picture.graph;
        Self { left: costs(&graph.prerequisites[node]), right: costs(&graph.dependants[node]) }
    }

    fn before(&self, picture: &Picture<'_>, other: usize) -> isize {
        let left = picture.places_of(&picture.graph.prerequisites[other]).map(|place| self.left[place]);
        let right = picture.places_of(&picture.graph.dependants[other]).map(|place| self.right[place]);
        left.sum::<isize>() + right.sum::<isize>()
    }
}

/// The place in `layer`, from `first` on, where the node at `from` crosses least; `from` when none is better.
pub(super) fn best_place(picture: &Picture<'_>, layer: &[usize], first: usize, from: usize) -> usize {
    let costs = Costs::of(picture, layer[from]);
    let upwards = layer[..from].iter().enumerate().skip(first).rev().scan(0, |cost, (to, other)| {
        *cost += costs.before(picture, *other);
        Some((*cost, to))
    });
    let downwards = layer.iter().enumerate().skip(from + 1).scan(0, |cost, (to, other)| {
        *cost -= costs.before(picture, *other);
        Some((*cost, to))
    });
    let better = upwards.chain(downwards).filter(|(cost, _)| *cost < 0);
    better.min_by_key(|(cost, _)| *cost).map_or(from, |(_, to)| to)
}
