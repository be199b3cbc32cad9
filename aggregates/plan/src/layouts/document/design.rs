//! The section `## Design`.

use serde_json::Value;

use super::super::findings::Findings;
use super::super::lists::Item;
use super::super::markup;
use super::super::sections::{self, Section};
use super::super::text;
use super::body::{self, Body, Criteria};
use super::fields::Fields;
use crate::phases::{Component, Design, Interface};

const COMPONENT: &str = "Component:";

pub(super) fn read(file: &str, part: &Section<'_, '_>, feature: &str, findings: &mut Findings) -> Design {
    let parts = sections::sections(part.body, 3);
    // The details come first: they are a whole design, of which the other parts are read into.
    let details = parts.iter().find(|part| part.title.eq_ignore_ascii_case("details"));
    let mut design = details.and_then(|part| details_of(file, part, findings)).unwrap_or_default();
    let own = Body::read(file, sections::before_headings(part.body), Criteria::AreText, findings);
    design.architecture_overview = own.text;
    let mut fields = Fields::of(file, own.fields, findings);
    design.feature_name = fields.text("feature").unwrap_or_else(|| feature.to_owned());
    fields.end();
    for part in &parts {
        match part.title.to_ascii_lowercase().as_str() {
            "details" => {}
            "diagram" => design.architecture_diagram = code_or_words(part),
            "document" => design.document = Some(body::words_of(part.body)),
            _ => match part.title.strip_prefix(COMPONENT) {
                Some(name) => design.components.push(component(file, part, name.trim(), findings)),
                None => {
                    let message = format!(
                        "`{}` is no part of a design; they are `### Diagram`, `### Component: name`, `### Details` and \
                         `### Document`",
                        part.title
                    );
                    findings.problem(file, &part.line, "bad_line", message);
                }
            },
        }
    }
    design
}

fn code_or_words(part: &Section<'_, '_>) -> String {
    match text::fences(part.body).into_iter().next() {
        Some((_, lines)) => lines.join("\n"),
        None => body::words_of(part.body),
    }
}

/// What has no other place, as JSON.
fn details_of(file: &str, part: &Section<'_, '_>, findings: &mut Findings) -> Option<Design> {
    let (_, lines) = text::fences(part.body).into_iter().next()?;
    match serde_json::from_str(&lines.join("\n")) {
        Ok(design) => Some(design),
        Err(error) => {
            let start = part.body.iter().find(|line| line.code).map_or(part.line.number, |line| line.number);
            let line = text::Line { number: start + u32::try_from(error.line()).unwrap_or(0), ..part.line };
            findings.problem(
                file,
                &line,
                "bad_value",
                format!("the details are no JSON of a design: {error}"),
            );
            None
        }
    }
}

fn component(file: &str, part: &Section<'_, '_>, name: &str, findings: &mut Findings) -> Component {
    let body = Body::read(file, part.body, Criteria::AreText, findings);
    let name = markup::parse_inline(name);
    findings.place(name.clone(), file, part.line.number);
    let mut fields = Fields::of(file, body.fields, findings);
    let mut component = Component {
        name,
        kind: fields.text("type").unwrap_or_default(),
        file_path: fields.text("file").unwrap_or_default(),
        description: body.text,
        responsibility: fields.text("responsibility").unwrap_or_default(),
        interfaces: Vec::new(),
        dependencies: fields.list("uses").unwrap_or_default(),
    };
    for (items, field) in fields.lists("interface") {
        match interface(&items) {
            Ok(interface) => component.interfaces.push(interface),
            Err(message) => fields.problem(&field, message),
        }
    }
    fields.end();
    component
}

/// `- Interface: method, what it takes, what it gives`.
fn interface(items: &[Item]) -> Result<Interface, String> {
    let value = |item: Option<&Item>| match item {
        None => Ok(Value::Null),
        Some(Item { text, code: false }) => Ok(Value::String(text.clone())),
        Some(Item { text, code: true }) => {
            serde_json::from_str(text).map_err(|error| format!("`{text}` is no JSON: {error}"))
        }
    };
    match items {
        [method, rest @ ..] if rest.len() <= 2 => Ok(Interface {
            method: method.text.clone(),
            inputs: value(rest.first())?,
            outputs: value(rest.get(1))?,
        }),
        _ => {
            Err("an interface is its name, what it takes and what it gives, e.g. `add, title, id`".to_owned())
        }
    }
}
