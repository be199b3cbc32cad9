//! Tickets as people read them.

use std::collections::BTreeMap;

use kernel::{Timestamp, Uuid};
use serde::Deserialize;

use crate::cli::board::{Board, card_row};
use crate::cli::client::{Line, alarm, faint, paragraphs, plain, rows, strong, time};

/// The answer to a change.
#[derive(Debug, Deserialize)]
pub(super) struct Changed {
    id: Uuid,
    number: String,
    title: String,
    priority: String,
    status: String,
    blocked: Option<String>,
    version: i64,
    position: Option<i64>,
}

/// The answer of `GET /tickets/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct Details {
    id: Uuid,
    number: String,
    title: String,
    description: Option<String>,
    priority: String,
    status: String,
    blocked: Option<Block>,
    possible: Vec<String>,
    tasks: BTreeMap<Uuid, Task>,
    conversation: Vec<Comment>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: i64,
}

#[derive(Debug, Deserialize)]
struct Block {
    reason: String,
}

#[derive(Debug, Deserialize)]
struct Task {
    number: String,
    phase: String,
    outcome: String,
}

#[derive(Debug, Deserialize)]
struct Comment {
    at: Timestamp,
    text: String,
}

pub(super) fn changed(ticket: Changed) -> Vec<Line> {
    let place =
        ticket.position.map_or("nothing changed".to_owned(), |position| format!("position {position}"));
    let ids = format!("({}, version {}, {place})", ticket.id, ticket.version);
    let mut row =
        vec![strong(ticket.number), plain(ticket.title), plain(ticket.status), plain(ticket.priority)];
    row.extend(ticket.blocked.map(|reason| alarm(format!("blocked: {reason}"))));
    row.push(faint(ids));
    rows(0, vec![row])
}

pub(super) fn list(board: Board) -> Vec<Line> {
    let cards = board.columns.into_iter().flat_map(|column| column.cards);
    let cards: Vec<_> = cards.map(card_row).collect();
    if cards.is_empty() {
        return vec![vec![plain("There is no ticket yet; `omoi ticket create` makes one.")]];
    }
    rows(0, cards)
}

pub(super) fn details(ticket: Details) -> Vec<Line> {
    let mut lines = vec![vec![strong(ticket.number), plain("  "), strong(ticket.title)]];
    let mut facts = vec![
        vec![faint("status"), plain(ticket.status)],
        vec![faint("priority"), plain(ticket.priority)],
        vec![faint("created"), plain(time(ticket.created_at))],
        vec![faint("changed"), plain(time(ticket.updated_at))],
        vec![faint("version"), plain(ticket.version)],
        vec![faint("id"), plain(ticket.id)],
        vec![faint("possible"), plain(ticket.possible.join(", "))],
    ];
    if let Some(Block { reason }) = ticket.blocked {
        facts.insert(1, vec![faint("blocked"), alarm(reason)]);
    }
    lines.extend(rows(2, facts));
    lines.extend(paragraphs(ticket.description.as_deref()));
    let mut tasks: Vec<Task> = ticket.tasks.into_values().collect();
    if !tasks.is_empty() {
        tasks.sort_by_key(|task| (task.number.len(), task.number.clone()));
        let row = |task: Task| vec![strong(task.number), plain(task.phase), plain(task.outcome)];
        lines.extend([Vec::new(), vec![plain("Tasks")]]);
        lines.extend(rows(2, tasks.into_iter().map(row).collect()));
    }
    if !ticket.conversation.is_empty() {
        let row = |comment: Comment| vec![faint(time(comment.at)), plain(comment.text)];
        lines.extend([Vec::new(), vec![plain("Conversation")]]);
        lines.extend(rows(2, ticket.conversation.into_iter().map(row).collect()));
    }
    lines
}
