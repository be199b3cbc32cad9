//! The graph as it is answered: nodes with their places, edges, and the critical path.

use std::collections::BTreeSet;
use std::sync::Arc;

use eventstore::Unavailable;
use kernel::{OrgId, ProjectId, Uuid};
use schemars::JsonSchema;
use serde::Serialize;
use vocabulary::{Hours, Name};
use work::task::Status;
use work::work_graph::NodeKind;

use super::critical_path::critical_path;
use super::drawings::Drawing;
use super::graph::{self, Graph};
use super::layout::Place;
use super::{Edge, GraphRow, TaskGraph, TaskNode, TicketNode};
use crate::remembered::Stands;
use crate::{Answer, ReadModels, Row};

/// A task without an estimate counts as one hour.
const MINUTES_UNESTIMATED: u32 = 60;

/// The work graph of a project at a position.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "TaskGraph")]
pub struct TaskGraphAnswer {
    /// Everything up to here is shown.
    pub position: i64,
    /// The graph stands still since this event, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
    /// In the order in which they came into being.
    pub nodes: Vec<NodeAnswer>,
    /// In the order of their prerequisites, then of their dependants.
    pub edges: Vec<EdgeAnswer>,
    /// The tasks that decide when everything is done, from the first to the last.
    pub critical_path: Vec<Uuid>,
}

/// A task, or a ticket that has an edge.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "GraphNode")]
pub struct NodeAnswer {
    /// The task or the ticket.
    pub id: Uuid,
    /// Which of the two it is.
    pub kind: NodeKind,
    /// What people call it by, e.g. `TSK-001`.
    pub number: String,
    /// In a line.
    pub title: Name,
    /// The status of the task, or the phase of the ticket; `cancelled` for both.
    pub status: &'static str,
    /// The layer, from 0 on the left; an edge leads to a greater one.
    pub x: usize,
    /// The place in the layer, from 0 at the top.
    pub y: usize,
    /// How much work a task is thought to be; `null` when nobody said.
    pub hours: Option<Hours>,
    /// On the critical path.
    pub critical: bool,
}

/// Something that waits for something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "GraphEdge")]
pub struct EdgeAnswer {
    /// The prerequisite.
    pub from: Uuid,
    /// The dependant.
    pub to: Uuid,
    /// What both are.
    pub kind: NodeKind,
}

impl ReadModels {
    /// The work graph of a project; `None` when this organization has no such project.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn task_graph(
        &self,
        org: OrgId,
        project: ProjectId,
    ) -> Result<Option<TaskGraphAnswer>, Unavailable> {
        let render =
            |answer| render(answer, |nodes, edges| self.drawings.picture((org, project), nodes, edges));
        self.graphs.answer::<TaskGraph>(self, org, project.0, render).await
    }
}

impl Stands for TaskGraphAnswer {
    fn stand(&mut self, position: i64, stale: Option<i64>) {
        (self.position, self.stale) = (position, stale);
    }
}

pub(super) fn render(
    answer: Answer<GraphRow>,
    picture: impl FnOnce(Vec<graph::Node>, Vec<graph::Edge>) -> Arc<Drawing>,
) -> Option<TaskGraphAnswer> {
    let (nodes, edges) = sorted_out(answer.rows)?;
    let drawing = picture(nodes.iter().map(|node| node.place_in_log).collect(), edges);
    let graph = &drawing.graph;
    let minutes: Vec<Option<u32>> = nodes.iter().map(|node| node.open_minutes).collect();
    let critical = critical_path(graph, &minutes);

    let mut nodes: Vec<NodeAnswer> = nodes.into_iter().map(|node| node.answer).collect();
    for (node, Place { x, y }) in nodes.iter_mut().zip(&drawing.places) {
        (node.x, node.y) = (*x, *y);
    }
    for node in &critical {
        nodes[*node].critical = true;
    }
    Some(TaskGraphAnswer {
        position: answer.position,
        stale: answer.stale,
        edges: edge_answers(graph, &nodes),
        critical_path: critical.iter().map(|node| nodes[*node].id).collect(),
        nodes,
    })
}

/// A node that is shown, with what places it and weighs it.
struct Shown {
    /// Nodes and the graph are in this order, so a node has the same number in both.
    place_in_log: graph::Node,
    /// `None` when nothing is left to do, and for tickets.
    open_minutes: Option<u32>,
    answer: NodeAnswer,
}

/// The nodes in the order of the graph, and the edges; `None` without a project.
fn sorted_out(rows: Vec<Row<GraphRow>>) -> Option<(Vec<Shown>, Vec<graph::Edge>)> {
    let (mut there, mut nodes, mut edges) = (None, Vec::new(), Vec::new());
    for row in rows {
        let id = Uuid::parse_str(&row.id).unwrap_or_default();
        match row.row {
            GraphRow::Project => there = Some(()),
            GraphRow::Task(task) => nodes.extend(shown_task(id, &task)),
            GraphRow::Ticket(ticket) => nodes.push(shown_ticket(id, ticket)),
            GraphRow::Edge(Edge { from, to, first_position }) => {
                edges.push(graph::Edge { from, to, position: first_position });
            }
        }
    }
    there?;
    let joined: BTreeSet<Uuid> = edges.iter().flat_map(|edge| [edge.from, edge.to]).collect();
    nodes.retain(|node| node.answer.kind == NodeKind::Task || joined.contains(&node.answer.id));
    nodes.sort_by_key(|node| node.place_in_log);
    Some((nodes, edges))
}

fn shown_task(id: Uuid, node: &TaskNode) -> Option<Shown> {
    let task = node.task.details()?;
    let open = !matches!(task.status, Status::Completed { .. } | Status::Cancelled);
    let hours = task.plan.estimate;
    Some(Shown {
        place_in_log: graph::Node { first_position: node.first_position, id },
        open_minutes: open.then(|| hours.map_or(MINUTES_UNESTIMATED, Hours::minutes)),
        answer: NodeAnswer {
            id,
            kind: NodeKind::Task,
            number: task.plan.number.to_string(),
            title: task.plan.title.clone(),
            status: task.status_name(),
            x: 0,
            y: 0,
            hours,
            critical: false,
        },
    })
}

fn shown_ticket(id: Uuid, ticket: TicketNode) -> Shown {
    Shown {
        place_in_log: graph::Node { first_position: ticket.first_position, id },
        open_minutes: None,
        answer: NodeAnswer {
            id,
            kind: NodeKind::Ticket,
            number: ticket.number.to_string(),
            status: ticket.status_name(),
            title: ticket.title,
            x: 0,
            y: 0,
            hours: None,
            critical: false,
        },
    }
}

fn edge_answers(graph: &Graph, nodes: &[NodeAnswer]) -> Vec<EdgeAnswer> {
    let edge = |(from, to): (usize, usize)| EdgeAnswer {
        from: nodes[from].id,
        to: nodes[to].id,
        kind: nodes[to].kind,
    };
    graph.edges().map(edge).collect()
}
