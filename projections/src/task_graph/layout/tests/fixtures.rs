//! Realistic graphs with the crossings that the layout reaches: a change may lower a number, never raise it.

use serde::Deserialize;

use super::super::untangle::cross;
use super::*;

#[derive(Deserialize)]
struct Fixture {
    nodes: Vec<String>,
    /// Prerequisite and dependant, counted from 1.
    edges: Vec<(usize, usize)>,
}

impl Fixture {
    fn edges(&self) -> Vec<(usize, usize)> {
        self.edges.iter().map(|(from, to)| (from - 1, to - 1)).collect()
    }

    /// As one plan brings it.
    fn planned(&self) -> Graph {
        planned(self.nodes.len(), &self.edges())
    }

    /// As people add it, task after task.
    fn grown(&self) -> Graph {
        let added: Vec<Edge> = self.edges().iter().map(|ends| edge(*ends, ends.1 as i64)).collect();
        Graph::new((0..self.nodes.len()).map(node).collect(), &added)
    }
}

/// How often straight edges cross between the nodes. Edges that share an end do not.
fn crossings(graph: &Graph) -> usize {
    crossings_of(&layout(graph), &graph.edges().collect::<Vec<_>>())
}

fn crossings_of(places: &[Place], lines: &[(usize, usize)]) -> usize {
    let earlier = |at: usize| lines[..at].iter().filter(|other| cross(places, lines[at], **other)).count();
    (0..lines.len()).map(earlier).sum()
}

#[test]
fn crossings_are_counted() {
    let lines = |lines: &[(usize, usize)]| {
        let places = [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)].map(|(x, y)| Place { x, y });
        crossings_of(&places, lines)
    };
    assert_eq!(lines(&[(0, 2), (1, 3)]), 0);
    assert_eq!(lines(&[(0, 3), (1, 2)]), 1);
    assert_eq!(lines(&[(0, 2), (0, 3), (1, 2), (1, 3)]), 1);
    // Past a layer: the line passes the place (1, 0.5).
    assert_eq!(lines(&[(1, 4), (0, 3), (0, 2)]), 1);
}

/// The least crossings that dagre 3.1.3 reaches (nodes of 100 by 40, 20 and 80 apart): by either ranker, its edges
/// straight or as it bends them, whichever is least.
const DAGRE: [(&str, usize); 5] =
    [("feature_plan", 116), ("fan_out", 294), ("lattice", 0), ("chain", 4), ("sparse", 355)];

#[test]
fn no_layout_crosses_more_than_it_did() {
    for ((name, dagre), (json, at_most)) in DAGRE.into_iter().zip(FIXTURES) {
        let fixture: Fixture = serde_json::from_str(json).unwrap();
        let (planned, grown) = (crossings(&fixture.planned()), crossings(&fixture.grown()));
        assert!(
            planned <= at_most.0 && grown <= at_most.1,
            "{name}: {planned} as a plan, {grown} one by one"
        );
        assert!(planned * 10 <= dagre * 13, "{name}: {planned} is more than 1.3 times the {dagre} of dagre");
    }
}

/// In the order of [`DAGRE`], each with the most crossings as a plan and one by one.
const FIXTURES: [(&str, (usize, usize)); 5] = [
    (include_str!("../../fixtures/feature_plan.json"), (134, 158)),
    (include_str!("../../fixtures/fan_out.json"), (152, 561)),
    (include_str!("../../fixtures/lattice.json"), (0, 0)),
    (include_str!("../../fixtures/chain.json"), (3, 7)),
    (include_str!("../../fixtures/sparse.json"), (359, 510)),
];
