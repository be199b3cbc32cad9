//! Why a task stands as it does, in a sentence or a few.

use kernel::{Timestamp, Uuid};
use serde::Deserialize;
use serde_json::Value;

use crate::cli::client::time;
use crate::cli::task::lines::waits_for;

/// The answer of `GET /tasks/{id}`, as far as it is explained.
#[derive(Debug, Deserialize)]
pub(super) struct Task {
    pub(super) id: Uuid,
    pub(super) project: Uuid,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) status: String,
    progress: Progress,
    #[serde(default)]
    pub(super) prerequisites: Vec<Uuid>,
    #[serde(default)]
    blockers: Vec<Block>,
    waits_for: Option<String>,
    attempt: u32,
}

#[derive(Debug, Default, Deserialize)]
struct Progress {
    kind: Option<String>,
    reason: Option<String>,
    at: Option<Timestamp>,
    by: Option<Value>,
}

#[derive(Debug, Deserialize)]
struct Block {
    reason: String,
}

/// A task that comes before it.
#[derive(Debug, Deserialize)]
pub(super) struct Before {
    pub(super) number: String,
    pub(super) title: String,
    pub(super) status: String,
}

/// What is so, and what would change it.
pub(super) fn standing<'a>(task: &Task, before: impl IntoIterator<Item = &'a Before>) -> String {
    let Task { progress, number, .. } = task;
    let open: Vec<String> = before
        .into_iter()
        .filter(|one| one.status != "completed")
        .map(|one| format!("{} {} ({})", one.number, one.title, one.status))
        .collect();
    let reason = || progress.reason.clone().unwrap_or_else(|| "no reason was given".to_owned());
    match task.status.as_str() {
        "planned" if open.is_empty() => {
            format!("{number} becomes ready in a moment: everything before it is completed")
        }
        "planned" => format!("{number} waits for {}", open.join(", ")),
        "blocked" => {
            let reasons: Vec<&str> = task.blockers.iter().map(|block| block.reason.as_str()).collect();
            format!("{number} is blocked: {}", reasons.join("; "))
        }
        "ready" => match task.waits_for.as_deref() {
            Some(what) => format!("{number} is ready and not started: it waits for {}", waits_for(what)),
            None => format!("{number} is ready, and is started when it is its turn"),
        },
        "claimed" | "running" => match progress.by.as_ref().and_then(|by| by["run"].as_str()) {
            Some(run) => format!("{number} is worked on by the run {run}"),
            None => format!("{number} is worked on by a person"),
        },
        "validating" => format!("{number} has evidence that waits for a verdict"),
        "awaiting_retry" => {
            let at = progress.at.map_or_else(|| "soon".to_owned(), |at| format!("at {}", time(at)));
            format!("{number} failed {} times and is tried again {at}", task.attempt)
        }
        "completed" => {
            let kind = progress.kind.as_deref().unwrap_or("unknown");
            format!("{number} is completed, by evidence that is {kind}")
        }
        "failed" => {
            format!("{number} failed for good: {}; `omoi task retry {number}` tries it again", reason())
        }
        other => format!("{number} is {}", other.replace('_', " ")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn said(status: &str, progress: &Value, more: &Value, before: &[Before]) -> String {
        let mut task = json!({
            "id": Uuid::from_u128(1), "project": Uuid::from_u128(2), "number": "TSK-003", "title": "Draw", "status": status,
            "progress": progress, "waits_for": null, "attempt": 2,
        });
        let (all, more) = (task.as_object_mut().unwrap(), more.as_object().unwrap().clone());
        all.extend(more);
        standing(&serde_json::from_value(task).unwrap(), before)
    }

    fn before(number: &str, status: &str) -> Before {
        Before { number: number.to_owned(), title: "Do".to_owned(), status: status.to_owned() }
    }

    #[test]
    fn what_a_task_waits_for_is_named() {
        let others = [before("TSK-001", "completed"), before("TSK-002", "failed")];
        assert_eq!(said("planned", &json!({}), &json!({}), &others), "TSK-003 waits for TSK-002 Do (failed)");
        assert!(said("planned", &json!({}), &json!({}), &others[..1]).contains("in a moment"));
        let blocked = json!({ "blockers": [{ "reason": "TSK-002 failed" }] });
        assert_eq!(said("blocked", &json!({}), &blocked, &[]), "TSK-003 is blocked: TSK-002 failed");
        let waits = said("ready", &json!({}), &json!({ "waits_for": "agent_quarantined" }), &[]);
        assert!(waits.contains("quarantine") && waits.contains("omoi agent release"), "{waits}");
        assert!(said("ready", &json!({}), &json!({}), &[]).contains("its turn"));
    }

    #[test]
    fn why_it_failed_or_who_works_is_told() {
        let failed = said("failed", &json!({ "reason": "validation failed 3 times" }), &json!({}), &[]);
        assert_eq!(
            failed,
            "TSK-003 failed for good: validation failed 3 times; `omoi task retry TSK-003` tries it again"
        );
        let by = json!({ "by": { "kind": "run", "run": "5b0f" } });
        assert_eq!(said("running", &by, &json!({}), &[]), "TSK-003 is worked on by the run 5b0f");
        let retry = said("awaiting_retry", &json!({ "at": "2026-11-30T09:12:40.113525Z" }), &json!({}), &[]);
        assert_eq!(retry, "TSK-003 failed 2 times and is tried again at 2026-11-30 09:12:40");
    }

    #[test]
    fn the_answer_of_the_api_is_understood() {
        let task: Task = serde_json::from_str(include_str!("../../openapi/examples/task.json")).unwrap();
        assert_eq!(standing(&task, []), "TSK-001 is completed, by evidence that is attested");
    }
}
