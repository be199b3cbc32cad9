//! In which order tasks can be done, which at the same time, and which chain takes longest.

use vocabulary::Hours;

use super::graph::Graph;
use crate::phases::{PlannedTask, Tasks};

/// What is assumed of a task that says no hours.
pub const ASSUMED_MINUTES: u32 = 60;

/// When tasks can be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Schedule {
    /// All tasks, each after those it waits for, else in the order in which they are written.
    pub order: Vec<String>,
    /// Tasks by the length of the chain before them: those of a wave do not wait for each other.
    pub waves: Vec<Vec<String>>,
    /// The chain that takes longest; of chains as long, the one whose tasks are written first.
    pub critical_path: Vec<String>,
    /// How long it takes.
    pub critical_path_minutes: u64,
}

/// The schedule of `tasks`; nothing when some of them wait for themselves.
#[must_use]
pub fn schedule(tasks: &Tasks) -> Option<Schedule> {
    of_graph(&Graph::of_tasks(tasks), tasks)
}

pub(super) fn of_graph(graph: &Graph<'_>, tasks: &Tasks) -> Option<Schedule> {
    let order = graph.order()?;
    let named = |node: usize| graph.name(node).to_owned();
    let mut wave = vec![0; graph.nodes()];
    let mut ends = vec![0; graph.nodes()];
    let mut previous = vec![None; graph.nodes()];
    for node in &order {
        let before = graph.before(*node);
        wave[*node] = before.iter().map(|earlier| wave[*earlier] + 1).max().unwrap_or_default();
        // The first of those that end last.
        previous[*node] =
            before.iter().copied().reduce(|best, other| if ends[other] > ends[best] { other } else { best });
        ends[*node] = previous[*node].map_or(0, |earlier| ends[earlier]) + minutes(&tasks.tasks[*node]);
    }
    let mut waves = vec![Vec::new(); wave.iter().max().map_or(0, |last| last + 1)];
    (0..graph.nodes()).for_each(|node| waves[wave[node]].push(named(node)));
    let mut path = Vec::new();
    let mut node =
        (0..graph.nodes()).reduce(|best, other| if ends[other] > ends[best] { other } else { best });
    let critical_path_minutes = node.map_or(0, |last| ends[last]);
    while let Some(current) = node {
        path.push(named(current));
        node = previous[current];
    }
    path.reverse();
    Some(Schedule {
        order: order.into_iter().map(named).collect(),
        waves,
        critical_path: path,
        critical_path_minutes,
    })
}

/// The effort of a task in minutes; an hour where it says none, or nonsense.
#[must_use]
pub fn minutes(task: &PlannedTask) -> u64 {
    let said = task.estimated_hours.and_then(|hours| Hours::from_hours(hours).ok());
    said.map_or(ASSUMED_MINUTES, Hours::minutes).into()
}
