//! Writes a folder of spec-kit.

use super::super::italic::one_line;
use super::super::kiro::{self, paragraph, section, written_bullets};
use super::super::{File, edges};
use super::spec::{STEPS, written_priority};
use super::write_tasks::tasks;
use crate::Plan;
use crate::phases::{Criterion, CriterionKind, Requirement, Requirements, Statement};

/// The files of `specs/001-<feature>`.
pub(in super::super) fn write(plan: &Plan) -> Vec<File> {
    let plan = edges::arranged(plan);
    let feature = kiro::feature(&plan);
    let file = |name: &str, text: String| File { path: format!("specs/001-{feature}/{name}"), text };
    let mut files = vec![file("spec.md", spec(&plan, &feature))];
    if let Some(design) = &plan.design {
        let heading = format!("# Implementation Plan: {}", one_line(&plan.title));
        files.push(file("plan.md", kiro::written_design(design, &heading)));
    }
    files.push(file("tasks.md", tasks(&plan)));
    files
}

fn spec(plan: &Plan, feature: &str) -> String {
    let requirements = &plan.requirements;
    let mut out = format!("# Feature Specification: {}\n", one_line(&plan.title));
    paragraph(&mut out, &format!("**Feature Branch**: `001-{feature}`"));
    if !plan.overview.is_empty() {
        paragraph(&mut out, &format!("**Input**: User description: \"{}\"", plan.overview));
    }
    section(
        &mut out,
        "Clarifications",
        &named(requirements, |id| id.starts_with("Clarification "), |it| it.text.clone()),
    );
    out.push_str("\n## User Scenarios & Testing *(mandatory)*\n");
    for (at, it) in requirements.requirements.iter().enumerate() {
        story(&mut out, at + 1, it);
    }
    let edge_cases = named(requirements, |id| id.starts_with("EC-"), |it| it.text.clone());
    if !edge_cases.is_empty() {
        paragraph(&mut out, &format!("### Edge Cases\n\n{edge_cases}"));
    }
    let other = |id: &str| !["Clarification ", "EC-", "SC-"].iter().any(|prefix| id.starts_with(prefix));
    let stated = named(requirements, other, kiro::written_statement);
    let entities = entities(plan);
    if !stated.is_empty() || !entities.is_empty() {
        out.push_str("\n## Requirements *(mandatory)*\n");
    }
    if !stated.is_empty() {
        paragraph(&mut out, &format!("### Functional Requirements\n\n{stated}"));
    }
    if !entities.is_empty() {
        paragraph(&mut out, &format!("### Key Entities\n\n{entities}"));
    }
    let criteria = named(requirements, |id| id.starts_with("SC-"), kiro::written_statement);
    if !criteria.is_empty() {
        section(
            &mut out,
            "Success Criteria *(mandatory)*",
            &format!("### Measurable Outcomes\n\n{criteria}"),
        );
    }
    section(&mut out, "Assumptions", &written_bullets(&requirements.assumptions));
    section(&mut out, "Out of Scope", &written_bullets(&requirements.out_of_scope));
    section(&mut out, "Open Questions", &written_bullets(&requirements.open_questions));
    out
}

fn named(requirements: &Requirements, of: impl Fn(&str) -> bool, write: fn(&Statement) -> String) -> String {
    let chosen = requirements.statements.iter().filter(|it| of(&it.id));
    written_bullets(&chosen.map(write).collect::<Vec<_>>())
}

/// What is stored, when plan.md does not say it itself.
fn entities(plan: &Plan) -> String {
    let Some(design) = plan.design.as_ref().filter(|design| design.document.is_some()) else {
        return String::new();
    };
    let document = design.document.as_deref().unwrap_or_default();
    let said = |name: &str| document.lines().any(|line| line.starts_with("### ") && line.contains(name));
    let own = design.data_models.iter().filter(|it| !said(&it.name));
    let line = |it: &crate::phases::DataModel| {
        kiro::written_statement(&Statement { id: it.name.clone(), text: it.description.clone() })
    };
    written_bullets(&own.map(line).collect::<Vec<_>>())
}

fn story(out: &mut String, number: usize, it: &Requirement) {
    let priority = it.priority.map(|it| format!(" (Priority: {})", written_priority(it))).unwrap_or_default();
    paragraph(out, &format!("### User Story {number} - {}{priority}", one_line(&it.title)));
    paragraph(out, &it.text);
    let (before, after) = notes(&it.notes);
    paragraph(out, before);
    if !it.acceptance_criteria.is_empty() || !after.is_empty() {
        paragraph(out, "**Acceptance Scenarios**:");
        let lines = it.acceptance_criteria.iter().enumerate();
        let list: String =
            lines.map(|(at, it)| format!("{}. {}\n", at + 1, kiro::hanging(&criterion(it), 3))).collect();
        paragraph(out, &list);
        paragraph(out, after);
    }
    paragraph(out, "---");
}

/// What has its place before the scenarios, and what comes after them.
fn notes(notes: &str) -> (&str, &str) {
    if ["**Why this priority**", "**Independent Test**"].iter().any(|label| notes.starts_with(label)) {
        (notes, "")
    } else {
        ("", notes)
    }
}

fn criterion(it: &Criterion) -> String {
    if it.kind == CriterionKind::Statement {
        return it.text.clone();
    }
    let mut text = it.text.clone();
    for word in STEPS {
        if let Some(rest) = text.strip_prefix(&format!("{word} ")) {
            text = format!("**{word}** {rest}");
        }
        text = text.replace(&format!(", {word} "), &format!(", **{word}** "));
    }
    text
}
