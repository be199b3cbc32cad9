use kernel::Uuid;
use proptest::prelude::*;
use proptest::sample::Index;

use super::*;
use crate::task_graph::graph::{Edge, Node};

mod fixtures;

fn node(number: usize) -> Node {
    Node { first_position: number as i64, id: Uuid::from_u128(number as u128) }
}

fn edge((from, to): (usize, usize), position: i64) -> Edge {
    Edge { from: node(from).id, to: node(to).id, position }
}

/// Nodes 0, 1, … in the order of first position, with edges that one event added.
fn planned(nodes: usize, edges: &[(usize, usize)]) -> Graph {
    let edges: Vec<Edge> = edges.iter().map(|ends| edge(*ends, 100)).collect();
    Graph::new((0..nodes).map(node).collect(), &edges)
}

/// The same with edges that were added so many at a time.
fn grown(nodes: usize, edges: &[(usize, usize)], at_a_time: usize) -> Graph {
    Graph::new((0..nodes).map(node).collect(), &added(edges, at_a_time))
}

fn added(edges: &[(usize, usize)], at_a_time: usize) -> Vec<Edge> {
    let positions = (0..edges.len()).map(|edge| 100 + (edge / at_a_time) as i64);
    edges.iter().zip(positions).map(|(ends, position)| edge(*ends, position)).collect()
}

/// The same with one node more, whose edges came later.
fn with_leaf(nodes: usize, edges: &[(usize, usize)], at_a_time: usize, prerequisites: &[Index]) -> Graph {
    let mut edges = added(edges, at_a_time);
    edges.extend(prerequisites.iter().map(|prerequisite| edge((prerequisite.index(nodes), nodes), 1_000)));
    Graph::new((0..=nodes).map(node).collect(), &edges)
}

/// The layers from left to right, each from the top.
fn picture(graph: &Graph) -> Vec<Vec<usize>> {
    let mut places: Vec<(Place, usize)> = layout(graph).into_iter().zip(0..).collect();
    places.sort_unstable();
    places
        .chunk_by(|a, b| a.0.x == b.0.x)
        .map(|layer| layer.iter().map(|(_, node)| *node).collect())
        .collect()
}

#[test]
fn nothing_has_an_empty_picture() {
    assert_eq!(layout(&planned(0, &[])), []);
}

#[test]
fn a_node_stands_after_the_last_of_its_prerequisites() {
    let picture = picture(&planned(4, &[(0, 1), (1, 2), (0, 2), (0, 3)]));
    assert_eq!(picture, [vec![0], vec![1, 3], vec![2]]);
}

#[test]
fn a_node_stands_near_its_prerequisites() {
    let picture = picture(&planned(6, &[(0, 5), (1, 4), (2, 3)]));
    assert_eq!(picture, [[0, 1, 2], [5, 4, 3]]);
}

#[test]
fn the_sources_of_one_dependant_stand_together() {
    let picture = picture(&planned(6, &[(0, 4), (1, 5), (2, 4), (3, 5)]));
    assert_eq!(picture, [vec![0, 2, 1, 3], vec![4, 5]]);
}

#[test]
fn nodes_without_an_edge_follow_the_sources_in_order_of_first_position() {
    let picture = picture(&planned(5, &[(2, 4)]));
    assert_eq!(picture, [vec![2, 0, 1, 3], vec![4]]);
}

#[test]
fn the_first_dependant_of_a_lone_node_closes_up_the_block_and_moves_nothing_else() {
    let before = picture(&grown(6, &[(2, 4), (2, 5)], 2));
    assert_eq!(before, [vec![2, 0, 1, 3], vec![4, 5]]);
    let after = picture(&grown(7, &[(2, 4), (2, 5), (1, 6)], 2));
    assert_eq!(after, [vec![2, 1, 0, 3], vec![4, 5, 6]]);
}

#[test]
fn a_cycle_is_drawn_somehow() {
    let graph = planned(4, &[(0, 1), (1, 2), (2, 1), (2, 3)]);
    assert_eq!(layout(&graph).len(), 4);
}

#[test]
fn an_edge_to_nowhere_is_left_out() {
    assert_eq!(layout(&planned(1, &[(0, 7), (8, 0)])), [Place { x: 0, y: 0 }]);
}

/// A random acyclic graph: edges lead upwards in a random order of the nodes, so not always to the younger one.
fn dags() -> impl Strategy<Value = (usize, Vec<(usize, usize)>)> {
    (1_usize..30).prop_flat_map(|nodes| {
        let order = Just((0..nodes).collect::<Vec<_>>()).prop_shuffle();
        let pairs = prop::collection::vec((0..nodes, 0..nodes), 0..nodes * 2);
        (order, pairs).prop_map(move |(order, pairs)| {
            let upwards = pairs.into_iter().filter(|(a, b)| a != b).map(|(a, b)| (a.min(b), a.max(b)));
            (nodes, upwards.map(|(a, b)| (order[a], order[b])).collect())
        })
    })
}

proptest! {
    #[test]
    fn every_edge_leads_to_the_right_and_no_place_is_taken_twice(
        (nodes, edges) in dags(),
        at_a_time in 1_usize..50,
    ) {
        let mut places = layout(&grown(nodes, &edges, at_a_time));
        for (from, to) in edges {
            prop_assert!(places[from].x < places[to].x);
        }
        places.sort_unstable();
        prop_assert_eq!(places[0], Place { x: 0, y: 0 });
        for (place, next) in places.iter().zip(&places[1..]) {
            let follows = (next.x == place.x && next.y == place.y + 1) || (next.x == place.x + 1 && next.y == 0);
            prop_assert!(follows, "{:?} after {:?}", next, place);
        }
    }

    #[test]
    fn the_order_of_the_input_changes_nothing(
        (nodes, edges, turn) in dags().prop_flat_map(|(nodes, edges)| {
            let shuffled = Just((0..nodes.max(edges.len())).collect::<Vec<_>>()).prop_shuffle();
            (Just(nodes), Just(edges), shuffled)
        })
    ) {
        let edges: Vec<Edge> = edges.iter().zip(100..).map(|(ends, at)| edge(*ends, at / 4)).collect();
        let shuffled_nodes = turn.iter().filter(|at| **at < nodes).map(|at| node(*at)).collect();
        let shuffled_edges: Vec<Edge> = turn.iter().filter_map(|at| edges.get(*at).copied()).collect();
        let straight = layout(&Graph::new((0..nodes).map(node).collect(), &edges));
        prop_assert_eq!(layout(&Graph::new(shuffled_nodes, &shuffled_edges)), straight);
    }

    #[test]
    fn a_new_leaf_moves_nothing_outside_its_layer(
        (nodes, edges) in dags(),
        at_a_time in 1_usize..50,
        prerequisites in prop::collection::vec(any::<Index>(), 0..4),
    ) {
        let before = grown(nodes, &edges, at_a_time);
        let after = with_leaf(nodes, &edges, at_a_time, &prerequisites);
        let (old, new) = (layout(&before), layout(&after));
        let is_isolated = |node: &usize| before.joined[*node].is_none();
        let block_changed = (0..nodes).any(|node| is_isolated(&node) && after.joined[node].is_some());
        for node in (0..nodes).filter(|node| !(block_changed && is_isolated(node))) {
            if new[node].x == new[nodes].x {
                continue;
            }
            prop_assert_eq!(old[node], new[node], "node {}", node);
        }
    }
}
