//! The work graph of a project as a picture: tasks, tickets that wait for tickets, and what waits for what.
//!
//! The rows are the nodes and the edges. Where a node stands and which tasks are critical is computed from them
//! when they are read (`layout`, `critical_path`); a picture is not drawn twice in a row (`drawings`).

mod answer;
mod critical_path;
mod drawings;
mod graph;
mod layout;
mod rows;
#[cfg(test)]
mod tests;

use kernel::{Decider as _, Recorded, Uuid};
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Phase, TicketNumber};
use work::project;
use work::task::Task;

use crate::{Fact, Key, Projection};

pub use answer::{EdgeAnswer, NodeAnswer, TaskGraphAnswer};
pub(crate) use drawings::Drawings;

/// The row that says that the project is there.
const PROJECT: &str = "project";
/// The row of a task.
const TASK: &str = "task";
/// The row of a ticket.
const TICKET: &str = "ticket";
/// The row of an edge; its id is `<from>/<to>`.
const EDGE: &str = "edge";

/// The read model `task_graph`.
#[derive(Debug)]
pub struct TaskGraph;

/// A row of the graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum GraphRow {
    /// The project is there, so it has a graph.
    Project,
    /// A task; cancelled ones stay.
    Task(TaskNode),
    /// A ticket; cancelled ones stay.
    Ticket(TicketNode),
    /// Something waits for something.
    Edge(Edge),
}

/// A task of the graph.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskNode {
    /// Where its first event stands in the log.
    pub first_position: i64,
    /// The task itself, which knows its status; without the texts and lists that the graph does not show.
    pub task: Task,
}

/// A ticket of the graph; shown when it has an edge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TicketNode {
    /// Where its first event stands in the log.
    pub first_position: i64,
    /// What people call it by.
    pub number: TicketNumber,
    /// In a line.
    pub title: Name,
    /// Where its work is.
    pub phase: Phase,
    /// Nobody wants it any more.
    pub cancelled: bool,
}

/// An edge of the graph. It joins nodes of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edge {
    /// The prerequisite.
    pub from: Uuid,
    /// The dependant.
    pub to: Uuid,
    /// Where the event that added it stands in the log.
    pub first_position: i64,
}

impl Projection for TaskGraph {
    const NAME: &'static str = "task_graph";
    /// Counts with the task, which is kept in the rows as it is.
    const VERSION: i32 = Task::LOGIC_VERSION;
    const READS: &'static [&'static str] = &["project", "ticket", "task", "work_graph"];
    type Row = GraphRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        let id = &event.envelope.aggregate_id;
        match &event.event {
            Fact::Project(project::Event::Created { .. }) => vec![Key::new(PROJECT, id)],
            Fact::Ticket(event) if rows::changes_ticket(event) => vec![Key::new(TICKET, id)],
            Fact::Task(_) => vec![Key::new(TASK, id)],
            Fact::WorkGraph(event) => {
                rows::edges(event).iter().map(|(from, to)| Key::new(EDGE, format!("{from}/{to}"))).collect()
            }
            _ => Vec::new(),
        }
    }

    fn fold(key: &Key, row: &mut Option<GraphRow>, event: &Recorded<Fact>) {
        let position = event.envelope.position;
        match &event.event {
            Fact::Project(_) => *row = Some(GraphRow::Project),
            Fact::Ticket(event) => rows::fold_ticket(row, event, position),
            Fact::Task(event) => rows::fold_task(row, event, position),
            Fact::WorkGraph(event) => rows::fold_edge(key, row, event, position),
            Fact::Spec(_)
            | Fact::Run(_)
            | Fact::Agent(_)
            | Fact::Merge(_)
            | Fact::Repository(_)
            | Fact::Intervention(_)
            | Fact::Trajectory(_)
            | Fact::Organization(_)
            | Fact::User(_)
            | Fact::Unread => {}
        }
    }
}
