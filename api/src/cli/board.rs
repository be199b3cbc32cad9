//! `omoi board`: the columns of a project, with their limits and cards.

use std::process::ExitCode;

use serde::Deserialize;

use super::client::{Line, Span, alarm, faint, plain, rows, strong};
use super::of_project::{OfProject, standing};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "3/5 behind a column: it holds 3 cards, and at most 5 are wanted.\nExample: omoi board billing"
)]
pub(crate) struct Args {
    #[command(flatten)]
    of: OfProject,
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    args.of.show("board", lines).await
}

/// The answer of `GET /projects/{id}/board`.
#[derive(Debug, Deserialize)]
pub(super) struct Board {
    position: i64,
    stale: Option<i64>,
    pub(super) columns: Vec<Column>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Column {
    title: String,
    wip_limit: Option<usize>,
    pub(super) cards: Vec<Card>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Card {
    number: String,
    title: String,
    priority: String,
    phase: String,
    blocked: Option<String>,
    tasks: Counts,
}

#[derive(Debug, Deserialize)]
struct Counts {
    total: usize,
    completed: usize,
    failed: usize,
}

fn lines(board: Board) -> Vec<Line> {
    let mut lines = Vec::new();
    for column in board.columns {
        lines.push(heading(&column));
        lines.extend(rows(2, column.cards.into_iter().map(card_row).collect()));
    }
    lines.push(standing(board.position, board.stale));
    lines
}

fn heading(column: &Column) -> Line {
    let cards = column.cards.len();
    let count = match column.wip_limit {
        Some(limit) if cards > limit => alarm(format!("{cards}/{limit}")),
        Some(limit) => plain(format!("{cards}/{limit}")),
        None => plain(cards),
    };
    vec![strong(&column.title), plain("  "), count]
}

/// A card in a line.
pub(super) fn card_row(card: Card) -> Vec<Span> {
    let Counts { total, completed, failed } = card.tasks;
    let mut row = vec![strong(card.number), plain(card.title), plain(card.phase), plain(card.priority)];
    row.push(if total == 0 { faint("no tasks") } else { plain(format!("{completed}/{total} done")) });
    let failed = (failed > 0).then(|| format!("{failed} failed"));
    let trouble = [card.blocked.map(|reason| format!("blocked: {reason}")), failed];
    let trouble: Vec<String> = trouble.into_iter().flatten().collect();
    row.extend((!trouble.is_empty()).then(|| alarm(trouble.join(", "))));
    row
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::client::shown_plain;

    #[test]
    fn a_board_is_read_from_top_to_bottom() {
        let card = |number: &str, title: &str, blocked: Option<&str>, failed: usize| {
            json!({
                "id": "x", "number": number, "title": title, "priority": "high", "phase": "design",
                "blocked": blocked, "tasks": { "total": 3, "completed": 1, "failed": failed }, "position": 9,
            })
        };
        let cards =
            [card("TKT-001", "Take \u{1b}[2Jcards", Some("no bank"), 1), card("TKT-002", "Pay", None, 0)];
        let board = json!({ "position": 12, "stale": 11, "columns": [
            { "id": "backlog", "title": "Backlog", "phases": ["backlog"], "wip_limit": null, "cards": [] },
            { "id": "design", "title": "Design", "phases": ["design"], "wip_limit": 5, "cards": cards },
        ]});
        assert_eq!(
            shown_plain(&lines(serde_json::from_value(board).unwrap())),
            [
                "Backlog  0",
                "Design  2/5",
                "  TKT-001  Take \u{fffd}[2Jcards  design  high  1/3 done  blocked: no bank, 1 failed",
                "  TKT-002  Pay             design  high  1/3 done",
                "as of position 12; it stands still since 11, because that event cannot be applied",
            ]
        );
    }
}
