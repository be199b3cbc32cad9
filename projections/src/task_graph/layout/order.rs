//! The order of the nodes within their layers: with few crossings, and such that a picture grows as its log does.
//!
//! What one event joined is placed together, event after event. Its nodes begin near the barycentre of their
//! prerequisites; then they are moved from layer to layer, there and back, to where they cross least
//! (`sift`), and swapped where lines still cross (`untangle`). Only the nodes of the event are
//! free: those of earlier events keep their order among each other, whatever comes later.

use std::collections::{BTreeMap, BTreeSet};

use super::Place;
use super::picture::Picture;
use super::sift::best_place;
use super::untangle::swap;
use crate::task_graph::graph::Graph;

/// Times that the nodes of an event are gone through again; more rounds gain next to nothing on the fixtures.
const ROUNDS: usize = 2;
/// Pairs of lines that are compared for a picture at most: some ms. Larger pictures keep a few more crossings.
const COMPARISONS: usize = 2_000_000;

/// The nodes of one event in one layer.
struct Free {
    layer: usize,
    /// They stand from this place on: sources do not push aside those of earlier events.
    first: usize,
    nodes: BTreeSet<usize>,
}

/// The places of the nodes, by number. `x` is the layer of each.
pub(super) fn order(graph: &Graph, x: &[usize]) -> Vec<Place> {
    let mut events: BTreeMap<i64, BTreeMap<usize, BTreeSet<usize>>> = BTreeMap::new();
    let mut isolated = Vec::new();
    for (node, layer) in x.iter().enumerate() {
        match graph.joined[node] {
            Some(position) => _ = events.entry(position).or_default().entry(*layer).or_default().insert(node),
            None => isolated.push(node),
        }
    }
    let mut picture = Picture::new(graph, x, COMPARISONS);
    for joined in events.into_values() {
        add(&mut picture, joined);
    }
    for node in isolated {
        picture.push(node);
    }
    picture.places
}

/// Adds the nodes of one event, by layer.
fn add(picture: &mut Picture<'_>, joined: BTreeMap<usize, BTreeSet<usize>>) {
    let mut free = Vec::new();
    for (layer, nodes) in joined {
        let first = if layer == 0 { picture.layers[0].len() } else { 0 };
        let mut order: Vec<usize> = nodes.iter().copied().collect();
        order.sort_by(|a, b| picture.by_barycentre(*a, *b));
        order.into_iter().for_each(|node| picture.push(node));
        let nodes = Free { layer, first, nodes };
        sift(picture, &nodes);
        free.push(nodes);
    }
    for _ in 0..ROUNDS {
        let there_and_back = free.iter().rev().chain(&free);
        // Each of them, also when the first moves nothing.
        let moved = there_and_back.filter(|free| sift(picture, free)).count();
        if moved == 0 {
            break;
        }
    }
    // It ends: each swap leaves fewer crossings.
    while free.iter().filter(|free| untangle(picture, free)).count() > 0 {}
}

/// Moves each free node to where it crosses least. Whether any moved.
fn sift(picture: &mut Picture<'_>, free: &Free) -> bool {
    let mut layer = picture.layers[free.layer].clone();
    let mut moved = false;
    for node in &free.nodes {
        let Some(from) = layer.iter().position(|other| other == node) else { continue };
        let to = best_place(picture, &layer, free.first, from);
        moved |= to != from;
        if to < from {
            layer[to..=from].rotate_right(1);
        } else {
            layer[from..=to].rotate_left(1);
        }
    }
    picture.arrange(free.layer, layer);
    moved
}

/// Swaps free nodes with each other and with their neighbours if fewer lines cross then. Whether any were.
fn untangle(picture: &mut Picture<'_>, free: &Free) -> bool {
    let is_free = |node: usize| free.nodes.contains(&node);
    let end = picture.layers[free.layer].len();
    let mut better = false;
    for upper in free.first..end {
        for lower in upper + 1..end {
            let [a, b] = [upper, lower].map(|y| picture.layers[free.layer][y]);
            let are_neighbours = lower == upper + 1;
            if picture.comparisons == 0 || (!are_neighbours && !is_free(a)) {
                break;
            }
            if is_free(b) || (are_neighbours && is_free(a)) {
                better |= swap(picture, a, b);
            }
        }
    }
    better
}
