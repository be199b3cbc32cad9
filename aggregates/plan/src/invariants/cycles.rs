//! Nothing waits for itself, neither alone nor because a ticket waits for another.

use std::collections::BTreeMap;

use super::{Checked, code};
use crate::compute::graph::Graph;
use crate::phases::{Requirements, Tasks};
use crate::{Problem, names};

/// How many circles are told of a kind.
const MOST: usize = 10;

pub(super) fn requirements(requirements: &Requirements, found: &mut Checked) {
    circles(&Graph::of_requirements(requirements), code::CYCLE, found);
}

pub(super) fn tasks(tasks: &Tasks, found: &mut Checked) {
    let (of_tasks, of_tickets) = (Graph::of_tasks(tasks), Graph::of_tickets(tasks));
    let acyclic = of_tasks.order().is_some() && of_tickets.order().is_some();
    circles(&of_tasks, code::CYCLE, found);
    circles(&of_tickets, code::CYCLE, found);
    if acyclic {
        circles(&both(tasks, &of_tasks, &of_tickets), code::CONTRADICTING_ORDER, found);
    }
}

/// Tasks, and of each ticket its begin, which its tasks wait for, and its end, which waits for them. A ticket that
/// waits for another begins after the end of the other.
fn both<'p>(tasks: &'p Tasks, of_tasks: &Graph<'p>, of_tickets: &Graph<'p>) -> Graph<'p> {
    let (count, tickets) = (of_tasks.nodes(), of_tickets.nodes());
    let (begin, end) = (count, count + tickets);
    let of_all = (0..count).map(|task| of_tasks.name(task));
    let twice = (0..tickets).chain(0..tickets).map(|ticket| of_tickets.name(ticket));
    let mut graph = Graph::new(of_all.chain(twice).collect());
    let index: BTreeMap<&str, usize> =
        (0..tickets).rev().map(|ticket| (of_tickets.name(ticket), ticket)).collect();
    for (at, task) in tasks.tasks.iter().enumerate() {
        of_tasks.before(at).iter().for_each(|earlier| graph.edge(at, *earlier));
        if let Some(ticket) = index.get(task.parent_ticket.as_str()) {
            graph.edge(at, begin + ticket);
            graph.edge(end + ticket, at);
        }
    }
    for ticket in 0..tickets {
        of_tickets.before(ticket).iter().for_each(|earlier| graph.edge(begin + ticket, end + earlier));
    }
    graph
}

fn circles(graph: &Graph<'_>, code: &str, found: &mut Checked) {
    for cycle in graph.cycles(MOST) {
        let mut path: Vec<String> = cycle.iter().map(|node| names::short(graph.name(*node))).collect();
        path.push(path[0].clone());
        path.dedup();
        if let [alone] = path.as_slice() {
            path = vec![alone.clone(), alone.clone()];
        }
        let first = path[0].clone();
        let advice = if code == code::CYCLE {
            "each waits for the next, so none can begin: take one of these dependencies out"
        } else {
            "the order of the tickets contradicts the one of their tasks: move a task to another ticket, or let the \
             tickets not wait for each other"
        };
        found.veto(Problem::new(code, format!("{}: {advice}", shown(&path))).about(first));
    }
}

/// `A -> B -> A`; a long circle without its middle.
fn shown(path: &[String]) -> String {
    const LONG: usize = 20;
    match path {
        [first @ .., last] if first.len() > LONG => {
            format!("{} -> ({} more) -> {last}", first[..LONG].join(" -> "), first.len() - LONG)
        }
        all => all.join(" -> "),
    }
}
