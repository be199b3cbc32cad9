//! Golden examples: payloads as stored, one per version ever written. They must stay readable.

use std::collections::BTreeMap;

use serde_json::Value;

use super::event::Event;
use super::schema;

pub(super) fn path(event_type: &str, version: i32) -> String {
    format!("{}/examples/{event_type}.v{version}.json", schema::FOLDER)
}

/// What is wrong with the examples of `events` among the files of `tree`.
pub(super) fn faults(events: &[Event], tree: &BTreeMap<String, String>) -> Vec<String> {
    let mut faults = Vec::new();
    for event in events {
        for version in 1..=event.version {
            let path = path(event.event_type, version);
            match tree.get(&path) {
                None => faults.push(format!("{path} is missing: run `cargo xtask generate` and commit it")),
                Some(text) => faults.extend(fault(event, version, &path, text)),
            }
            if !tree.contains_key(&schema::path(event.event_type, version)) {
                let path = schema::path(event.event_type, version);
                faults.push(format!("{path} is missing: a published schema stays; restore it from git"));
            }
        }
    }
    faults
}

fn fault(event: &Event, version: i32, path: &str, text: &str) -> Option<String> {
    let payload: Value = match serde_json::from_str(text) {
        Ok(payload) => payload,
        Err(error) => return Some(format!("{path} is not JSON: {error}")),
    };
    let newest = version == event.version;
    let shape = if newest { fields_fault(&event.schema, &payload) } else { None };
    let reading = (event.read_back)(event.event_type, version, &payload).err();
    let reason = reading.or(shape)?;
    Some(format!(
        "{path} no longer reads as {} v{version}: {reason}. Stored events look like this for ever: keep reading \
         them (a new version and an upcast in the aggregate's events.rs), and leave the example as it is",
        event.event_type
    ))
}

/// The example has the fields that the schema promises, and no other.
fn fields_fault(schema: &Value, payload: &Value) -> Option<String> {
    let known = schema["properties"].as_object()?;
    let fields = payload.as_object()?;
    let unknown = fields.keys().find(|field| *field != "$type" && !known.contains_key(*field));
    if let Some(field) = unknown {
        return Some(format!("the schema does not know its field {field}"));
    }
    let required = schema["required"].as_array()?;
    let missing = required.iter().filter_map(Value::as_str).find(|field| !fields.contains_key(*field))?;
    Some(format!("the schema requires the field {missing}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::{generated, registry};

    fn events() -> Vec<Event> {
        registry::events().into_iter().map(Result::unwrap).collect()
    }

    fn tree() -> BTreeMap<String, String> {
        generated(&events()).into_iter().map(|file| (file.path, file.text)).collect()
    }

    #[test]
    fn fresh_examples_have_no_fault() {
        assert_eq!(faults(&events(), &tree()), Vec::<String>::new());
    }

    #[test]
    fn an_example_that_no_longer_decodes_is_found() {
        let mut tree = tree();
        let path = path("project.created", 1);
        tree.insert(path.clone(), r#"{"$type": "project.created", "title": "Billing"}"#.to_owned());
        let faults = faults(&events(), &tree);
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with(&path) && faults[0].contains("missing field"), "{faults:?}");
    }

    #[test]
    fn an_example_that_is_written_differently_is_found() {
        let mut tree = tree();
        let other = r#"{"$type": "project.renamed", "name": " Billing "}"#;
        tree.insert(path("project.renamed", 1), other.to_owned());
        let faults = faults(&events(), &tree);
        assert!(faults[0].contains("it is written again as"), "{faults:?}");
    }

    #[test]
    fn a_missing_example_is_found() {
        let mut tree = tree();
        tree.remove(&path("project.archived", 1));
        assert!(faults(&events(), &tree)[0].contains("project.archived.v1.json is missing"));
    }

    #[test]
    fn an_older_version_keeps_its_example_and_its_schema() {
        let mut events = events();
        events[0].version = 2;
        let mut tree = tree();
        tree.remove(&schema::path("project.created", 1));
        let faults = faults(&events, &tree);
        assert!(faults.iter().any(|fault| fault.contains("project.created.v1.json is missing: a published")));
        assert!(faults.iter().any(|fault| fault.contains("examples/project.created.v2.json is missing")));
    }
}
