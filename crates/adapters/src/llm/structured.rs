//! How a provider is made to answer by a schema.

use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Which way a provider knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Structured {
    /// By a schema of its own: `output_config.format`, or `response_format`.
    #[default]
    Schema,
    /// By a tool that must be used. Only as Anthropic has it, and its models from Opus 5.5 on refuse it.
    Tool,
    /// As any JSON object, with the schema in the prompt. Only as OpenAI has it.
    JsonObject,
    /// By the prompt alone: every model can be asked.
    Prompt,
}

/// The words that ask for it.
pub(super) fn in_words(schema: &Value) -> String {
    format!("Answer with one JSON object and nothing else, by this JSON Schema:\n{schema}")
}

/// Whether there are objects whose fields nobody knows beforehand. Anthropic wants every object closed, and such a one would
/// have to be empty.
pub(super) fn has_maps(schema: &Value) -> bool {
    match schema {
        Value::Object(object) => {
            let open = object.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false));
            let unknown = object.get("type") == Some(&json!("object")) && !object.contains_key("properties");
            open || unknown || object.values().any(has_maps)
        }
        Value::Array(list) => list.iter().any(has_maps),
        _ => false,
    }
}

/// What Anthropic takes of JSON Schema. What it refuses is said in the description, where the model reads it.
/// Source: its page on structured outputs ("JSON Schema limitations").
pub(super) fn for_anthropic(schema: &Value) -> Value {
    let Value::Object(schema) = schema else { return schema.clone() };
    let mut kept = Map::new();
    let mut said = Vec::new();
    for (name, value) in schema {
        match name.as_str() {
            "properties" | "$defs" | "definitions" => {
                let of_each = value.as_object().into_iter().flatten();
                let cleaned = of_each.map(|(name, schema)| (name.clone(), for_anthropic(schema))).collect();
                kept.insert(name.clone(), Value::Object(cleaned));
            }
            "anyOf" | "allOf" | "oneOf" => {
                let name = if name == "oneOf" { "anyOf" } else { name };
                let of_each = value.as_array().into_iter().flatten().map(for_anthropic).collect();
                kept.insert(name.to_owned(), Value::Array(of_each));
            }
            "items" => {
                kept.insert(name.clone(), for_anthropic(value));
            }
            "type" | "enum" | "const" | "required" | "$ref" | "description" | "title" => {
                kept.insert(name.clone(), value.clone());
            }
            "format" if value.as_str().is_some_and(is_known_format) => {
                kept.insert(name.clone(), value.clone());
            }
            "minItems" if matches!(value.as_u64(), Some(0 | 1)) => {
                kept.insert(name.clone(), value.clone());
            }
            "$schema" | "$id" | "additionalProperties" | "examples" | "format" => {}
            _ => said.push(format!("{name}: {value}")),
        }
    }
    if kept.contains_key("properties") || kept.get("type") == Some(&json!("object")) {
        kept.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    if !said.is_empty() {
        let before = kept.get("description").and_then(Value::as_str).map(|text| format!("{text} "));
        let description = format!("{}({})", before.unwrap_or_default(), said.join(", "));
        kept.insert("description".to_owned(), Value::String(description));
    }
    Value::Object(kept)
}

fn is_known_format(format: &str) -> bool {
    const KNOWN: &[&str] =
        &["date-time", "time", "date", "duration", "email", "hostname", "uri", "ipv4", "ipv6", "uuid"];
    KNOWN.contains(&format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anthropic_refuses_is_said_instead() {
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "required": ["title", "tags"],
            "properties": {
                "title": {"type": "string", "minLength": 3, "description": "What it is"},
                "at": {"type": "string", "format": "date-time"},
                "count": {"type": "integer", "format": "uint32", "minimum": 0},
                "tags": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/Tag"}},
                "one": {"oneOf": [{"type": "object", "properties": {}}, {"type": "null"}]}
            },
            "$defs": {"Tag": {"type": "object", "properties": {"minimum": {"type": "string"}}}}
        });
        let expected = json!({
            "type": "object",
            "required": ["title", "tags"],
            "additionalProperties": false,
            "properties": {
                "title": {"type": "string", "description": "What it is (minLength: 3)"},
                "at": {"type": "string", "format": "date-time"},
                "count": {"type": "integer", "description": "(minimum: 0)"},
                "tags": {"type": "array", "items": {"$ref": "#/$defs/Tag"}, "description": "(minItems: 2)"},
                "one": {"anyOf": [{"type": "object", "properties": {}, "additionalProperties": false}, {"type": "null"}]}
            },
            "$defs": {"Tag": {"type": "object", "properties": {"minimum": {"type": "string"}}, "additionalProperties": false}}
        });
        assert_eq!(for_anthropic(&schema), expected);
    }

    #[test]
    fn objects_of_unknown_fields_are_found_wherever_they_are() {
        let closed =
            json!({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false});
        assert!(!has_maps(&closed));
        for map in [
            json!({"type": "object"}),
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
            json!({"type": "object", "properties": {}, "additionalProperties": true}),
        ] {
            assert!(has_maps(&map), "{map}");
            assert!(has_maps(&json!({"type": "array", "items": {"properties": {"of": map}}})));
        }
    }

    #[test]
    fn words_hold_the_schema() {
        assert!(in_words(&json!({"type": "object"})).ends_with("{\"type\":\"object\"}"));
    }
}
