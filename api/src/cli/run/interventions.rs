//! Who stepped into a run, as people read it.

use kernel::{Timestamp, Uuid};
use serde::Deserialize;

use crate::cli::client::{Line, alarm, faint, plain, rows, strong, time};

/// The answer of `GET /interventions`.
#[derive(Debug, Default, Deserialize)]
pub(super) struct List {
    interventions: Vec<Intervention>,
}

#[derive(Debug, Deserialize)]
struct Intervention {
    id: Uuid,
    kind: String,
    by: Uuid,
    requested_at: Timestamp,
    status: String,
    turn: Option<u32>,
    reason: Option<String>,
}

impl List {
    /// For people, as it went; nothing when nobody has stepped in.
    pub(super) fn lines(self) -> Vec<Line> {
        if self.interventions.is_empty() {
            return Vec::new();
        }
        let mut lines = vec![Vec::new(), vec![strong("interventions")]];
        lines.extend(rows(2, self.interventions.into_iter().rev().map(Intervention::row).collect()));
        lines
    }
}

impl Intervention {
    fn row(self) -> Line {
        let came_to = match (self.turn, self.reason) {
            (Some(turn), _) => plain(format!("{} in turn {turn}", self.status)),
            (_, Some(reason)) => alarm(format!("{}: {reason}", self.status)),
            _ if self.status == "expired" => alarm("expired with the run"),
            _ => plain(self.status),
        };
        vec![
            plain(self.kind),
            came_to,
            faint(time(self.requested_at)),
            faint(format!("by {}", self.by)),
            faint(self.id),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::client::shown_plain;

    fn shown(text: &str) -> Vec<String> {
        let list: List = serde_json::from_str(text).expect("an example is an answer");
        shown_plain(&list.lines())
    }

    #[test]
    fn interventions_are_told_in_their_order_with_what_came_of_them() {
        let lines = shown(include_str!("../../openapi/examples/interventions.json"));
        assert_eq!(lines[..2], ["", "interventions"]);
        assert!(lines[2].starts_with("  message    delivered in turn 1 "), "{lines:?}");
        assert!(
            lines[3].starts_with("  interrupt  failed: turn 2 was over before that, by itself (end_turn)"),
            "{lines:?}"
        );
        assert!(lines[3].contains("2026-11-30 09:13:20"), "{lines:?}");
        assert_eq!(shown(r#"{"interventions":[]}"#), Vec::<String>::new());
    }
}
