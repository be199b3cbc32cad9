//! The tasks that wait for somebody who works on them, the tickets that may hold them back, and the runs that go on: what the
//! scheduler chooses from. Which task comes first follows from what the rows hold and from the time it is asked (`score`); a
//! row is never touched for it.

mod next;
mod score;
#[cfg(test)]
mod tests;
mod tickets;
mod waits;

use kernel::{Decider as _, Recorded, Timestamp};
use serde::{Deserialize, Serialize};
use vocabulary::TaskId;
use work::task::{self, Locks, Plan, Revision, Status, Task, Work};
use work::ticket::Ticket;

use crate::{Fact, Key, Projection};

pub use next::Candidate;
pub use score::{Terms, score};
pub use waits::{WaitsFor, why_not_started};

/// The row of a task that is neither completed nor cancelled.
const TASK: &str = "task";
/// The row of a ticket: it stays, for others may depend on it.
const TICKET: &str = "ticket";
/// The row of a run that goes on: it has one of the places of its project.
const RUN: &str = "run";

/// The read model `ready_queue`.
#[derive(Debug)]
pub struct ReadyQueue;

/// A row of it. `next.rs` reads fields of it in SQL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum QueueRow {
    /// A task that somebody may still work on.
    Task(Box<Queued>),
    /// A ticket, as far as it matters for whether work on its tasks may begin.
    Ticket {
        /// The ticket itself.
        ticket: Ticket,
    },
    /// A run that goes on.
    Run {
        /// What it works on.
        task: TaskId,
        /// What nobody else has meanwhile.
        #[serde(default, skip_serializing_if = "Locks::is_empty")]
        locks: Locks,
    },
}

/// A task as far as it matters for when it is worked on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Queued {
    /// It is ready, and nothing blocks it.
    pub startable: bool,
    /// When it last became startable.
    pub ready_at: Option<Timestamp>,
    /// The task itself, which knows its status; without the texts and lists that do not matter here.
    pub task: Task,
}

impl Projection for ReadyQueue {
    const NAME: &'static str = "ready_queue";
    /// Counts with the task and the ticket, which are kept in the rows as they are.
    const VERSION: i32 = Task::LOGIC_VERSION + Ticket::LOGIC_VERSION;
    const READS: &'static [&'static str] = &["task", "ticket", "run"];
    type Row = QueueRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        use execution::run::Event;
        let id = &event.envelope.aggregate_id;
        match &event.event {
            Fact::Task(_) => vec![Key::new(TASK, id)],
            Fact::Ticket(event) if tickets::matters(event) => vec![Key::new(TICKET, id)],
            Fact::Run(Event::Started(_) | Event::Ended { .. }) => vec![Key::new(RUN, id)],
            _ => Vec::new(),
        }
    }

    fn fold(_: &Key, row: &mut Option<QueueRow>, event: &Recorded<Fact>) {
        use execution::run::Event;
        match &event.event {
            Fact::Task(fact) => fold_task(row, fact, event.envelope.recorded_at),
            Fact::Ticket(fact) => tickets::fold(row, fact),
            Fact::Run(Event::Started(start)) => {
                *row = Some(QueueRow::Run { task: start.task, locks: start.locks.clone() });
            }
            Fact::Run(_) => *row = None,
            _ => {}
        }
    }
}

/// What happens to a task before it was planned makes no row.
fn fold_task(row: &mut Option<QueueRow>, event: &task::Event, at: Timestamp) {
    if let (None, task::Event::Planned(_)) = (&row, event) {
        let queued = Queued { startable: false, ready_at: None, task: Task::Absent };
        *row = Some(QueueRow::Task(Box::new(queued)));
    }
    let Some(QueueRow::Task(queued)) = row else { return };
    match event {
        task::Event::Planned(plan) => queued.task.evolve(&task::Event::Planned(Box::new(outline(plan)))),
        task::Event::Revised(revision) => {
            queued.task.evolve(&task::Event::Revised(Box::new(outlined(revision))));
        }
        event => queued.task.evolve(event),
    }
    let Task::Present(details) = &mut queued.task else { return };
    details.feedback = None;
    details.plan.prerequisites.clear();
    if matches!(details.status, Status::Completed { .. } | Status::Cancelled) {
        *row = None;
        return;
    }
    let startable = details.status == Status::Ready && !details.is_blocked();
    if startable && !queued.startable {
        queued.ready_at = Some(at);
    }
    queued.startable = startable;
}

/// The plan without what does not matter here: all that can be started is read at each turn of the scheduler.
fn outline(plan: &Plan) -> Plan {
    Plan {
        ticket: plan.ticket,
        number: plan.number,
        title: plan.title.clone(),
        description: None,
        phase: plan.phase,
        priority: plan.priority,
        estimate: None,
        files: task::Files::default(),
        work: Work { run: None, ..plan.work.clone() },
        prerequisites: std::collections::BTreeSet::new(),
        spec: None,
    }
}

/// A revision without what does not matter here.
fn outlined(revision: &Revision) -> Revision {
    Revision {
        ticket: revision.ticket,
        title: revision.title.clone(),
        priority: revision.priority,
        mode: revision.mode,
        validate: revision.validate.clone(),
        ..Revision::default()
    }
}
