//! Events, what each says, and what caused it. The log is read by position and not by id, so causes are looked for backwards from
//! what they caused, among the types that cause anything; how far is bounded.

use std::collections::BTreeMap;

use kernel::{Timestamp, Uuid};
use serde::Deserialize;
use serde_json::Value;

use crate::cli::client::{Failure, Session};

/// Events of one request.
const PAGE: usize = 1000;
/// Requests for causes: 20,000 events that cause something.
const PAGES: usize = 20;
/// Causes of causes that are told.
const DEPTH: usize = 4;

/// Types that processes hear (`commands/src/processes`), or that commands to tasks name as their cause.
const CAUSES: &[&str] = &[
    "project.autonomy_changed",
    "project.settings_changed",
    "spec.plan_accepted",
    "spec.work_materialized",
    "spec.revised",
    "spec.work_revised",
    "ticket.phase_entered",
    "ticket.gate_approval_granted",
    "ticket.unblocked",
    "ticket.cancelled",
    "task.planned",
    "task.dependency_added",
    "task.dependency_removed",
    "task.became_ready",
    "task.blocked",
    "task.unblocked",
    "task.attempt_failed",
    "task.retry_scheduled",
    "task.failed",
    "task.cancelled",
    "task.completed",
    "run.started",
    "run.evidence_gathered",
    "run.ended",
    "agent.quarantined",
    "agent.released",
];

/// An event, as far as it is explained.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Event {
    pub(super) id: Uuid,
    pub(super) position: i64,
    pub(super) r#type: String,
    pub(super) aggregate_id: String,
    pub(super) causation_id: Option<Uuid>,
    pub(super) recorded_at: Timestamp,
    pub(super) payload: Value,
}

#[derive(Debug, Deserialize)]
struct Page {
    events: Vec<Event>,
    next: i64,
}

/// All events of a task, in their order.
///
/// # Errors
/// When the log cannot be read.
pub(super) async fn of_task(session: &Session, task: Uuid) -> Result<Vec<Event>, Failure> {
    let (mut all, mut after) = (Vec::new(), 0);
    loop {
        let path = format!("/events?aggregate_type=task&aggregate_id={task}&after={after}&limit={PAGE}");
        let Page { events, next } = session.client.read(&path, None).await?.parse()?;
        let is_last = events.len() < PAGE;
        all.extend(events);
        if is_last {
            return Ok(all);
        }
        after = next;
    }
}

/// Looks for causes.
#[derive(Debug)]
pub(super) struct Causes<'a> {
    session: &'a Session,
    project: Uuid,
    known: BTreeMap<Uuid, Event>,
    /// Everything from here on is known.
    lowest: i64,
    pages: usize,
}

impl<'a> Causes<'a> {
    /// Of these events, which are causes as well.
    pub(super) fn of(session: &'a Session, project: Uuid, events: &[Event]) -> Self {
        let known = events.iter().map(|event| (event.id, event.clone())).collect();
        let lowest = events.iter().map(|event| event.position).max().unwrap_or(0);
        Self { session, project, known, lowest, pages: 0 }
    }

    /// What caused it, what caused that, and so on, as far as it is found.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(super) async fn chain(&mut self, of: &Event) -> Result<Vec<Event>, Failure> {
        let mut chain: Vec<Event> = Vec::new();
        let mut wanted = of.causation_id;
        while let Some(id) = wanted.filter(|_| chain.len() < DEPTH) {
            let Some(cause) = self.find(id).await? else { break };
            wanted = cause.causation_id;
            chain.push(cause);
        }
        Ok(chain)
    }

    async fn find(&mut self, id: Uuid) -> Result<Option<Event>, Failure> {
        loop {
            if let Some(known) = self.known.get(&id) {
                return Ok(Some(known.clone()));
            }
            if self.lowest <= 1 || self.pages == PAGES {
                return Ok(None);
            }
            self.pages += 1;
            let types = CAUSES.join(",");
            let path =
                format!("/events?before={}&limit={PAGE}&project={}&type={types}", self.lowest, self.project);
            let Page { events, next } = self.session.client.read(&path, None).await?.parse()?;
            self.lowest = if events.len() < PAGE { 0 } else { next };
            self.known.extend(events.into_iter().map(|event| (event.id, event)));
        }
    }
}

/// What happened, without saying to what.
pub(super) fn sentence(event: &Event) -> String {
    let of = |field: &str| event.payload[field].as_str().unwrap_or_default().to_owned();
    let with = |words: &str, field: &str| match of(field) {
        said if said.is_empty() => words.to_owned(),
        said => format!("{words}: {said}"),
    };
    match event.r#type.as_str() {
        "task.planned" => format!("{} was planned: {}", of("number"), of("title")),
        "task.became_ready" if event.payload["retried"] == true => "became ready again".to_owned(),
        "task.became_ready" => "became ready".to_owned(),
        "task.claimed" => format!("was claimed by {}", worker(&event.payload["by"])),
        "task.started" => format!("was started by {}", worker(&event.payload["by"])),
        "task.claim_expired" => "was given back: whoever had claimed it was not heard of".to_owned(),
        "task.evidence_submitted" => {
            format!("got evidence ({}): {}", of("kind"), commands(&event.payload["commands"]))
        }
        "task.validation_passed" => "passed its validation".to_owned(),
        "task.revision_requested" => {
            format!("was sent back: {}", commands(&event.payload["feedback"]["failed"]))
        }
        "task.completed" => format!("was completed ({})", of("kind")),
        "task.attempt_failed" => with(&format!("attempt {} failed", event.payload["attempt"]), "reason"),
        "task.retry_scheduled" => format!("is tried again at {}", of("at")),
        "task.failed" => with("failed", "reason"),
        "task.blocked" => with("was blocked", "reason"),
        "task.unblocked" => "was unblocked".to_owned(),
        "task.cancelled" => with("was cancelled", "reason"),
        "task.dependency_added" => format!("waits for {} as well", of("on")),
        "task.dependency_removed" => format!("waits for {} no longer", of("on")),
        "task.revised" => "follows a plan that was revised".to_owned(),
        "task.priority_changed" => format!("matters more or less: {}", of("priority")),
        "run.started" => format!("a run of {} was started", of("agent")),
        "run.evidence_gathered" => format!("the run was judged: {}", commands(&event.payload["commands"])),
        "run.ended" => format!("the run ended: {} ({}, {})", of("reason"), of("outcome"), of("code")),
        "project.autonomy_changed" if event.payload["on"] == true => {
            "the project starts work by itself".to_owned()
        }
        "project.autonomy_changed" => "the project starts no work by itself any more".to_owned(),
        "ticket.phase_entered" => format!("its ticket went from {} to {}", of("from"), of("to")),
        "spec.plan_accepted" => "the plan was accepted".to_owned(),
        "spec.work_materialized" => "the plan became work".to_owned(),
        "agent.quarantined" => with("the agent came into quarantine", "reason"),
        other => other.replace(['.', '_'], " "),
    }
}

fn worker(by: &Value) -> String {
    match (by["kind"].as_str(), by["run"].as_str(), by["actor"].as_str()) {
        (Some("run"), Some(run), _) => format!("the run {run}"),
        (_, _, Some(actor)) => format!("the person {actor}"),
        _ => "somebody".to_owned(),
    }
}

fn commands(commands: &Value) -> String {
    let one = |command: &Value| {
        format!("`{}` ended with {}", command["cmd"].as_str().unwrap_or("?"), command["exit"])
    };
    let all: Vec<String> = commands.as_array().into_iter().flatten().map(one).collect();
    if all.is_empty() { "nothing was run".to_owned() } else { all.join(", ") }
}

#[cfg(test)]
pub(super) mod examples {
    use super::*;

    pub(in super::super) fn event(position: i64, r#type: &str, payload: Value) -> Event {
        Event {
            id: Uuid::from_u128(u128::try_from(position).unwrap_or(0)),
            position,
            r#type: r#type.to_owned(),
            aggregate_id: Uuid::from_u128(9).to_string(),
            causation_id: None,
            recorded_at: Timestamp::from_micros(position * 1_000_000),
            payload,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::examples::event;
    use super::*;

    #[test]
    fn an_event_is_told_in_a_sentence() {
        for (kind, payload, said) in [
            ("task.failed", json!({ "reason": "the disk is full" }), "failed: the disk is full"),
            ("task.cancelled", json!({}), "was cancelled"),
            (
                "task.revision_requested",
                json!({ "feedback": { "failed": [{ "cmd": "make test", "exit": 1 }] } }),
                "was sent back: `make test` ended with 1",
            ),
            (
                "task.started",
                json!({ "by": { "kind": "run", "run": "5b0f" } }),
                "was started by the run 5b0f",
            ),
            (
                "task.started",
                json!({ "by": { "kind": "person", "actor": "ac" } }),
                "was started by the person ac",
            ),
            (
                "run.ended",
                json!({ "reason": "it hung", "outcome": "timed_out", "code": "idle" }),
                "the run ended: it hung (timed_out, idle)",
            ),
            ("ticket.gate_approval_granted", json!({}), "ticket gate approval granted"),
        ] {
            assert_eq!(sentence(&event(1, kind, payload)), said);
        }
    }

    /// What is said of an event is said of those that there are.
    #[test]
    fn every_type_that_is_looked_for_exists() {
        for kind in CAUSES {
            let schema = format!("{}/../schemas/events/{kind}.v1.json", env!("CARGO_MANIFEST_DIR"));
            assert!(std::path::Path::new(&schema).is_file(), "{kind}");
        }
    }
}
