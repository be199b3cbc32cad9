//! What both refuse.

use serde_json::Value;

use super::refusal::Refusal;

pub(super) fn refuse<T>(words: impl Into<String>) -> Result<T, Refusal> {
    Err(Refusal::invalid(words.into()))
}

/// Refuses a field that the real one does not know: a client that misspells is told.
pub(super) fn only(body: &Value, known: &[&str]) -> Result<(), Refusal> {
    let Some(fields) = body.as_object() else { return refuse("the body is no JSON object") };
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => refuse(format!("{name}: extra inputs are not permitted")),
        None => Ok(()),
    }
}

pub(super) fn text<'v>(value: &'v Value, name: &str) -> Result<&'v str, Refusal> {
    match value[name].as_str() {
        Some(text) if !text.is_empty() => Ok(text),
        Some(_) | None => refuse(format!("{name}: a text is required")),
    }
}

pub(super) fn list<'v>(value: &'v Value, name: &str) -> Result<&'v [Value], Refusal> {
    match value[name].as_array() {
        Some(list) if !list.is_empty() => Ok(list),
        Some(_) | None => refuse(format!("{name}: at least one is required")),
    }
}

pub(super) fn at_least_one(value: &Value, name: &str) -> Result<(), Refusal> {
    match value[name].as_u64() {
        Some(1..) => Ok(()),
        Some(0) | None => refuse(format!("{name}: a number of at least 1 is required")),
    }
}

pub(super) fn temperature(body: &Value, most: f64) -> Result<(), Refusal> {
    match &body["temperature"] {
        Value::Null => Ok(()),
        value if value.as_f64().is_some_and(|value| (0.0..=most).contains(&value)) => Ok(()),
        _ => refuse(format!("temperature: it is from 0 to {most}")),
    }
}

pub(super) fn tool_name(name: &str) -> Result<(), Refusal> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=64).contains(&name.len()) && name.bytes().all(fits) {
        Ok(())
    } else {
        refuse(format!("tools: the name `{name}` is not of ^[a-zA-Z0-9_-]{{1,64}}$"))
    }
}

pub(super) fn object_schema(schema: &Value, name: &str) -> Result<(), Refusal> {
    if schema["type"] == "object" {
        Ok(())
    } else {
        refuse(format!("{name}: a schema of an object is required"))
    }
}
