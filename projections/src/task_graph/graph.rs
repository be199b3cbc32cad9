//! Nodes and edges by number: the form in which the layout and the critical path walk them.

use std::collections::BTreeMap;

use kernel::Uuid;

/// What the picture needs to know of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Node {
    /// Where its first event stands in the log; decides among equals.
    pub first_position: i64,
    /// Decides when that is equal too.
    pub id: Uuid,
}

/// A prerequisite with its dependant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Edge {
    /// The prerequisite.
    pub from: Uuid,
    /// The dependant.
    pub to: Uuid,
    /// Where the event that added it stands in the log.
    pub position: i64,
}

/// A graph whose nodes are numbered in the order of first position and id, so that the lower number comes first
/// wherever two are equal otherwise. It is the same for every order of the input.
#[derive(Debug)]
pub(super) struct Graph {
    /// The nodes by number.
    pub nodes: Vec<Node>,
    /// What each node waits for, ascending.
    pub prerequisites: Vec<Vec<usize>>,
    /// What waits for each node, ascending.
    pub dependants: Vec<Vec<usize>>,
    /// Where the event stands in the log that gave each node its place: for what has prerequisites that of its
    /// last one, for a source that of its first dependant. `None` for a node without edges.
    pub joined: Vec<Option<i64>>,
}

impl Graph {
    /// Numbers the nodes. An edge counts once; one whose ends are not both there is left out.
    pub(super) fn new(mut nodes: Vec<Node>, edges: &[Edge]) -> Self {
        nodes.sort_unstable();
        let numbers: BTreeMap<Uuid, usize> =
            nodes.iter().enumerate().map(|(number, node)| (node.id, number)).collect();
        let mut numbered: BTreeMap<(usize, usize), i64> = BTreeMap::new();
        for edge in edges {
            if let (Some(&from), Some(&to)) = (numbers.get(&edge.from), numbers.get(&edge.to)) {
                let position = numbered.entry((from, to)).or_insert(edge.position);
                *position = (*position).min(edge.position);
            }
        }
        let mut graph = Self {
            prerequisites: vec![Vec::new(); nodes.len()],
            dependants: vec![Vec::new(); nodes.len()],
            joined: vec![None; nodes.len()],
            nodes,
        };
        for (&(from, to), &position) in &numbered {
            graph.dependants[from].push(to);
            graph.prerequisites[to].push(from);
            graph.joined[to] = graph.joined[to].max(Some(position));
        }
        for ((from, _), position) in numbered {
            if graph.prerequisites[from].is_empty() {
                graph.joined[from] = Some(graph.joined[from].map_or(position, |first| first.min(position)));
            }
        }
        graph
    }

    /// The edges, from prerequisite to dependant, in the order of the numbers.
    pub(super) fn edges(&self) -> impl Iterator<Item = (usize, usize)> {
        self.dependants.iter().enumerate().flat_map(|(from, to)| to.iter().map(move |to| (from, *to)))
    }
}
