//! What an event is on the bus, to the byte: people depend on it.

use bus::{Message, Reading, header, subject};

use crate::log::{OLD, TestLog, UNKNOWN};

fn says<'a>(message: &'a Message, name: &str) -> Option<&'a str> {
    message.headers.get(name).map(|value| value.as_str())
}

#[test]
fn an_event_is_its_envelope() {
    let log = TestLog::new(1);
    log.append(
        "task.attempt_failed",
        r#"{"$type":"task.attempt_failed","cost":12345678901234567890,"why":"é"}"#,
    );
    let event = log.events().remove(0);
    let message = Message::of(&event, &Reading::Newest).unwrap();
    let (id, org) = (event.envelope.event_id.0, "00000000-0000-0000-0000-000000000001");
    assert_eq!(message.subject, format!("omoi.v1.1.{org}.-.task.attempt_failed"));
    let expected = format!(
        r#"{{"position":1,"id":"{id}","type":"task.attempt_failed","version":1,"org_id":"{org}","project_id":null,"aggregate_type":"task","aggregate_id":"00000000-0000-0000-0000-000000000003","sequence":1,"actor":"00000000-0000-0000-0000-000000000004","correlation_id":"00000000-0000-0000-0000-000000000005","causation_id":null,"command_id":"00000000-0000-0000-0000-000000000006","epoch":null,"recorded_at":"2023-11-14T22:13:20.000001Z","content_hash":"{}","metadata":{{"traceparent":"00-1-2-01"}},"payload":{{"cost":12345678901234567890,"why":"é"}}}}"#,
        "07".repeat(32)
    );
    assert_eq!(std::str::from_utf8(&message.body).unwrap(), expected);
    let id = id.to_string();
    for (name, value) in [
        (header::POSITION, "1"),
        (header::EVENT_ID, id.as_str()),
        (header::STREAM, "task/00000000-0000-0000-0000-000000000003"),
        (header::SEQUENCE, "1"),
        (header::TYPE, "task.attempt_failed"),
        (header::SCHEMA, "1"),
        (header::ORG, org),
        (header::TRACEPARENT, "00-1-2-01"),
    ] {
        assert_eq!(says(&message, name), Some(value), "{name}");
    }
    assert_eq!((says(&message, header::RAW), says(&message, header::UPCAST_FROM)), (None, None));
}

#[test]
fn an_older_version_says_what_it_was() {
    let log = TestLog::new(1);
    log.append(OLD, r#"{"$type":"task.renamed","name":"old"}"#);
    let event = log.events().remove(0);
    let reading = Reading::Upcast { payload: r#"{"$type":"task.renamed","title":"new"}"#.into(), version: 2 };
    let message = Message::of(&event, &reading).unwrap();
    let body: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
    assert_eq!((&body["version"], &body["payload"]), (&2.into(), &serde_json::json!({ "title": "new" })));
    assert_eq!((says(&message, header::SCHEMA), says(&message, header::UPCAST_FROM)), (Some("2"), Some("1")));
}

#[test]
fn what_is_not_known_is_sent_as_it_is_stored() {
    let log = TestLog::new(1);
    for stored in [r#"{"$type":"task.of_tomorrow","x":{"$type":1}}"#, r#"[1,2]"#, "null"] {
        log.append(UNKNOWN, stored);
        let event = log.events().pop().unwrap();
        let message = Message::of(&event, &Reading::Unknown).unwrap();
        let body = std::str::from_utf8(&message.body).unwrap();
        assert!(body.ends_with(&format!(r#""payload":{stored}}}"#)), "{body}");
        assert_eq!(says(&message, header::RAW), Some("1"));
    }
}

/// Whoever names a type does not write headers, nor subjects.
#[test]
fn a_hostile_name_stays_a_name() {
    let log = TestLog::new(1);
    log.append("task.x.*.>\r\nOmoi-Org: another", "{}");
    let event = log.events().remove(0);
    assert!(
        subject(&event.envelope).ends_with(".task.x______Omoi-Org__another"),
        "{}",
        subject(&event.envelope)
    );
    let message = Message::of(&event, &Reading::Unknown).unwrap();
    assert_eq!(says(&message, header::TYPE), Some("task.x.*.>__Omoi-Org: another"));
}
