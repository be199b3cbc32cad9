//! What a revision changes, and where requirements and work differ: as people read it on the command line.

use serde::Deserialize;

use super::lines::{Standing, section};
use super::shown::{Drift, Spec};
use crate::cli::client::{Answer, Failure, Line, Span, alarm, faint, plain, rows, strong, time};

/// The answer to a revision.
#[derive(Debug, Deserialize)]
pub(super) struct Revised {
    #[serde(flatten)]
    standing: Standing,
    position: Option<i64>,
    changes: Changes,
}

#[derive(Debug, Deserialize)]
struct Changes {
    requirements: Vec<Change>,
    design: bool,
    tickets: Vec<Change>,
    tasks: Vec<Change>,
}

#[derive(Debug, Deserialize)]
struct Change {
    id: String,
    change: String,
    title: String,
    number: Option<String>,
    stays: bool,
}

impl Revised {
    pub(super) fn lines(self) -> Vec<Line> {
        let Changes { requirements, design, tickets, tasks } = self.changes;
        let nothing = requirements.is_empty() && !design && tickets.is_empty() && tasks.is_empty();
        let mut lines = self.standing.lines();
        for (name, changes) in [("Requirements", requirements), ("Tickets", tickets), ("Tasks", tasks)] {
            if !changes.is_empty() {
                lines.extend(section(name));
                lines.extend(rows(2, changes.into_iter().map(Change::row).collect()));
            }
        }
        if design {
            lines.extend(section("Design"));
            lines.push(vec![plain("  it is another one")]);
        }
        let end = match (nothing, self.position) {
            (true, _) => "the plan is the same: no ticket and no task changes",
            (false, Some(_)) => "the plan is revised, and its work follows",
            (false, None) => "nothing was written",
        };
        lines.extend([Vec::new(), vec![strong(end)]]);
        lines
    }
}

impl Change {
    fn row(self) -> Vec<Span> {
        let change = match &*self.change {
            "added" => plain("+"),
            "withdrawn" => alarm("-"),
            _ => strong("~"),
        };
        let stays = if self.stays { alarm("stays as it is: it was begun, or is over") } else { plain("") };
        vec![change, strong(self.id), plain(self.number.unwrap_or_default()), plain(self.title), stays]
    }
}

impl Spec {
    /// Of the plan that is there now.
    pub(super) fn plan_hash(answer: &Answer) -> Result<String, Failure> {
        let spec: Self = answer.parse()?;
        spec.plan_hash.ok_or_else(|| {
            let detail =
                format!("the plan is not accepted yet: the spec is {}", spec.status.replace('_', " "));
            Failure::local("not_planned", detail)
        })
    }

    pub(super) fn revised(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        if !self.drift.is_empty() {
            lines.extend(section("Drift"));
            lines.extend(self.drift.iter().map(Drift::line));
        }
        if !self.revisions.is_empty() {
            lines.extend(section("Revisions"));
        }
        for revision in &self.revisions {
            let what = revision.work.as_ref().map_or_else(
                || "its work does not follow yet".to_owned(),
                |work| {
                    format!(
                        "{} added, {} changed, {} withdrawn",
                        work.added.len(),
                        work.changed.len(),
                        work.withdrawn.len()
                    )
                },
            );
            lines.push(vec![
                plain("  "),
                plain(time(revision.at)),
                plain("  "),
                plain(what),
                faint(format!("  by {}", revision.by)),
            ]);
        }
        lines
    }
}

impl Drift {
    fn line(&self) -> Line {
        vec![plain("  "), alarm(&self.code), plain("  "), plain(&self.message)]
    }
}
