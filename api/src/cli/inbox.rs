//! `omoi inbox`: what waits for a person, and what moves.

use std::process::ExitCode;

use kernel::{Timestamp, Uuid};
use serde::Deserialize;

use super::client::{Connection, Line, Reading, Session, Span, alarm, faint, plain, rows, strong, time};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "What waits longest comes first; below it stands what ends the wait.\nExample: omoi inbox --project billing"
)]
pub(crate) struct Args {
    /// Only of this project: its name, slug or UUID. [default: all]
    #[arg(long, value_name = "PROJECT")]
    project: Option<String>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    connection: Connection,
}

/// The answer of `GET /inbox`.
#[derive(Debug, Deserialize)]
struct Inbox {
    position: i64,
    waiting: Vec<Item>,
    moving: Vec<Moving>,
}

/// Something that is wanted of a person.
#[derive(Debug, Deserialize)]
struct Item {
    kind: String,
    since: Timestamp,
    about: About,
    text: String,
}

#[derive(Debug, Deserialize)]
struct About {
    kind: String,
    id: Uuid,
    number: Option<String>,
    title: String,
}

/// A run that goes on.
#[derive(Debug, Deserialize)]
struct Moving {
    run: Uuid,
    number: String,
    title: String,
    agent: String,
    since: Timestamp,
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    Session::run(&args.connection, async |session| {
        let path = match &args.project {
            Some(project) => format!("/inbox?project={}", session.project(project).await?),
            None => "/inbox".to_owned(),
        };
        let answer = session.client.read(&path, args.reading.min_position).await?;
        session.out.show(&answer, Inbox::lines)
    })
    .await
}

impl Inbox {
    fn lines(self) -> Vec<Line> {
        let mut lines = Vec::new();
        if self.waiting.is_empty() {
            lines.push(vec![plain("Nothing waits for you.")]);
        } else {
            lines.push(vec![strong(format!("Waiting for you  {}", self.waiting.len()))]);
            let (items, ways): (Vec<_>, Vec<_>) =
                self.waiting.iter().map(|item| (item.row(), item.way())).unzip();
            for (line, way) in rows(2, items).into_iter().zip(ways) {
                lines.push(line);
                lines.extend(way.map(|way| vec![plain("      "), faint(way)]));
            }
        }
        if !self.moving.is_empty() {
            lines.extend([Vec::new(), vec![strong(format!("Moving  {}", self.moving.len()))]]);
            lines.extend(rows(2, self.moving.into_iter().map(Moving::row).collect()));
        }
        lines.push(vec![faint(format!("as of position {}", self.position))]);
        lines
    }
}

impl Item {
    fn row(&self) -> Vec<Span> {
        let About { number, title, kind, .. } = &self.about;
        let called = number.clone().unwrap_or_else(|| kind.clone());
        let what = match self.kind.as_str() {
            "spec_failed" | "task_failed" | "merge_parked" | "spec_halted" => alarm(self.spoken()),
            _ => plain(self.spoken()),
        };
        vec![faint(time(self.since)), what, strong(called), plain(title), plain(&self.text)]
    }

    /// The kind in words.
    fn spoken(&self) -> String {
        match self.kind.as_str() {
            "spec_question" => "question",
            "spec_approval" | "ticket_approval" | "merge_approval" => "approval",
            "merge_parked" => "parked",
            "task_failed" | "spec_failed" => "failed",
            "spec_halted" => "halted",
            "spec_unproven" => "unproven",
            other => return other.replace('_', " "),
        }
        .to_owned()
    }

    /// What ends the wait; none for a kind that this program does not know.
    fn way(&self) -> Option<String> {
        let id = self.about.id;
        Some(match self.kind.as_str() {
            "spec_question" => format!("omoi spec show {id}; omoi spec answer {id} NUMBER TEXT"),
            "spec_approval" => format!("omoi spec show {id}; omoi spec approve {id} HASH"),
            "ticket_approval" => format!("omoi ticket show {id}; omoi ticket approve {id} PHASE"),
            "merge_approval" => format!("omoi merge show {id}; omoi merge approve {id}"),
            "merge_parked" => format!("omoi merge show {id}"),
            "task_failed" => format!("omoi explain task {id}; omoi task retry {id}"),
            "spec_unproven" => {
                format!("omoi spec report {id}; omoi spec accept {id} --requirement REQ --reason TEXT")
            }
            "spec_failed" | "spec_halted" => format!("omoi spec show {id}; omoi spec resume {id}"),
            _ => return None,
        })
    }
}

impl Moving {
    fn row(self) -> Vec<Span> {
        vec![
            strong(self.number),
            plain(self.title),
            plain(self.agent),
            faint(format!("since {}", time(self.since))),
            faint(format!("omoi run watch {}", self.run)),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cli::client::shown_plain;

    fn inbox(waiting: &serde_json::Value, moving: &serde_json::Value) -> String {
        let inbox = json!({ "position": 77, "waiting": waiting, "moving": moving });
        shown_plain(&serde_json::from_value::<Inbox>(inbox).unwrap().lines()).join("\n")
    }

    fn item(kind: &str, about: &str, number: Option<&str>) -> serde_json::Value {
        json!({
            "kind": kind, "project": Uuid::from_u128(9), "since": "2026-11-30T09:12:40.113525Z", "text": "Do it.", "of": null,
            "about": { "kind": about, "id": Uuid::from_u128(1), "number": number, "title": "Invoices" },
        })
    }

    #[test]
    fn the_answer_of_the_api_is_understood() {
        let inbox: Inbox = serde_json::from_str(include_str!("../openapi/examples/inbox.json")).unwrap();
        let shown = shown_plain(&inbox.lines()).join("\n");
        assert!(shown.contains("Invoices by mail") && shown.contains("TSK-004  Parse the header"), "{shown}");
    }

    #[test]
    fn what_waits_says_what_ends_the_wait() {
        let id = Uuid::from_u128(1);
        let shown = inbox(
            &json!([item("merge_parked", "merge", None), item("task_failed", "task", Some("TSK-003"))]),
            &json!([]),
        );
        for words in [
            "Waiting for you  2".to_owned(),
            "2026-11-30 09:12:40  parked  merge    Invoices  Do it.".to_owned(),
            format!("      omoi merge show {id}"),
            "2026-11-30 09:12:40  failed  TSK-003  Invoices  Do it.".to_owned(),
            format!("omoi explain task {id}; omoi task retry {id}"),
            "as of position 77".to_owned(),
        ] {
            assert!(shown.contains(&words), "{words}\n{shown}");
        }
        assert!(!shown.contains("Moving"), "{shown}");
    }

    #[test]
    fn every_kind_of_the_contract_has_a_way_on() {
        for kind in [
            "spec_question",
            "spec_approval",
            "ticket_approval",
            "merge_approval",
            "merge_parked",
            "task_failed",
            "spec_failed",
            "spec_halted",
            "spec_unproven",
        ] {
            let item: Item = serde_json::from_value(item(kind, "spec", None)).unwrap();
            assert!(item.way().is_some_and(|way| way.starts_with("omoi ")), "{kind}");
        }
    }

    #[test]
    fn an_empty_inbox_says_so_and_what_moves() {
        let moving = json!([{
            "run": Uuid::from_u128(2), "task": Uuid::from_u128(3), "number": "TSK-001", "title": "Draw", "agent": "native",
            "project": Uuid::from_u128(9), "since": "2026-11-30T09:12:40.113525Z",
        }]);
        let shown = inbox(&json!([]), &moving);
        assert!(shown.starts_with("Nothing waits for you."), "{shown}");
        assert!(
            shown.contains("TSK-001  Draw  native  since 2026-11-30 09:12:40  omoi run watch "),
            "{shown}"
        );
    }
}
