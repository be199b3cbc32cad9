//! The section `## Requirements` and those that go with it.

use super::super::findings::Findings;
use super::super::markup;
use super::super::sections::{self, Section};
use super::body::{self, Body, Criteria};
use super::fields::Fields;
use crate::phases::{Requirement, Requirements, Statement, Traceability};

pub(super) fn read(
    file: &str,
    part: &Section<'_, '_>,
    requirements: &mut Requirements,
    findings: &mut Findings,
) {
    let own = Body::read(file, sections::before_headings(part.body), Criteria::AreText, findings);
    Fields::of(file, own.fields, findings).end();
    for part in sections::sections(part.body, 3) {
        let Some((id, title)) = heading(file, &part, "REQ-TODO-FUNC-001: title", findings) else { continue };
        let body = Body::read(file, part.body, Criteria::AreRead, findings);
        place(file, &id, &part, &body, findings);
        let mut fields = Fields::of(file, body.fields, findings);
        requirements.requirements.push(Requirement {
            id,
            title,
            kind: fields.text("type").unwrap_or_default(),
            category: fields.text("category").unwrap_or_default(),
            priority: fields.priority(),
            text: body.text,
            acceptance_criteria: body.criteria,
            dependencies: fields.list("depends on").unwrap_or_default(),
            notes: fields.text("notes").unwrap_or_default(),
            origin: fields.text("origin"),
        });
        fields.end();
    }
}

/// The id and the title of `### ID: title`.
pub(super) fn heading(
    file: &str,
    part: &Section<'_, '_>,
    example: &str,
    findings: &mut Findings,
) -> Option<(String, String)> {
    let Some((id, title)) = markup::split_at_mark(part.title, ':') else {
        let message = format!("`{}` needs an id and a title, e.g. `{example}`", part.title);
        findings.problem(file, &part.line, "bad_line", message);
        return None;
    };
    Some((markup::parse_inline(id.trim()), markup::parse_inline(title.trim())))
}

/// Remembers where an item and its criteria are.
pub(super) fn place(file: &str, id: &str, part: &Section<'_, '_>, body: &Body<'_>, findings: &mut Findings) {
    findings.place(id, file, part.line.number);
    for (at, line) in body.criteria_lines.iter().enumerate() {
        findings.place(format!("{id}.{}", at + 1), file, *line);
    }
}

/// `- FR-001: text`.
pub(super) fn statements(file: &str, part: &Section<'_, '_>, findings: &mut Findings) -> Vec<Statement> {
    let mut statements: Vec<(String, _)> = Vec::new();
    for line in part.body.iter().filter(|line| !line.is_blank()) {
        match (line.bullet().filter(|_| line.indent() < 2), statements.last_mut()) {
            (Some(item), _) => statements.push((item.to_owned(), *line)),
            (None, Some((text, _))) => {
                text.push(' ');
                text.push_str(line.text());
            }
            (None, None) => {
                findings.problem(file, line, "bad_line", "a statement is a line `- FR-001: text`");
            }
        }
    }
    let mut read = Vec::new();
    for (item, line) in statements {
        match markup::split_at_mark(&item, ':') {
            Some((id, text)) => read.push(Statement {
                id: markup::parse_inline(id.trim()),
                text: markup::parse_inline(text.trim()),
            }),
            None => {
                findings.problem(file, &line, "bad_line", "a statement has a name, e.g. `- FR-001: text`");
            }
        }
    }
    read
}

pub(super) fn traceability(file: &str, part: &Section<'_, '_>, findings: &mut Findings) -> Traceability {
    let own = Body::read(file, part.body, body::Criteria::AreText, findings);
    let mut fields = Fields::of(file, own.fields, findings);
    let traceability = Traceability {
        prd_sections: fields.list("prd sections").unwrap_or_default(),
        design_components: fields.list("design components").unwrap_or_default(),
    };
    fields.end();
    traceability
}
