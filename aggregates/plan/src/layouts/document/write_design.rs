//! Writes the section `## Design`.

use serde_json::{Map, Value};

use super::super::markup::{code, inline, literal, quote};
use super::write::{Writer, names, some};
use crate::phases::{Component, Design, Interface};

pub(super) fn design(out: &mut Writer, it: &Design, feature: &str) {
    out.heading(2, "Design");
    out.words(&it.architecture_overview);
    if it.feature_name != *feature {
        out.fields(&[format!("- Feature: {}", inline(&it.feature_name, &[]))]);
    }
    if !it.architecture_diagram.is_empty() {
        out.heading(3, "Diagram");
        out.raw(&fenced("mermaid", &it.architecture_diagram));
    }
    it.components.iter().for_each(|it| component(out, it));
    let details = details(it);
    if !details.is_empty() {
        out.heading(3, "Details");
        let json = serde_json::to_string_pretty(&details).expect("a map of JSON values");
        out.raw(&fenced("json", &escaped(&json)));
    }
    if let Some(document) = &it.document {
        out.heading(3, "Document");
        out.raw(&quote(document));
    }
}

/// A text in a fence that is longer than any of its own; a quotation when it has what no line can hold.
fn fenced(language: &str, text: &str) -> String {
    if text.contains(|c: char| c.is_control() && !matches!(c, '\n' | '\t')) {
        return quote(text);
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}{language}\n{text}\n{fence}")
}

/// What has no words of its own in a document.
fn details(it: &Design) -> Map<String, Value> {
    let empty = Design::default();
    let rest = Design {
        feature_name: String::new(),
        architecture_overview: String::new(),
        architecture_diagram: String::new(),
        components: Vec::new(),
        document: None,
        ..it.clone()
    };
    let object = |design: &Design| match serde_json::to_value(design) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    };
    let defaults = object(&empty);
    object(&rest).into_iter().filter(|(key, value)| defaults.get(key) != Some(value)).collect()
}

fn component(out: &mut Writer, it: &Component) {
    out.heading(3, &format!("Component: {}", inline(&it.name, &[])));
    out.words(&it.description);
    let file = (!it.file_path.is_empty()).then(|| format!("- File: {}", literal(&it.file_path, &[])));
    let fields = [
        some("Type", &it.kind),
        file,
        some("Responsibility", &it.responsibility),
        names("Uses", &it.dependencies),
    ];
    let interfaces = it.interfaces.iter().map(interface);
    out.fields(&fields.into_iter().flatten().chain(interfaces).collect::<Vec<_>>());
}

fn interface(it: &Interface) -> String {
    let mut parts = vec![inline(&it.method, &[','])];
    // A method of the name `none` would be an empty list.
    if !it.inputs.is_null() || !it.outputs.is_null() || it.method.eq_ignore_ascii_case("none") {
        parts.push(value(&it.inputs));
    }
    if !it.outputs.is_null() {
        parts.push(value(&it.outputs));
    }
    format!("- Interface: {}", parts.join(", "))
}

fn value(value: &Value) -> String {
    if let Value::String(text) = value {
        return inline(text, &[',']);
    }
    let json = escaped(&value.to_string());
    code(&json).unwrap_or(json)
}

/// JSON without the characters that it allows in a text and that no line can hold.
fn escaped(json: &str) -> String {
    let escape = |c: char| {
        if c.is_control() && c != '\n' { format!("\\u{:04x}", u32::from(c)) } else { c.to_string() }
    };
    json.chars().map(escape).collect()
}
