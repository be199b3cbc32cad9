//! Tasks as people read them.

use kernel::{Timestamp, Uuid};
use serde::Deserialize;

use crate::cli::client::{Line, alarm, faint, paragraphs, plain, rows, strong, time};
use crate::cli::near::{Near, warnings};

/// The answer to a change.
#[derive(Debug, Deserialize)]
pub(super) struct Changed {
    id: Uuid,
    number: String,
    title: String,
    phase: String,
    priority: String,
    status: String,
    version: i64,
    position: Option<i64>,
}

/// The answer of `GET /tasks/{id}`.
#[derive(Debug, Deserialize)]
pub(super) struct Details {
    id: Uuid,
    number: String,
    title: String,
    description: Option<String>,
    phase: String,
    priority: String,
    status: String,
    progress: Progress,
    estimate: Option<f64>,
    #[serde(default)]
    files: Vec<String>,
    work: Work,
    blockers: Vec<Block>,
    waits_for: Option<String>,
    attempt: u32,
    possible: Vec<String>,
    near_duplicates: Option<Vec<Near>>,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: i64,
}

/// How it is done, as far as it is shown.
#[derive(Debug, Deserialize)]
struct Work {
    #[serde(default)]
    locks: Vec<String>,
}

/// What may stand behind the status.
#[derive(Debug, Deserialize)]
struct Progress {
    /// Of the next attempt.
    at: Option<Timestamp>,
    /// Of the failure.
    reason: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Block {
    reason: String,
}

pub(super) fn changed(task: Changed) -> Vec<Line> {
    let place = task.position.map_or("nothing changed".to_owned(), |position| format!("position {position}"));
    let ids = format!("({}, version {}, {place})", task.id, task.version);
    let status = if task.status == "failed" { alarm(task.status) } else { plain(task.status) };
    let row = vec![
        strong(task.number),
        plain(task.title),
        status,
        plain(task.phase),
        plain(task.priority),
        faint(ids),
    ];
    rows(0, vec![row])
}

pub(super) fn details(task: Details) -> Vec<Line> {
    let mut lines = vec![vec![strong(task.number), plain("  "), strong(task.title)]];
    let warned = warnings(task.id, task.near_duplicates.as_deref());
    let mut facts = vec![vec![faint("status"), plain(task.status)]];
    facts.extend(task.blockers.into_iter().map(|block| vec![faint("blocked"), alarm(block.reason)]));
    facts.extend(task.waits_for.map(|what| vec![faint("waits for"), plain(waits_for(&what))]));
    facts.extend(task.progress.reason.map(|reason| vec![faint("because"), alarm(reason)]));
    facts.extend(task.progress.at.map(|at| vec![faint("next attempt"), plain(time(at))]));
    facts.extend([
        vec![faint("phase"), plain(task.phase)],
        vec![faint("priority"), plain(task.priority)],
        vec![faint("estimate"), task.estimate.map_or(faint("-"), |hours| plain(format!("{hours} h")))],
        vec![faint("failed attempts"), plain(task.attempt)],
    ]);
    facts.extend((!task.files.is_empty()).then(|| vec![faint("files"), plain(task.files.join(", "))]));
    facts.extend(
        (!task.work.locks.is_empty()).then(|| vec![faint("locks"), plain(task.work.locks.join(", "))]),
    );
    facts.extend([
        vec![faint("created"), plain(time(task.created_at))],
        vec![faint("changed"), plain(time(task.updated_at))],
        vec![faint("version"), plain(task.version)],
        vec![faint("id"), plain(task.id)],
        vec![faint("possible"), plain(task.possible.join(", "))],
    ]);
    lines.extend(rows(2, facts));
    lines.extend(warned);
    lines.extend(paragraphs(task.description.as_deref()));
    lines
}

/// What lets it be started.
pub(in crate::cli) fn waits_for(what: &str) -> String {
    match what {
        "ticket_cancelled" => "its ticket, which is cancelled",
        "ticket_blocked" => "its ticket to be unblocked",
        "ticket_waits" => "a ticket that its own depends on",
        "phase_ahead" => "its ticket to come to its phase: a gate before it has not opened",
        "lock" => "another run, which has what it needs for itself alone",
        "agent_quarantined" => "its agent, which is in quarantine: `omoi agent release` ends that",
        _ => return what.replace('_', " "),
    }
    .to_owned()
}
