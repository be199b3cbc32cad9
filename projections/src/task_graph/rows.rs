//! What an event makes of a row.

use kernel::{Decider as _, Uuid};
use vocabulary::Phase;
use work::task::{self, Plan, Revision, Task, Work};
use work::ticket;
use work::work_graph::{self, PlannedNode};

use super::{Edge, GraphRow, TaskNode, TicketNode};
use crate::Key;

/// The prerequisites and dependants that the event joins or parts.
pub(super) fn edges(event: &work_graph::Event) -> Vec<(Uuid, Uuid)> {
    use work_graph::Event;
    match event {
        Event::EdgesPlanned { nodes } => nodes.iter().flat_map(planned).collect(),
        Event::EdgeAdded { from, to } | Event::EdgeRemoved { from, to } => vec![(from.id, to.id)],
    }
}

fn planned(planned: &PlannedNode) -> impl Iterator<Item = (Uuid, Uuid)> {
    planned.prerequisites.iter().map(|from| (from.id, planned.node.id))
}

/// The edge is read from its key, so that a plan of thousands of edges is not searched for each.
pub(super) fn fold_edge(key: &Key, row: &mut Option<GraphRow>, event: &work_graph::Event, position: i64) {
    if let work_graph::Event::EdgeRemoved { .. } = event {
        *row = None;
    } else if row.is_none() {
        let ends = key.id.split_once('/');
        let ends = ends.and_then(|(from, to)| Some((from.parse().ok()?, to.parse().ok()?)));
        *row = ends.map(|(from, to)| GraphRow::Edge(Edge { from, to, first_position: position }));
    }
}

/// What happens to a task before it was planned makes no row.
pub(super) fn fold_task(row: &mut Option<GraphRow>, event: &task::Event, position: i64) {
    if let (None, task::Event::Planned(_)) = (&row, event) {
        *row = Some(GraphRow::Task(TaskNode { first_position: position, task: Task::Absent }));
    }
    let Some(GraphRow::Task(TaskNode { task, .. })) = row else { return };
    match event {
        task::Event::Planned(plan) => task.evolve(&task::Event::Planned(Box::new(outline(plan)))),
        task::Event::Revised(revision) => task.evolve(&task::Event::Revised(Box::new(outlined(revision)))),
        event => task.evolve(event),
    }
    if let Task::Present(details) = task {
        details.feedback = None;
    }
}

/// The plan without what the graph does not show: a graph is read as a whole.
fn outline(plan: &Plan) -> Plan {
    Plan {
        ticket: plan.ticket,
        number: plan.number,
        title: plan.title.clone(),
        description: None,
        phase: plan.phase,
        priority: plan.priority,
        estimate: plan.estimate,
        files: task::Files::default(),
        work: Work::default(),
        prerequisites: plan.prerequisites.clone(),
        spec: None,
    }
}

/// A revision without what the graph does not show.
fn outlined(revision: &Revision) -> Revision {
    Revision {
        ticket: revision.ticket,
        title: revision.title.clone(),
        priority: revision.priority,
        estimate: revision.estimate,
        ..Revision::default()
    }
}

/// Whether the graph shows what the event changed.
pub(super) const fn changes_ticket(event: &ticket::Event) -> bool {
    use ticket::Event;
    matches!(
        event,
        Event::Created { .. } | Event::Refined { .. } | Event::PhaseEntered { .. } | Event::Cancelled { .. }
    )
}

pub(super) fn fold_ticket(row: &mut Option<GraphRow>, event: &ticket::Event, position: i64) {
    use ticket::Event;
    match (row, event) {
        (row @ None, Event::Created { number, title, phase, .. }) => {
            *row = Some(GraphRow::Ticket(TicketNode {
                first_position: position,
                number: *number,
                title: title.clone(),
                phase: *phase,
                cancelled: false,
            }));
        }
        (Some(GraphRow::Ticket(node)), event) => change_ticket(node, event),
        _ => {}
    }
}

fn change_ticket(node: &mut TicketNode, event: &ticket::Event) {
    use ticket::Event;
    match event {
        Event::Refined { title: Some(title), .. } => node.title = title.clone(),
        Event::PhaseEntered { to, .. } => node.phase = *to,
        Event::Cancelled { .. } => node.cancelled = true,
        _ => {}
    }
}

impl TicketNode {
    /// The status in one word, as the ticket itself says it: its phase, or `cancelled`.
    #[must_use]
    pub const fn status_name(&self) -> &'static str {
        if self.cancelled { "cancelled" } else { Phase::as_str(self.phase) }
    }
}
