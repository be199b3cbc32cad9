//! What comes before what in a plan, by name.

use std::collections::BTreeMap;

use super::graph::Graph;
use crate::phases::Tasks;

/// The tasks before each task, and the tickets before each ticket: what `depends_on` and `blocked_by` say, and `blocks`
/// the other way round.
#[derive(Clone, Debug, Default)]
pub struct Edges<'p> {
    tasks: BTreeMap<&'p str, Vec<&'p str>>,
    tickets: BTreeMap<&'p str, Vec<&'p str>>,
}

impl<'p> Edges<'p> {
    /// Those of `tasks`; what does not exist there is left out.
    #[must_use]
    pub fn of(tasks: &'p Tasks) -> Self {
        Self { tasks: named(&Graph::of_tasks(tasks)), tickets: named(&Graph::of_tickets(tasks)) }
    }

    /// The tasks that come before `task`, in the order of the plan.
    #[must_use]
    pub fn before_task(&self, task: &str) -> &[&'p str] {
        self.tasks.get(task).map_or(&[], Vec::as_slice)
    }

    /// The tickets that come before `ticket`, in the order of the plan.
    #[must_use]
    pub fn before_ticket(&self, ticket: &str) -> &[&'p str] {
        self.tickets.get(ticket).map_or(&[], Vec::as_slice)
    }
}

fn named<'p>(graph: &Graph<'p>) -> BTreeMap<&'p str, Vec<&'p str>> {
    let before = |node| graph.before(node).iter().map(|earlier| graph.name(*earlier)).collect();
    (0..graph.nodes()).map(|node| (graph.name(node), before(node))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phases::{PlannedTask, TaskDependencies};

    #[test]
    fn blocks_is_depends_on_the_other_way_round() {
        let task = |id: &str, depends_on: &[&str], blocks: &[&str]| {
            let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
            let dependencies = TaskDependencies { depends_on: owned(depends_on), blocks: owned(blocks) };
            PlannedTask { id: id.to_owned(), dependencies, ..PlannedTask::default() }
        };
        let tasks = Tasks {
            tasks: vec![task("A", &[], &["C"]), task("B", &[], &[]), task("C", &["B", "Z"], &[])],
            ..Tasks::default()
        };
        let edges = Edges::of(&tasks);
        assert_eq!(edges.before_task("C"), ["A", "B"]);
        assert!(edges.before_task("A").is_empty() && edges.before_ticket("A").is_empty());
    }
}
