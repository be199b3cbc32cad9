//! The JSON Schema of one event as a consumer meets it on the wire: the payload without `$type`.

use kernel::EventKind;
use serde_json::{Map, Value, json};

pub(super) const FOLDER: &str = "schemas/events";

pub(super) fn path(event_type: &str, version: i32) -> String {
    format!("{FOLDER}/{event_type}.v{version}.json")
}

/// Cuts the variant `event_type` out of the schema of `E`.
pub(super) fn on_the_wire<E: EventKind>(event_type: &str) -> Result<Value, String> {
    let whole = schemars::schema_for!(E).to_value();
    let variant = variants(&whole)
        .find(|variant| variant["properties"]["$type"]["const"] == event_type)
        .ok_or_else(|| format!("{event_type} is not in the schema of its enum; is it renamed with serde?"))?;

    let mut properties = variant["properties"].as_object().cloned().unwrap_or_default();
    properties.remove("$type");
    let required = variant["required"].as_array().cloned().unwrap_or_default();
    let required: Vec<Value> = required.into_iter().filter(|field| field != "$type").collect();

    let mut schema = Map::new();
    schema.insert("$schema".into(), whole["$schema"].clone());
    schema.insert("title".into(), json!(event_type));
    if let Some(description) = variant.get("description") {
        schema.insert("description".into(), description.clone());
    }
    schema.insert("type".into(), json!("object"));
    schema.insert("properties".into(), Value::Object(properties));
    schema.insert("required".into(), Value::Array(required));
    if let Some(shared) = whole.get("$defs") {
        schema.insert("$defs".into(), shared.clone());
    }
    Ok(Value::Object(schema))
}

fn variants(whole: &Value) -> impl Iterator<Item = &Value> {
    whole["oneOf"].as_array().into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use work::project::Event;

    use super::*;

    #[test]
    fn the_schema_says_what_the_wire_carries() {
        let schema = on_the_wire::<Event>("project.created").unwrap();
        assert_eq!(schema["required"], json!(["name", "slug"]));
        let fields: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(fields, ["description", "name", "slug"]);
        assert_eq!(schema["properties"]["name"]["maxLength"], 200);
    }

    #[test]
    fn an_unknown_type_has_no_schema() {
        assert!(on_the_wire::<Event>("project.exploded").is_err());
    }
}
