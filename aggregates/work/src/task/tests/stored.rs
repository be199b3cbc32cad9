//! What is kept: payloads, snapshots, and that any history can be folded.

use kernel::{Decider as _, EventKind as _};
use serde_json::{Value, json};
use vocabulary::Line;

use super::*;

fn id(n: u128) -> String {
    Uuid::from_u128(n).to_string()
}

/// Every event with all its fields, as it is stored.
fn stored() -> Vec<(Event, Value)> {
    let person = json!({"kind": "person", "actor": id(20)});
    let run = json!({"kind": "run", "run": id(30)});
    let commit = Some(CommitId::new("0c1d2e3").unwrap());
    let command = json!({"cmd": "make test", "exit": 2});
    let feedback = Feedback { failed: results(&[2]).to_vec(), note: Some(text("no test")) };
    let kind = EvidenceKind::Verified;
    vec![
        (
            Event::Planned(full_plan()),
            json!({
                "$type": "task.planned", "ticket": id(1), "number": "TSK-001", "title": "Parse the header",
                "description": "Two lines\nof it", "phase": "implementation", "priority": "critical",
                "estimate": 1.5, "files": ["src/header.rs"],
                "work": {
                    "mode": "exploration", "agent": "Reader", "run": "make header", "validate": ["make test"],
                    "locks": ["staging-database"],
                },
                "prerequisites": [id(11)],
            }),
        ),
        (Event::DependencyAdded { on: OTHER }, json!({"$type": "task.dependency_added", "on": id(12)})),
        (Event::DependencyRemoved { on: OTHER }, json!({"$type": "task.dependency_removed", "on": id(12)})),
        (Event::BecameReady { retried: true }, json!({"$type": "task.became_ready", "retried": true})),
        (claimed(7, BY_RUN), json!({"$type": "task.claimed", "epoch": 7, "by": run})),
        (
            Event::ClaimExpired { epoch: 7, commit: None, lost: false },
            json!({"$type": "task.claim_expired", "epoch": 7}),
        ),
        (started(8, BY_ADA), json!({"$type": "task.started", "epoch": 8, "by": person})),
        (
            Event::EvidenceSubmitted { iteration: 1, kind, commands: results(&[2]), commit },
            json!({
                "$type": "task.evidence_submitted", "iteration": 1, "kind": "verified",
                "commands": [command], "commit": "0c1d2e3",
            }),
        ),
        (
            Event::ValidationPassed { iteration: 2 },
            json!({"$type": "task.validation_passed", "iteration": 2}),
        ),
        (
            Event::RevisionRequested { iteration: 1, feedback },
            json!({
                "$type": "task.revision_requested", "iteration": 1,
                "feedback": {"failed": [command], "note": "no test"},
            }),
        ),
        (
            Event::Completed { kind: EvidenceKind::Imported },
            json!({"$type": "task.completed", "kind": "imported"}),
        ),
        (
            attempt_failed(1, FailureClass::Transient),
            json!({
                "$type": "task.attempt_failed", "attempt": 1, "reason": "no disk left", "class": "transient",
            }),
        ),
        (
            Event::RetryScheduled { attempt: 1, at: NOON },
            json!({"$type": "task.retry_scheduled", "attempt": 1, "at": "1970-01-01T00:00:01.000000Z"}),
        ),
        (
            blocked(FIRST_BLOCKS),
            json!({
                "$type": "task.blocked", "by": {"kind": "dependency", "task": id(11)},
                "reason": "the licence is unclear",
            }),
        ),
        (Event::Unblocked { by: ADA_BLOCKS }, json!({"$type": "task.unblocked", "by": person})),
        (
            Event::Revised(Box::new(Revision {
                ticket: Some(TicketId(Uuid::from_u128(2))),
                title: Some(Name::new("Parse the trailer").unwrap()),
                description: Some(None),
                priority: Some(Priority::Low),
                estimate: Some(Some(Hours::from_minutes(30).unwrap())),
                files: Some(Files::default()),
                mode: Some(Mode::Validation),
                run: Some(Some(cmd("make trailer"))),
                validate: Some(Bounded::new(vec![cmd("make check")]).unwrap()),
                requirements: Some(Bounded::new(vec![Line::new("REQ-A-FUNC-001").unwrap()]).unwrap()),
            })),
            json!({
                "$type": "task.revised", "ticket": id(2), "title": "Parse the trailer", "description": null,
                "priority": "low", "estimate": 0.5, "files": [], "mode": "validation", "run": "make trailer",
                "validate": ["make check"], "requirements": ["REQ-A-FUNC-001"],
            }),
        ),
        (
            Event::PriorityChanged { priority: Priority::Low },
            json!({"$type": "task.priority_changed", "priority": "low"}),
        ),
        (
            Event::Failed { reason: reason("no disk left") },
            json!({"$type": "task.failed", "reason": "no disk left"}),
        ),
        (
            Event::Cancelled { reason: Some(text("out of scope")) },
            json!({"$type": "task.cancelled", "reason": "out of scope"}),
        ),
    ]
}

/// Events whose optional fields are empty, as they are stored: without them.
fn stored_briefly() -> Vec<(Event, Value)> {
    let feedback = Feedback::default();
    vec![
        (
            Event::Planned(plan(&[])),
            json!({
                "$type": "task.planned", "ticket": id(1), "number": "TSK-001", "title": "Parse the header",
                "phase": "implementation", "priority": "medium", "work": {"mode": "implementation"},
            }),
        ),
        (READY, json!({"$type": "task.became_ready"})),
        (
            submitted(1, EvidenceKind::Attested, &[0]),
            json!({
                "$type": "task.evidence_submitted", "iteration": 1, "kind": "attested",
                "commands": [{"cmd": "make test", "exit": 0}],
            }),
        ),
        (
            Event::RevisionRequested { iteration: 1, feedback },
            json!({"$type": "task.revision_requested", "iteration": 1, "feedback": {}}),
        ),
        (Event::Cancelled { reason: None }, json!({"$type": "task.cancelled"})),
    ]
}

#[test]
fn the_stored_payload_is_the_fields_and_the_type() {
    for (event, payload) in stored().iter().chain(&stored_briefly()) {
        assert_eq!(serde_json::to_value(event).unwrap(), *payload);
        assert_eq!(serde_json::from_value::<Event>(payload.clone()).unwrap(), *event);
        assert_eq!(payload["$type"], event.event_type());
        assert_eq!(event.schema_version(), 1);
    }
    let types: Vec<_> = stored().iter().map(|(event, _)| (event.event_type(), 1)).collect();
    assert_eq!(types, Event::TYPES);
}

#[test]
fn every_type_belongs_to_the_aggregate() {
    for (event_type, _) in Event::TYPES {
        assert_eq!(event_type.split('.').next(), Some(Task::TYPE));
    }
}

#[test]
fn a_hostile_payload_is_not_an_event() {
    let hostile = [
        json!({"$type": "task.failed", "reason": "a\u{0}b"}),
        json!({"$type": "task.completed", "kind": "believed"}),
        json!({"$type": "task.evidence_submitted", "iteration": 1, "kind": "verified", "commands": [{"cmd": ""}]}),
        json!({"$type": "task.claimed", "epoch": 1, "by": {"kind": "run"}}),
    ];
    for payload in hostile {
        assert!(serde_json::from_value::<Event>(payload.clone()).is_err(), "{payload}");
    }
}

#[test]
fn any_event_may_follow_any_other() {
    let events: Vec<Event> = stored().into_iter().map(|(event, _)| event).collect();
    let mut folded = 0;
    for first in &events {
        for second in &events {
            for third in &events {
                let mut task = Task::default();
                [first, second, third].into_iter().for_each(|event| task.evolve(event));
                let planned = [first, second, third].iter().any(|event| matches!(event, Event::Planned(_)));
                assert_eq!(task != Task::Absent, planned, "{first:?} {second:?} {third:?}");
                assert_eq!(
                    task.possible().is_empty(),
                    matches!(task.status_name(), "absent" | "completed" | "cancelled")
                );
                folded += 1;
            }
        }
    }
    assert_eq!(folded, 19 * 19 * 19);
}

#[test]
fn every_event_may_follow_a_planned_task_and_reads_back_from_its_snapshot() {
    for (second, _) in stored() {
        for (third, _) in stored() {
            let history = [Event::Planned(full_plan()), second.clone(), third];
            let given = given::<Task>(&history);
            let snapshot = serde_json::to_value(given.state()).unwrap();
            assert_eq!(serde_json::from_value::<Task>(snapshot).unwrap(), *given.state(), "{history:?}");
        }
    }
    let absent = serde_json::to_value(Task::Absent).unwrap();
    assert_eq!(serde_json::from_value::<Task>(absent).unwrap(), Task::Absent);
}
