//! What waits for what, in the graph of the project, when the plan says something else.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Decider as _, Uuid};
use work::ticket;
use work::work_graph::{Command, EdgeChanges, Node, PlannedNode, Rejection, WorkGraph};

use super::super::work::{task_node, ticket_node};
use super::follow::Follow;
use crate::CommandError;

/// What stands in the graph, by its stream.
type Nodes = BTreeMap<Uuid, Node>;
/// What the newer plan calls it.
type Locals = BTreeMap<Uuid, String>;

impl Follow<'_> {
    /// The changes of the graph. An edge that would close a cycle with what people have added by hand stays away, and so
    /// does what would wait for it.
    pub(super) fn change_edges(&mut self) -> Result<EdgeChanges, CommandError> {
        let mut changes = EdgeChanges::default();
        let (nodes, locals) = self.nodes()?;
        let edge = |from: Uuid, to: Uuid| Some((nodes.get(&from)?.clone(), nodes.get(&to)?.clone()));
        for (id, (_, waits)) in &self.tasks {
            changes.removed.extend(waits.removed.iter().filter_map(|on| edge(on.0, *id)));
        }
        for (id, revision) in &self.tickets {
            changes.removed.extend(revision.no_longer_after.iter().filter_map(|on| edge(on.0, *id)));
        }
        changes.planned = self.new_nodes(&nodes)?;
        let mut graph = self.looked.graph.clone();
        tell(&mut graph, Command::ChangeEdges(changes.clone()))
            .map_err(|rejection| CommandError::Broken(format!("the accepted plan: {rejection}")))?;
        let mut fits = |from: Uuid, to: Uuid| {
            let Some((from, to)) = edge(from, to) else { return false };
            let fits = tell(&mut graph, Command::AddEdge { from: from.clone(), to: to.clone() }).is_ok();
            changes.added.extend(fits.then_some((from, to)));
            fits
        };
        for (id, (_, waits)) in &mut self.tasks {
            let wanted = waits.added.len();
            waits.added.retain(|on| fits(on.0, *id));
            self.kept.extend(locals.get(id).filter(|_| waits.added.len() < wanted).cloned());
        }
        for (id, revision) in &mut self.tickets {
            let wanted = revision.after.len();
            revision.after.retain(|on| fits(on.0, *id));
            self.kept.extend(locals.get(id).filter(|_| revision.after.len() < wanted).cloned());
        }
        self.tasks.retain(|_, (revision, waits)| !(revision.is_empty() && waits.is_empty()));
        self.tickets.retain(|_, revision| *revision != ticket::Revision::default());
        Ok(changes)
    }

    /// Every ticket and task of both plans as a node, and what the newer plan calls it.
    fn nodes(&self) -> Result<(Nodes, Locals), CommandError> {
        let (mut nodes, mut locals) = (BTreeMap::new(), BTreeMap::new());
        for names in [&self.before, &self.names] {
            for (local, one) in &names.tickets {
                nodes.insert(one.ticket.0, ticket_node(one)?);
                locals.insert(one.ticket.0, local.clone());
            }
            for (local, one) in &names.tasks {
                nodes.insert(one.task.0, task_node(one)?);
                locals.insert(one.task.0, local.clone());
            }
        }
        Ok((nodes, locals))
    }

    fn new_nodes(&self, nodes: &Nodes) -> Result<Vec<PlannedNode>, CommandError> {
        let work = &self.looked.work;
        let known = work.tickets.values().chain(work.tasks.values());
        let known = known.chain(&work.withdrawn).chain(&work.withdrawn_tickets);
        let known: BTreeSet<Uuid> = known.map(|one| one.id).collect();
        let mut planned = Vec::new();
        let mut plan = |id: Uuid, before: Vec<Uuid>| {
            if let Some(node) = nodes.get(&id).filter(|_| !known.contains(&id)) {
                let prerequisites = before.iter().filter_map(|id| nodes.get(id).cloned()).collect();
                planned.push(PlannedNode { node: node.clone(), prerequisites });
            }
        };
        for ticket in &self.looked.after.tickets {
            let before = self.edges_now.before_ticket(&ticket.id).iter();
            let before = before.map(|local| Ok(self.names.ticket(local)?.ticket.0));
            plan(self.names.ticket(&ticket.id)?.ticket.0, before.collect::<Result<_, CommandError>>()?);
        }
        for task in &self.looked.after.tasks {
            let before = self.edges_now.before_task(&task.id).iter();
            let before = before.map(|local| Ok(self.names.task(local)?.task.0));
            plan(self.names.task(&task.id)?.task.0, before.collect::<Result<_, CommandError>>()?);
        }
        Ok(planned)
    }
}

fn tell(graph: &mut WorkGraph, command: Command) -> Result<(), Rejection> {
    for event in graph.decide(command)? {
        graph.evolve(&event);
    }
    Ok(())
}
