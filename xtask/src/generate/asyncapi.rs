//! `schemas/asyncapi.json`: what analysts and other programs find on the event bus, for their generators.

use bus::{RecordedEvent, header};
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::event::Event;
use super::schema;

pub(super) const PATH: &str = "schemas/asyncapi.json";

const ABOUT: &str = "Every event of a log, on the NATS JetStream stream `OMOI_<log>`, in the order in which it happened. \
The bus is a cache of the log: after a loss it is filled again from the log, and a consumer sees positions that it has \
already; what was not acknowledged in time comes again later than what is newer. So remember each `Omoi-Position` that you have \
dealt with, together with your own data, and skip it when it comes again: then nothing is missing and nothing is counted twice. \
A type that the relay does not know carries `Omoi-Raw: 1` and its \
payload as it is stored.";

/// Name, meaning, and whether it is always there.
const HEADERS: [(&str, &str, bool); 10] = [
    (header::POSITION, "Place in the log, dense from 1: resume by it, skip by it.", true),
    (header::EVENT_ID, "The event's own id, a UUID.", true),
    (header::STREAM, "`type/id` of what it happened to.", true),
    (header::SEQUENCE, "Its number among the events of that one, from 1.", true),
    (header::TYPE, "What happened, e.g. `task.attempt_failed`.", true),
    (header::SCHEMA, "Version of the payload's schema, as sent.", true),
    (header::ORG, "The tenant, a UUID.", true),
    (header::TRACEPARENT, "The W3C trace that it belongs to.", false),
    (
        header::UPCAST_FROM,
        "The stored version, when it was brought up to a newer one: the content hash is of what is stored.",
        false,
    ),
    (
        header::RAW,
        "`1` when the relay does not know this type or version: the payload is as stored, `$type` and all.",
        false,
    ),
];

pub(super) fn render(events: &[Event]) -> Value {
    let (mut channels, mut operations, mut messages) = (Map::new(), Map::new(), Map::new());
    for event in events {
        let name = event.event_type;
        let (aggregate, what) = name.split_once('.').unwrap_or((name, name));
        let parameter = |name: &str| json!({ "$ref": format!("#/components/parameters/{name}") });
        channels.insert(
            name.into(),
            json!({
                "address": format!("omoi.v1.{{log}}.{{org}}.{{project}}.{aggregate}.{what}"),
                "parameters": { "log": parameter("log"), "org": parameter("org"), "project": parameter("project") },
                "messages": { name: { "$ref": format!("#/components/messages/{name}") } },
            }),
        );
        operations.insert(
            format!("publish.{name}"),
            json!({ "action": "send", "channel": { "$ref": format!("#/channels/{name}") } }),
        );
        messages.insert(name.into(), message(event));
    }
    json!({
        "asyncapi": "3.0.0",
        "info": { "title": "OmoiOS events", "version": "1", "description": ABOUT, "license": { "name": "Apache-2.0" } },
        "defaultContentType": "application/json",
        "servers": { "bus": {
            "host": "127.0.0.1",
            "protocol": "nats",
            "description": "`omoi up` prints its address and a user that may read. JetStream is needed.",
        } },
        "channels": channels,
        "operations": operations,
        "components": {
            "parameters": {
                "log": { "description": "Number of the log; 1 in most installations." },
                "org": { "description": "Id of the organization." },
                "project": { "description": "Id of the project; `-` for what belongs to none." },
            },
            "messages": messages,
            "schemas": { "RecordedEvent": envelope(), "Headers": headers() },
        },
    })
}

fn message(event: &Event) -> Value {
    let (name, version) = (event.event_type, event.version);
    let file = schema::path(name, version);
    // Relative to the document.
    let payload = file.strip_prefix("schemas/").unwrap_or(&file);
    json!({
        "name": name,
        "summary": event.schema.get("description"),
        "headers": { "$ref": "#/components/schemas/Headers" },
        "payload": { "allOf": [
            { "$ref": "#/components/schemas/RecordedEvent" },
            { "properties": {
                "type": { "const": name }, "version": { "const": version }, "payload": { "$ref": payload },
            } },
        ] },
    })
}

fn headers() -> Value {
    let text = |(name, meaning, _): &(&str, &str, bool)| {
        ((*name).to_owned(), json!({ "type": "string", "description": meaning }))
    };
    let always: Vec<_> = HEADERS.iter().filter(|(_, _, always)| *always).map(|(name, ..)| *name).collect();
    let properties: Map<String, Value> = HEADERS.iter().map(text).collect();
    json!({ "type": "object", "properties": properties, "required": always })
}

fn envelope() -> Value {
    let mut settings = SchemaSettings::draft2020_12();
    settings.inline_subschemas = true;
    settings.meta_schema = None;
    settings.into_generator().into_root_schema_for::<RecordedEvent<'_>>().to_value()
}

#[cfg(test)]
mod tests {
    use bus::{Message, Reading};
    use kernel::{Uuid, recorded};

    use super::*;
    use crate::generate::registry;

    fn events() -> Vec<Event> {
        registry::events().into_iter().map(Result::unwrap).collect()
    }

    #[test]
    fn every_event_has_a_channel_and_every_reference_leads_somewhere() {
        let document = render(&events());
        assert_eq!(document["channels"].as_object().unwrap().len(), events().len());
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../schemas");
        let mut references = Vec::new();
        collect(&document, &mut references);
        assert!(references.len() > 5 * events().len(), "{}", references.len());
        for reference in references {
            match reference.strip_prefix('#') {
                Some(pointer) => assert!(document.pointer(pointer).is_some(), "{reference}"),
                None => assert!(root.join(&reference).is_file(), "{reference}"),
            }
        }
    }

    fn collect(value: &Value, references: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(reference)) = fields.get("$ref") {
                    references.push(reference.clone());
                }
                fields.values().for_each(|value| collect(value, references));
            }
            Value::Array(items) => items.iter().for_each(|value| collect(value, references)),
            _ => {}
        }
    }

    /// What the relay would send of every example, and what a consumer checks it against.
    #[test]
    fn messages_are_what_the_document_says() {
        let document = render(&events());
        let envelope =
            jsonschema::validator_for(&document["components"]["schemas"]["RecordedEvent"]).unwrap();
        let headers = jsonschema::validator_for(&document["components"]["schemas"]["Headers"]).unwrap();
        for event in events() {
            let (aggregate, what) = event.event_type.split_once('.').unwrap();
            let mut stored = recorded(aggregate, Uuid::nil(), event.sample.to_string());
            stored.envelope.event_type = event.event_type.to_owned();
            stored.envelope.schema_version = event.version;
            stored.metadata = r#"{"traceparent":"00-1-2-01"}"#.to_owned();
            let message = Message::of(&stored, &Reading::Newest).unwrap();
            assert!(message.subject.ends_with(&format!(".{aggregate}.{what}")), "{}", message.subject);

            let said =
                HEADERS.iter().filter_map(|(name, ..)| Some((*name, message.headers.get(*name)?.as_str())));
            let said: Map<String, Value> =
                said.map(|(name, value)| (name.to_owned(), value.into())).collect();
            assert!(headers.is_valid(&said.into()), "{}", event.event_type);

            let mut body: Value = serde_json::from_slice(&message.body).unwrap();
            assert!(envelope.is_valid(&body), "{}: {:?}", event.event_type, envelope.validate(&body).err());
            let payload = jsonschema::validator_for(&event.schema).unwrap();
            assert!(payload.is_valid(&body["payload"]), "{}", event.event_type);
            let says =
                &document["components"]["messages"][event.event_type]["payload"]["allOf"][1]["properties"];
            assert_eq!(
                (&says["type"]["const"], &says["version"]["const"]),
                (&body["type"], &body["version"])
            );

            // The twin: an envelope without its position is refused.
            body.as_object_mut().unwrap().remove("position");
            assert!(!envelope.is_valid(&body));
        }
    }
}
