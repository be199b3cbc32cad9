//! What a command causes, and why it is refused.

use std::collections::BTreeMap;
use std::fmt;

use kernel::{Decider as _, Uuid};

use super::cycle::{self, Edges};
use super::{Command, EdgeChanges, Event, Node, PlannedNode, WorkGraph};

/// Why a work graph refuses a command: what is so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The edges would make nodes wait for themselves.
    #[error(
        "each of these would wait for the one before it, in a circle: {}; leave one of the dependencies out",
        Named(.path)
    )]
    Cycle {
        /// The way round, from prerequisite to dependant; it starts and ends with the same node. For one added
        /// edge it starts with that edge and is the shortest.
        path: Vec<Node>,
    },
    /// A task and a ticket; or one node, called both.
    #[error(
        "{one} is a {} and {other} is a {}; a dependency joins two tasks or two tickets",
        .one.kind,
        .other.kind
    )]
    DifferentKinds {
        /// A node.
        one: Node,
        /// The other one, or the same under another kind.
        other: Node,
    },
    /// A node of the plan is known, with other prerequisites.
    #[error("{node} has been planned before with other dependencies; add or remove them one by one")]
    AlreadyPlanned {
        /// The node.
        node: Node,
    },
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::Cycle { .. } => "cycle",
            Self::DifferentKinds { .. } => "different_kinds",
            Self::AlreadyPlanned { .. } => "already_planned",
        }
    }
}

/// A path as people read it; the middle of a long one is only counted.
struct Named<'a>(&'a [Node]);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 20;
        let shown = if self.0.len() > SHOWN { SHOWN } else { self.0.len().saturating_sub(1) };
        for node in &self.0[..shown] {
            write!(f, "{node} -> ")?;
        }
        let left_out = self.0.len().saturating_sub(shown + 1);
        if left_out > 0 {
            write!(f, "({left_out} more) -> ")?;
        }
        self.0.last().map_or(Ok(()), |last| last.fmt(f))
    }
}

/// So many nodes are mentioned in one event, some 100 bytes each, unless a single node has more prerequisites.
const MENTIONS: usize = 1_000;

pub(super) fn decide(graph: &WorkGraph, command: Command) -> Result<Vec<Event>, Rejection> {
    match command {
        Command::PlanEdges { nodes } => plan(graph, nodes),
        Command::ChangeEdges(changes) => change(graph, changes),
        Command::AddEdge { from, to } => add(graph, from, to),
        Command::RemoveEdge { from, to } => remove(graph, from, to),
    }
}

/// Only among the planned nodes a cycle can arise: no known node waits for a new one.
fn plan(graph: &WorkGraph, nodes: Vec<PlannedNode>) -> Result<Vec<Event>, Rejection> {
    let mentioned = check_kinds(graph, &nodes)?;
    let mut plan = Edges::new();
    let mut new = Vec::new();
    for planned in nodes {
        let id = planned.node.id;
        let prerequisites = planned.prerequisites.iter().map(|node| node.id).collect();
        match graph.prerequisites(id).or_else(|| plan.get(&id)) {
            Some(before) if *before == prerequisites => {}
            Some(_) => return Err(Rejection::AlreadyPlanned { node: planned.node }),
            None => {
                plan.insert(id, prerequisites);
                new.push(planned);
            }
        }
    }
    if let Some(path) = cycle::within(&plan) {
        let path = path.iter().filter_map(|id| mentioned.get(id).cloned()).collect();
        return Err(Rejection::Cycle { path });
    }
    Ok(in_events(new))
}

/// As many events as it takes for each to be small: a plan has hundreds of nodes, and each names those before it.
fn in_events(nodes: Vec<PlannedNode>) -> Vec<Event> {
    let mut events: Vec<Vec<PlannedNode>> = Vec::new();
    let mut mentions = MENTIONS;
    for node in nodes {
        let more = 1 + node.prerequisites.len();
        if mentions + more > MENTIONS {
            events.push(Vec::new());
            mentions = 0;
        }
        mentions += more;
        events.last_mut().expect("one was begun").push(node);
    }
    events.into_iter().map(|nodes| Event::EdgesPlanned { nodes }).collect()
}

fn add(graph: &WorkGraph, from: Node, to: Node) -> Result<Vec<Event>, Rejection> {
    check_ends(graph, &from, &to)?;
    if from.id == to.id {
        return Err(Rejection::Cycle { path: vec![from, to] });
    }
    if graph.has_edge(from.id, to.id) {
        return Ok(Vec::new());
    }
    if let Some(chain) = cycle::chain(to.id, from.id, |id| graph.prerequisites(id)) {
        let back = chain.iter().filter_map(|id| graph.node(*id));
        return Err(Rejection::Cycle { path: std::iter::once(from).chain(back).collect() });
    }
    Ok(vec![Event::EdgeAdded { from, to }])
}

fn remove(graph: &WorkGraph, from: Node, to: Node) -> Result<Vec<Event>, Rejection> {
    check_ends(graph, &from, &to)?;
    Ok(if graph.has_edge(from.id, to.id) { vec![Event::EdgeRemoved { from, to }] } else { Vec::new() })
}

/// What goes makes room for what comes: an edge may be turned round.
fn change(graph: &WorkGraph, changes: EdgeChanges) -> Result<Vec<Event>, Rejection> {
    let EdgeChanges { removed, planned, added } = changes;
    let (mut graph, mut events) = (graph.clone(), Vec::new());
    let mut tell = |graph: &mut WorkGraph, news: Vec<Event>| {
        news.iter().for_each(|event| graph.evolve(event));
        events.extend(news);
    };
    for (from, to) in removed {
        let news = remove(&graph, from, to)?;
        tell(&mut graph, news);
    }
    let news = plan(&graph, planned)?;
    tell(&mut graph, news);
    for (from, to) in added {
        let news = add(&graph, from, to)?;
        tell(&mut graph, news);
    }
    Ok(events)
}

/// Every node that `planned` mentions, when all agree with each other and with the graph about kinds.
fn check_kinds(graph: &WorkGraph, planned: &[PlannedNode]) -> Result<BTreeMap<Uuid, Node>, Rejection> {
    let mut mentioned: BTreeMap<Uuid, Node> = BTreeMap::new();
    for PlannedNode { node, prerequisites } in planned {
        for prerequisite in prerequisites {
            check_ends(graph, prerequisite, node)?;
        }
        for mention in std::iter::once(node).chain(prerequisites) {
            check_kind(graph, mention)?;
            like(mentioned.entry(mention.id).or_insert_with(|| mention.clone()), mention)?;
        }
    }
    Ok(mentioned)
}

fn check_ends(graph: &WorkGraph, from: &Node, to: &Node) -> Result<(), Rejection> {
    check_kind(graph, from)?;
    check_kind(graph, to)?;
    like(from, to)
}

fn check_kind(graph: &WorkGraph, node: &Node) -> Result<(), Rejection> {
    graph.node(node.id).map_or(Ok(()), |known| like(&known, node))
}

fn like(one: &Node, other: &Node) -> Result<(), Rejection> {
    if one.kind == other.kind {
        return Ok(());
    }
    Err(Rejection::DifferentKinds { one: one.clone(), other: other.clone() })
}
