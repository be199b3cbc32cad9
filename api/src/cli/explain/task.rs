//! Why a task stands as it does: what it waits for now, and what happened to it, each with what caused it.

use std::collections::BTreeMap;

use kernel::Uuid;
use serde_json::{Value, json};

use super::causes::{Causes, Event, of_task, sentence};
use super::standing::{Before, Task, standing};
use crate::cli::client::{Failure, Line, Session, faint, plain, strong, time};

pub(super) async fn explain(session: &Session, id: Uuid) -> Result<(), Failure> {
    let task: Task = session.client.read(&format!("/tasks/{id}"), None).await?.parse()?;
    let mut before = BTreeMap::new();
    for prerequisite in &task.prerequisites {
        let known: Before = session.client.read(&format!("/tasks/{prerequisite}"), None).await?.parse()?;
        before.insert(prerequisite.to_string(), known);
    }
    let events = of_task(session, task.id).await?;
    let mut causes = Causes::of(session, task.project, &events);
    let mut told = Vec::new();
    for event in events {
        let because = causes.chain(&event).await?;
        told.push((event, because));
    }
    let standing = standing(&task, before.values());
    if session.out.json {
        return session.out.raw([&*object(&task, &standing, &told).to_string()]);
    }
    session.out.lines(&lines(&task, &before, &standing, &told))
}

fn lines(
    task: &Task,
    before: &BTreeMap<String, Before>,
    standing: &str,
    told: &[(Event, Vec<Event>)],
) -> Vec<Line> {
    let mut lines =
        vec![vec![strong(&task.number), plain("  "), strong(&task.title)], vec![plain(standing)], Vec::new()];
    for (event, because) in told {
        lines.push(vec![
            faint(format!("{:>8}  {}  ", event.position, time(event.recorded_at))),
            plain(sentence(event)),
        ]);
        for (depth, cause) in because.iter().enumerate() {
            let room = " ".repeat(10 + 2 * depth);
            lines.push(vec![plain(room), faint(told_cause(task, before, cause))]);
        }
    }
    lines
}

/// A cause is often of another task: then it says of which.
fn told_cause(task: &Task, before: &BTreeMap<String, Before>, cause: &Event) -> String {
    let of = match cause.r#type.strip_prefix("task.") {
        Some(_) if cause.aggregate_id == task.id.to_string() => "it ".to_owned(),
        Some(_) => match before.get(&cause.aggregate_id) {
            Some(known) => format!("{} ", known.number),
            None => format!("task {} ", cause.aggregate_id),
        },
        None => String::new(),
    };
    format!("because {of}{} (position {})", sentence(cause), cause.position)
}

fn object(task: &Task, standing: &str, told: &[(Event, Vec<Event>)]) -> Value {
    let one = |event: &Event| {
        json!({
            "position": event.position, "id": event.id, "type": event.r#type, "of": event.aggregate_id,
            "at": event.recorded_at, "text": sentence(event),
        })
    };
    let events: Vec<Value> = told
        .iter()
        .map(|(event, because)| {
            let mut object = one(event);
            object["because"] = because.iter().map(one).collect();
            object
        })
        .collect();
    json!({
        "task": task.id, "number": task.number, "title": task.title, "status": task.status, "standing": standing, "events": events,
    })
}

#[cfg(test)]
mod tests {
    use super::super::causes::examples::event;
    use super::*;
    use crate::cli::client::shown_plain;

    fn task() -> Task {
        serde_json::from_str(include_str!("../../openapi/examples/task.json")).unwrap()
    }

    fn told() -> Vec<(Event, Vec<Event>)> {
        let own = Event {
            aggregate_id: task().id.to_string(),
            ..event(5, "task.retry_scheduled", json!({ "at": "soon" }))
        };
        vec![
            (
                event(3, "task.became_ready", json!({})),
                vec![event(2, "task.completed", json!({ "kind": "verified" }))],
            ),
            (event(6, "task.became_ready", json!({ "retried": true })), vec![own]),
        ]
    }

    #[test]
    fn each_event_is_told_with_its_cause() {
        let shown = shown_plain(&lines(&task(), &BTreeMap::new(), "TSK-001 is completed", &told()));
        assert_eq!(
            shown,
            [
                "TSK-001  Render the invoice as PDF",
                "TSK-001 is completed",
                "",
                "       3  1970-01-01 00:00:03  became ready",
                "          because task 00000000-0000-0000-0000-000000000009 was completed (verified) (position 2)",
                "       6  1970-01-01 00:00:06  became ready again",
                "          because it is tried again at soon (position 5)",
            ]
        );
    }

    #[test]
    fn a_task_before_it_is_called_by_its_number() {
        let known: Before =
            serde_json::from_value(json!({ "number": "TSK-009", "title": "Do", "status": "completed" }))
                .unwrap();
        let cause = event(2, "task.completed", json!({ "kind": "verified" }));
        let before = BTreeMap::from([(cause.aggregate_id.clone(), known)]);
        assert!(told_cause(&task(), &before, &cause).starts_with("because TSK-009 was completed"));
    }

    #[test]
    fn programs_read_the_same() {
        let object = object(&task(), "so", &told());
        assert_eq!(object["events"][1]["because"][0]["type"], "task.retry_scheduled");
        assert_eq!((&object["number"], &object["standing"]), (&json!("TSK-001"), &json!("so")));
    }
}
