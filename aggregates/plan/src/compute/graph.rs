//! What comes after what, as a graph over the entries of a list. What is named and does not exist is no node; that it
//! does not exist is said by `invariants::references`.

use std::collections::{BTreeMap, BTreeSet};

use crate::phases::{Requirements, Tasks};

/// Entries in the order in which they are written, and which of them come before which.
#[derive(Clone, Debug)]
pub(crate) struct Graph<'p> {
    names: Vec<&'p str>,
    before: Vec<BTreeSet<usize>>,
    after: Vec<BTreeSet<usize>>,
}

impl<'p> Graph<'p> {
    /// A graph of `names` without edges.
    pub(crate) fn new(names: Vec<&'p str>) -> Self {
        let nodes = names.len();
        Self { names, before: vec![BTreeSet::new(); nodes], after: vec![BTreeSet::new(); nodes] }
    }

    /// Tasks: `depends_on`, and `blocks` the other way round.
    pub(crate) fn of_tasks(tasks: &'p Tasks) -> Self {
        let mut graph = Self::new(tasks.tasks.iter().map(|task| task.id.as_str()).collect());
        let index = index(&graph.names);
        for (at, task) in tasks.tasks.iter().enumerate() {
            graph.link(&index, at, &task.dependencies.depends_on, &task.dependencies.blocks);
        }
        graph
    }

    /// Tickets: `blocked_by`, and `blocks` the other way round.
    pub(crate) fn of_tickets(tasks: &'p Tasks) -> Self {
        let mut graph = Self::new(tasks.tickets.iter().map(|ticket| ticket.id.as_str()).collect());
        let index = index(&graph.names);
        for (at, ticket) in tasks.tickets.iter().enumerate() {
            graph.link(&index, at, &ticket.dependencies.blocked_by, &ticket.dependencies.blocks);
        }
        graph
    }

    /// Requirements: `dependencies`.
    pub(crate) fn of_requirements(requirements: &'p Requirements) -> Self {
        let all = &requirements.requirements;
        let mut graph = Self::new(all.iter().map(|requirement| requirement.id.as_str()).collect());
        let index = index(&graph.names);
        for (at, requirement) in all.iter().enumerate() {
            graph.link(&index, at, &requirement.dependencies, &[]);
        }
        graph
    }

    fn link(&mut self, index: &BTreeMap<&str, usize>, at: usize, before: &[String], after: &[String]) {
        for earlier in before.iter().filter_map(|id| index.get(id.as_str())) {
            self.edge(at, *earlier);
        }
        for later in after.iter().filter_map(|id| index.get(id.as_str())) {
            self.edge(*later, at);
        }
    }

    /// `later` comes after `earlier`.
    pub(crate) fn edge(&mut self, later: usize, earlier: usize) {
        self.before[later].insert(earlier);
        self.after[earlier].insert(later);
    }

    pub(crate) fn nodes(&self) -> usize {
        self.names.len()
    }

    pub(crate) fn name(&self, node: usize) -> &'p str {
        self.names[node]
    }

    /// What comes before `node`.
    pub(crate) fn before(&self, node: usize) -> &BTreeSet<usize> {
        &self.before[node]
    }

    pub(crate) fn edges(&self) -> usize {
        self.before.iter().map(BTreeSet::len).sum()
    }

    /// All entries, each after what comes before it, else in the order in which they are written; nothing when some
    /// wait for themselves.
    pub(crate) fn order(&self) -> Option<Vec<usize>> {
        let mut waits_for: Vec<usize> = self.before.iter().map(BTreeSet::len).collect();
        let mut ready: BTreeSet<usize> = (0..self.nodes()).filter(|node| waits_for[*node] == 0).collect();
        let mut order = Vec::with_capacity(self.nodes());
        while let Some(node) = ready.pop_first() {
            order.push(node);
            for later in &self.after[node] {
                waits_for[*later] -= 1;
                if waits_for[*later] == 0 {
                    ready.insert(*later);
                }
            }
        }
        (order.len() == self.nodes()).then_some(order)
    }

    /// Circles without an entry in common, each from its first entry on, each entry waiting for the next; together
    /// they are all that stands in the way of an order. Not more than `most`.
    pub(crate) fn cycles(&self, most: usize) -> Vec<Vec<usize>> {
        let mut cycles = Vec::new();
        if self.order().is_some() {
            return cycles;
        }
        let mut left = vec![true; self.nodes()];
        while cycles.len() < most {
            self.peel(&mut left);
            let Some(first) = left.iter().position(|left| *left) else { break };
            let cycle = self.cycle_from(first, &left);
            cycle.iter().for_each(|node| left[*node] = false);
            cycles.push(cycle);
        }
        cycles
    }

    /// Takes out what nothing comes before or after: it stands in no circle.
    fn peel(&self, left: &mut [bool]) {
        loop {
            let mut peeled = false;
            for node in 0..left.len() {
                let any = |nodes: &BTreeSet<usize>| nodes.iter().any(|node| left[*node]);
                if left[node] && !(any(&self.before[node]) && any(&self.after[node])) {
                    left[node] = false;
                    peeled = true;
                }
            }
            if !peeled {
                return;
            }
        }
    }

    /// Follows what comes before until an entry comes again.
    fn cycle_from(&self, first: usize, left: &[bool]) -> Vec<usize> {
        let mut path = vec![first];
        loop {
            let last = path[path.len() - 1];
            let Some(next) = self.before[last].iter().copied().find(|node| left[*node]) else {
                unreachable!("what is left after peeling has something before it")
            };
            if let Some(begin) = path.iter().position(|node| *node == next) {
                let mut cycle = path.split_off(begin);
                let least = (0..cycle.len()).min_by_key(|at| cycle[*at]).unwrap_or_default();
                cycle.rotate_left(least);
                return cycle;
            }
            path.push(next);
        }
    }
}

/// The first entry of each name.
fn index<'p>(names: &[&'p str]) -> BTreeMap<&'p str, usize> {
    let mut index = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        index.entry(*name).or_insert(at);
    }
    index
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(nodes: usize, edges: &[(usize, usize)]) -> Graph<'static> {
        let mut graph = Graph::new(vec![""; nodes]);
        edges.iter().for_each(|(later, earlier)| graph.edge(*later, *earlier));
        graph
    }

    #[test]
    fn the_order_is_the_written_one_where_nothing_else_is_said() {
        assert_eq!(graph(3, &[]).order(), Some(vec![0, 1, 2]));
        assert_eq!(graph(4, &[(0, 3)]).order(), Some(vec![1, 2, 3, 0]));
        assert_eq!(graph(4, &[(0, 3), (3, 1)]).order(), Some(vec![1, 2, 3, 0]));
        assert_eq!(graph(0, &[]).order(), Some(vec![]));
    }

    #[test]
    fn each_circle_is_found_once_and_from_its_first_entry() {
        assert_eq!(graph(2, &[(0, 0)]).cycles(9), [[0]]);
        assert_eq!(graph(3, &[(2, 0), (0, 1), (1, 2)]).cycles(9), [[0, 1, 2]]);
        assert_eq!(
            graph(6, &[(0, 1), (1, 0), (2, 1), (3, 4), (4, 3), (5, 5)]).cycles(9),
            [vec![0, 1], vec![3, 4], vec![5]]
        );
        // 0 stands between two circles and in none; its way into one of them does not begin at 2.
        let between = graph(6, &[(0, 3), (3, 2), (2, 3), (4, 0), (4, 5), (5, 4)]);
        assert_eq!(between.cycles(9), [[2, 3], [4, 5]]);
        assert_eq!(graph(6, &[(0, 1), (1, 0), (2, 1), (3, 4), (4, 3)]).cycles(1).len(), 1);
        assert_eq!(graph(4, &[(0, 1), (1, 2), (0, 2), (3, 0)]).cycles(9), Vec::<Vec<usize>>::new());
    }
}
