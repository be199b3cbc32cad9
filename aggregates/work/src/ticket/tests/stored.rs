//! What the log keeps, byte for byte.

use kernel::{Decider as _, EventKind as _};
use serde_json::{Value, json};

use super::*;

const ID: &str = "00000000-0000-0000-0000-000000000";

/// Every event with its stored payload, in the order of `TYPES`.
pub(super) fn stored() -> Vec<(Event, Value)> {
    let (ada, bob) = (format!("{ID}ada"), format!("{ID}b0b"));
    let (one, other, comment) = (format!("{ID}001"), format!("{ID}71c"), format!("{ID}0c0"));
    let phase = Phase::Implementation;
    let forced = Event::GateEvaluated {
        phase,
        passed: false,
        forced: true,
        met: vec![VERIFIED],
        unmet: vec![Unmet { phase, criterion: Criterion::TasksDone, detail: "TSK-001 is open".to_owned() }],
    };
    vec![
        (
            created(),
            json!({"$type": "ticket.created", "number": "TKT-001", "title": "Invoices", "priority": "medium",
                   "phase": "implementation"}),
        ),
        (
            Event::Refined {
                title: Some(name("Bills")),
                description: Some(text("One\npage")),
                priority: Some(Priority::Low),
            },
            json!({"$type": "ticket.refined", "title": "Bills", "description": "One\npage", "priority": "low"}),
        ),
        (
            attached(1, phase),
            json!({"$type": "ticket.task_attached", "task": one, "number": "TSK-001",
                   "phase": "implementation"}),
        ),
        (Event::TaskDetached { task: task(1) }, json!({"$type": "ticket.task_detached", "task": one})),
        (
            completed_with(1, EvidenceNote::Verified),
            json!({"$type": "ticket.task_outcome_noted", "task": one, "outcome": "completed",
                   "evidence": "verified"}),
        ),
        (
            entered(phase, Phase::Testing),
            json!({"$type": "ticket.phase_entered", "from": "implementation", "to": "testing",
                   "forced": false, "by": ada}),
        ),
        (
            forced,
            json!({"$type": "ticket.gate_evaluated", "phase": "implementation", "passed": false,
                   "forced": true, "met": [{"kind": "evidence", "level": "verified"}],
                   "unmet": [{"phase": "implementation", "criterion": {"kind": "tasks_done"},
                              "detail": "TSK-001 is open"}]}),
        ),
        (requested(phase), json!({"$type": "ticket.gate_approval_requested", "phase": "implementation"})),
        (
            granted(phase),
            json!({"$type": "ticket.gate_approval_granted", "phase": "implementation", "by": ada}),
        ),
        (
            rejected(phase),
            json!({"$type": "ticket.gate_approval_rejected", "phase": "implementation", "by": bob,
                   "reason": "not rounded"}),
        ),
        (blocked(), json!({"$type": "ticket.blocked", "reason": "the rates are open", "by": bob})),
        (Event::Unblocked { by: ADA }, json!({"$type": "ticket.unblocked", "by": ada})),
        (Event::Reordered { rank: rank("i") }, json!({"$type": "ticket.reordered", "rank": "i"})),
        (
            Event::Commented { comment: COMMENT, text: text("Fine."), by: ADA },
            json!({"$type": "ticket.commented", "comment": comment, "text": "Fine.", "by": ada}),
        ),
        (
            Event::CommitLinked { sha: sha(), url: Some(url("c")) },
            json!({"$type": "ticket.commit_linked", "sha": "0f3c2a9d5b7e", "url": "https://git.example/c"}),
        ),
        (
            Event::PullRequestLinked { number: NonZeroU32::MIN, url: url("p") },
            json!({"$type": "ticket.pull_request_linked", "number": 1, "url": "https://git.example/p"}),
        ),
        (Event::DependencyAdded { on: OTHER }, json!({"$type": "ticket.dependency_added", "on": other})),
        (Event::DependencyRemoved { on: OTHER }, json!({"$type": "ticket.dependency_removed", "on": other})),
        (Event::Completed, json!({"$type": "ticket.completed"})),
        (
            Event::Cancelled { reason: Some(reason("no need")) },
            json!({"$type": "ticket.cancelled", "reason": "no need"}),
        ),
    ]
}

/// What is absent is left out.
fn sparse() -> Vec<(Event, Value)> {
    vec![
        (
            Event::Refined { title: None, description: None, priority: None },
            json!({"$type": "ticket.refined"}),
        ),
        (
            noted(1, TaskOutcome::Open),
            json!({"$type": "ticket.task_outcome_noted", "task": format!("{ID}001"), "outcome": "open"}),
        ),
        (
            advanced(Phase::Testing, Phase::Deployment),
            json!({"$type": "ticket.phase_entered", "from": "testing", "to": "deployment", "forced": false}),
        ),
        (
            passed(Phase::Testing, &[]),
            json!({"$type": "ticket.gate_evaluated", "phase": "testing", "passed": true, "forced": false}),
        ),
        (
            Event::CommitLinked { sha: sha(), url: None },
            json!({"$type": "ticket.commit_linked", "sha": "0f3c2a9d5b7e"}),
        ),
        (cancelled(), json!({"$type": "ticket.cancelled"})),
    ]
}

#[test]
fn the_stored_payload_is_the_fields_and_the_type() {
    let stored = stored();
    for (event, payload) in stored.iter().chain(&sparse()) {
        assert_eq!(serde_json::to_value(event).unwrap(), *payload);
        assert_eq!(serde_json::from_value::<Event>(payload.clone()).unwrap(), *event);
        assert_eq!(payload["$type"], event.event_type());
        assert_eq!(event.schema_version(), 1);
    }
    let types: Vec<_> =
        stored.iter().map(|(event, _)| (event.event_type(), event.schema_version())).collect();
    assert_eq!(types, Event::TYPES);
}

#[test]
fn a_hostile_payload_is_not_an_event() {
    for payload in [
        json!({"$type": "ticket.blocked", "reason": "a\u{0}b", "by": format!("{ID}ada")}),
        json!({"$type": "ticket.pull_request_linked", "number": 0, "url": "https://git.example/p"}),
        json!({"$type": "ticket.pull_request_linked", "number": 1, "url": "javascript:alert(1)"}),
        json!({"$type": "ticket.commit_linked", "sha": "--help"}),
        json!({"$type": "ticket.reordered", "rank": "i0"}),
        json!({"$type": "ticket.exploded"}),
    ] {
        assert!(serde_json::from_value::<Event>(payload.clone()).is_err(), "{payload}");
    }
}

#[test]
fn every_type_belongs_to_the_aggregate() {
    for (event_type, _) in Event::TYPES {
        assert_eq!(event_type.split('.').next(), Some(Ticket::TYPE));
    }
}
