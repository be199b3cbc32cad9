//! The board as it is answered: cards in their columns, in order.

use eventstore::Unavailable;
use kernel::{OrgId, ProjectId, Uuid};
use schemars::JsonSchema;
use serde::Serialize;
use vocabulary::{Name, Phase, Priority, Slug, TicketNumber};
use work::ticket::{Rank, TaskOutcome};

use super::{Board, BoardRow, Card};
use crate::remembered::Stands;
use crate::{Answer, ReadModels};

/// The board of a project at a position.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "Board")]
pub struct BoardAnswer {
    /// Everything up to here is shown.
    pub position: i64,
    /// The board stands still since this event, because it cannot be applied; `null` when all is well.
    pub stale: Option<i64>,
    /// Left to right.
    pub columns: Vec<ColumnAnswer>,
}

/// A column with its cards.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "BoardColumn")]
pub struct ColumnAnswer {
    /// Its part of addresses.
    pub id: Slug,
    /// What people call it.
    pub title: Name,
    /// The phases it shows.
    pub phases: Vec<Phase>,
    /// How many tickets people may move into it; `null` for any number.
    pub wip_limit: Option<u32>,
    /// Top to bottom.
    pub cards: Vec<CardAnswer>,
}

/// A ticket on the board.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "BoardCard")]
pub struct CardAnswer {
    /// The ticket.
    pub id: Uuid,
    /// What people call it by, e.g. `TKT-001`.
    pub number: TicketNumber,
    /// In a line.
    pub title: Name,
    /// How urgent.
    pub priority: Priority,
    /// Where its work is.
    pub phase: Phase,
    /// Why it waits, when somebody said so.
    pub blocked: Option<String>,
    /// What became of its tasks.
    pub tasks: TaskCounts,
    /// Its place in the column: cards with one stand in the order of its characters, those without follow by number.
    pub rank: Option<Rank>,
    /// The last event that changed the card.
    pub position: i64,
}

/// How many tasks a ticket has; cancelled ones do not count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct TaskCounts {
    /// All of them.
    pub total: usize,
    /// Proven done.
    pub completed: usize,
    /// Given up.
    pub failed: usize,
}

impl ReadModels {
    /// The board of a project; `None` when this organization has no such project.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn board(&self, org: OrgId, project: ProjectId) -> Result<Option<BoardAnswer>, Unavailable> {
        self.boards.answer::<Board>(self, org, project.0, render).await
    }
}

impl Stands for BoardAnswer {
    fn stand(&mut self, position: i64, stale: Option<i64>) {
        (self.position, self.stale) = (position, stale);
    }
}

pub(super) fn render(answer: Answer<BoardRow>) -> Option<BoardAnswer> {
    let mut board = None;
    let mut cards = Vec::new();
    for row in answer.rows {
        match row.row {
            BoardRow::Columns { board: columns } => board = Some(columns),
            BoardRow::Card(card) => {
                let id = Uuid::parse_str(&row.id).unwrap_or_default();
                cards.push((
                    card.rank.is_none(),
                    card.rank.clone(),
                    card.number,
                    shown(id, row.position, card),
                ));
            }
        }
    }
    cards.sort_by(|a, b| (a.0, &a.1, a.2).cmp(&(b.0, &b.1, b.2)));
    let mut columns: Vec<ColumnAnswer> = board?
        .columns()
        .iter()
        .map(|column| ColumnAnswer {
            id: column.id.clone(),
            title: column.title.clone(),
            phases: column.phases.clone(),
            wip_limit: column.wip_limit.map(std::num::NonZero::get),
            cards: Vec::new(),
        })
        .collect();
    for (.., card) in cards {
        if let Some(column) = columns.iter_mut().find(|column| column.phases.contains(&card.phase)) {
            column.cards.push(card);
        }
    }
    Some(BoardAnswer { position: answer.position, stale: answer.stale, columns })
}

fn shown(id: Uuid, position: i64, card: Card) -> CardAnswer {
    let mut tasks = TaskCounts::default();
    for outcome in card.tasks.values() {
        match outcome {
            TaskOutcome::Cancelled => continue,
            TaskOutcome::Completed => tasks.completed += 1,
            TaskOutcome::Failed => tasks.failed += 1,
            TaskOutcome::Open => {}
        }
        tasks.total += 1;
    }
    CardAnswer {
        id,
        number: card.number,
        title: card.title,
        priority: card.priority,
        phase: card.phase,
        blocked: card.blocked,
        tasks,
        rank: card.rank,
        position,
    }
}
