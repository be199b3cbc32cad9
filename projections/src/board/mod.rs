//! The Kanban board of a project: its columns, and a card a ticket.

mod answer;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use kernel::Recorded;
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Phase, Priority, TaskId, TicketNumber};
use work::{project, ticket};

use crate::{Fact, Key, Projection};

pub use answer::{BoardAnswer, CardAnswer, ColumnAnswer, TaskCounts};

/// The row of the columns, one a project.
const COLUMNS: &str = "columns";
/// The row of a ticket.
const CARD: &str = "card";

/// The read model `board`.
#[derive(Debug)]
pub struct Board;

/// A row of the board.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum BoardRow {
    /// The columns of the project.
    Columns {
        /// Left to right.
        board: vocabulary::Board,
    },
    /// A ticket that is not cancelled.
    Card(Card),
}

/// A ticket as the board shows it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// What people call it by.
    pub number: TicketNumber,
    /// In a line.
    pub title: Name,
    /// How urgent.
    pub priority: Priority,
    /// Decides the column.
    pub phase: Phase,
    /// Its place within the column; those without one follow by number.
    pub rank: Option<ticket::Rank>,
    /// Why it waits, when somebody said so.
    pub blocked: Option<String>,
    /// Its tasks and what became of them.
    pub tasks: BTreeMap<TaskId, ticket::TaskOutcome>,
}

impl Projection for Board {
    const NAME: &'static str = "board";
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &["project", "ticket"];
    type Row = BoardRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        let id = &event.envelope.aggregate_id;
        match &event.event {
            Fact::Project(project::Event::Created { .. } | project::Event::BoardConfigured { .. }) => {
                vec![Key::new(COLUMNS, id)]
            }
            Fact::Ticket(event) if shows(event) => vec![Key::new(CARD, id)],
            _ => Vec::new(),
        }
    }

    fn fold(_: &Key, row: &mut Option<BoardRow>, event: &Recorded<Fact>) {
        match &event.event {
            Fact::Project(event) => fold_columns(row, event),
            Fact::Ticket(event) => fold_card(row, event),
            _ => {}
        }
    }
}

fn fold_columns(row: &mut Option<BoardRow>, event: &project::Event) {
    match event {
        project::Event::Created { .. } => {
            *row = Some(BoardRow::Columns { board: vocabulary::Board::default() });
        }
        project::Event::BoardConfigured { columns } => {
            *row = Some(BoardRow::Columns { board: columns.clone() });
        }
        _ => {}
    }
}

/// Whether a card looks different after it.
const fn shows(event: &ticket::Event) -> bool {
    use ticket::Event;
    !matches!(
        event,
        Event::GateEvaluated { .. }
            | Event::GateApprovalRequested { .. }
            | Event::GateApprovalGranted { .. }
            | Event::GateApprovalRejected { .. }
            | Event::Commented { .. }
            | Event::CommitLinked { .. }
            | Event::PullRequestLinked { .. }
            | Event::DependencyAdded { .. }
            | Event::DependencyRemoved { .. }
    )
}

fn fold_card(row: &mut Option<BoardRow>, event: &ticket::Event) {
    if let ticket::Event::Created { number, title, priority, phase, .. } = event {
        *row = Some(BoardRow::Card(Card {
            number: *number,
            title: title.clone(),
            priority: *priority,
            phase: *phase,
            rank: None,
            blocked: None,
            tasks: BTreeMap::new(),
        }));
    }
    if let ticket::Event::Cancelled { .. } = event {
        *row = None;
    }
    if let Some(BoardRow::Card(card)) = row {
        change(card, event);
    }
}

fn change(card: &mut Card, event: &ticket::Event) {
    use ticket::Event;
    match event {
        Event::Refined { title, priority, .. } => {
            if let Some(title) = title {
                card.title = title.clone();
            }
            card.priority = priority.unwrap_or(card.priority);
        }
        Event::TaskAttached { task, .. } => {
            card.tasks.entry(*task).or_insert(ticket::TaskOutcome::Open);
        }
        Event::TaskDetached { task } => {
            card.tasks.remove(task);
        }
        Event::TaskOutcomeNoted { task, outcome, .. } => {
            card.tasks.insert(*task, *outcome);
        }
        Event::PhaseEntered { to, .. } => card.phase = *to,
        Event::Blocked { reason, .. } => card.blocked = Some(reason.to_string()),
        Event::Unblocked { .. } | Event::Completed => card.blocked = None,
        Event::Reordered { rank } => card.rank = Some(rank.clone()),
        _ => {}
    }
}
