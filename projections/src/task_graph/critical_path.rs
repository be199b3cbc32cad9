//! Which open tasks decide when everything is done: the longest chain by effort.

use std::cmp::Reverse;

use super::graph::Graph;
use super::layout::layers;

/// The longest chain by the minutes of its tasks, from the first to the last; of equal ones the first by the
/// numbers of its nodes. Nodes without minutes (done or given up) lengthen no chain and never stand on it, but a
/// chain leads through them. Empty when no node has minutes.
pub(super) fn critical_path(graph: &Graph, minutes: &[Option<u32>]) -> Vec<usize> {
    let chains = Chains::of(graph, minutes);
    let open = (0..minutes.len()).filter(|node| minutes[*node].is_some());
    std::iter::successors(chains.longest(open), |node| chains.next[*node]).collect()
}

/// The longest chain that begins at each node.
struct Chains {
    /// Its minutes.
    length: Vec<u64>,
    /// The open node it begins with: the node itself if that is open.
    head: Vec<Option<usize>>,
    /// What follows an open node on it.
    next: Vec<Option<usize>>,
}

impl Chains {
    fn of(graph: &Graph, minutes: &[Option<u32>]) -> Self {
        let count = minutes.len();
        let mut chains = Self { length: vec![0; count], head: vec![None; count], next: vec![None; count] };
        let layers = layers(graph);
        let mut dependants_first: Vec<usize> = (0..count).collect();
        dependants_first.sort_by_key(|node| Reverse(layers[*node]));
        for node in dependants_first {
            let heads = graph.dependants[node].iter().filter_map(|dependant| chains.head[*dependant]);
            let next = chains.longest(heads);
            let rest = next.map_or(0, |next| chains.length[next]);
            chains.length[node] = u64::from(minutes[node].unwrap_or(0)) + rest;
            (chains.head[node], chains.next[node]) = match minutes[node] {
                Some(_) => (Some(node), next),
                None => (next, None),
            };
        }
        chains
    }

    fn longest(&self, heads: impl Iterator<Item = usize>) -> Option<usize> {
        heads.max_by_key(|head| (self.length[*head], Reverse(*head)))
    }
}

#[cfg(test)]
mod tests {
    use kernel::Uuid;
    use proptest::prelude::*;

    use super::*;
    use crate::task_graph::graph::{Edge, Node};

    fn graph(nodes: usize, edges: &[(usize, usize)]) -> Graph {
        let id = |node: usize| Uuid::from_u128(node as u128);
        let edge = |(from, to): &(usize, usize)| Edge { from: id(*from), to: id(*to), position: 1 };
        let nodes = (0..nodes).map(|node| Node { first_position: 1, id: id(node) });
        Graph::new(nodes.collect(), &edges.iter().map(edge).collect::<Vec<_>>())
    }

    #[test]
    fn the_longest_chain_is_longest_by_effort_not_by_tasks() {
        let graph = graph(5, &[(0, 1), (1, 2), (3, 4)]);
        assert_eq!(critical_path(&graph, &[Some(60), Some(60), Some(60), Some(200), Some(1)]), [3, 4]);
    }

    #[test]
    fn what_is_done_counts_nothing_and_never_stands_on_it() {
        let graph = graph(5, &[(0, 1), (1, 2), (3, 4)]);
        assert_eq!(critical_path(&graph, &[None, Some(60), Some(60), Some(100), None]), [1, 2]);
        assert_eq!(critical_path(&graph, &[Some(60), None, Some(60), Some(100), None]), [0, 2]);
    }

    #[test]
    fn when_nothing_is_open_nothing_is_critical() {
        assert_eq!(critical_path(&graph(2, &[(0, 1)]), &[None, None]), [0; 0]);
        assert_eq!(critical_path(&graph(0, &[]), &[]), [0; 0]);
    }

    #[test]
    fn of_equal_chains_the_one_that_came_first_is_critical() {
        let graph = graph(6, &[(1, 4), (1, 5), (0, 2), (0, 3)]);
        assert_eq!(critical_path(&graph, &[Some(60); 6]), [0, 2]);
    }

    /// Every chain, open nodes only.
    fn chains(graph: &Graph, minutes: &[Option<u32>], from: usize) -> Vec<Vec<usize>> {
        let mut chains: Vec<Vec<usize>> = vec![Vec::new()];
        chains.extend(graph.dependants[from].iter().flat_map(|to| self::chains(graph, minutes, *to)));
        if minutes[from].is_some() {
            chains.iter_mut().for_each(|chain| chain.insert(0, from));
        }
        chains
    }

    proptest! {
        #[test]
        fn no_chain_is_longer_and_no_equal_one_came_before(
            pairs in prop::collection::vec((0_usize..9, 0_usize..9), 0..20),
            minutes in prop::collection::vec(prop::option::of(1_u32..5), 9),
        ) {
            // Against the order of the numbers as well as with it: 0 < 2 < 4 … < 1 < 3 < 5 …
            let rank = |node: usize| (node % 2, node);
            let upwards = pairs.into_iter().filter(|(a, b)| rank(*a) < rank(*b)).collect::<Vec<_>>();
            let graph = graph(9, &upwards);
            let all = (0..9).flat_map(|from| chains(&graph, &minutes, from));
            let length = |chain: &Vec<usize>| chain.iter().filter_map(|node| minutes[*node]).sum::<u32>();
            let best = all.max_by_key(|chain| (length(chain), Reverse(chain.clone()))).unwrap();
            prop_assert_eq!(critical_path(&graph, &minutes), best);
        }
    }
}
