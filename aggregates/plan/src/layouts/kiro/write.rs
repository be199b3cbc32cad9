//! Writes a folder of Kiro.

use super::super::italic::{self, Key};
use super::super::{File, edges, names};
use super::write_design::design;
use super::write_tasks::tasks;
use crate::Plan;
use crate::phases::{Requirement, Statement};

/// The files of `.kiro/specs/<feature>`.
pub(in super::super) fn write(plan: &Plan) -> Vec<File> {
    let plan = edges::arranged(plan);
    let feature = feature(&plan);
    let file = |name: &str, text: String| File { path: format!(".kiro/specs/{feature}/{name}"), text };
    let mut files = vec![file("requirements.md", requirements(&plan))];
    files.extend(plan.design.as_ref().map(|it| file("design.md", design(it, "# Design Document"))));
    files.push(file("tasks.md", tasks(&plan)));
    files
}

/// The folder of a plan.
pub(in super::super) fn feature(plan: &Plan) -> String {
    let named = [&plan.requirements.feature_name, &plan.tasks.feature_name, &plan.title];
    names::slug(named.into_iter().find(|name| !name.trim().is_empty()).map_or("", String::as_str))
}

fn requirements(plan: &Plan) -> String {
    let mut out = "# Requirements Document\n".to_owned();
    section(&mut out, "Introduction", &plan.overview);
    let requirements = &plan.requirements;
    section(
        &mut out,
        "Glossary",
        &bullets(&requirements.statements.iter().map(statement).collect::<Vec<_>>()),
    );
    section(&mut out, "Assumptions", &bullets(&requirements.assumptions));
    section(&mut out, "Out of Scope", &bullets(&requirements.out_of_scope));
    section(&mut out, "Open Questions", &bullets(&requirements.open_questions));
    out.push_str("\n## Requirements\n");
    for (at, it) in requirements.requirements.iter().enumerate() {
        requirement(&mut out, number_of(at, it, plan), it);
    }
    out
}

/// The number by which a requirement goes: that of its id where they all have one, otherwise its place.
pub(super) fn number_of(at: usize, requirement: &Requirement, plan: &Plan) -> usize {
    let own = |it: &Requirement| {
        let number = it.id.rsplit('-').next()?.parse::<usize>().ok()?;
        (it.id == names::requirement_id(&feature(plan), number)).then_some(number)
    };
    let all: Option<Vec<_>> = plan.requirements.requirements.iter().map(own).collect();
    let usable = all.is_some_and(|all| all.is_sorted_by(|a, b| a < b));
    own(requirement).filter(|_| usable).unwrap_or(at + 1)
}

fn requirement(out: &mut String, number: usize, it: &Requirement) {
    let title = italic::one_line(&it.title);
    let nameless = title.is_empty() || title == format!("Requirement {number}");
    let heading = if nameless { String::new() } else { format!(": {title}") };
    out.push_str(&format!("\n### Requirement {number}{heading}\n"));
    let is_story = it.text.starts_with("As a");
    let label = if is_story { "**User Story:** " } else { "" };
    paragraph(out, &format!("{label}{}", it.text));
    if let Some(priority) = it.priority {
        paragraph(out, &italic::line(Key::Priority, priority.as_str()));
    }
    out.push_str("\n#### Acceptance Criteria\n");
    let mut list = String::new();
    for (at, criterion) in it.acceptance_criteria.iter().enumerate() {
        list.push_str(&format!("{}. {}\n", at + 1, hanging(&criterion.text, 3)));
    }
    paragraph(out, &list);
    paragraph(out, &it.notes);
}

/// A text whose further lines are set below its first.
pub(in super::super) fn hanging(text: &str, indent: usize) -> String {
    let mut lines = text.trim().lines().filter(|line| !line.trim().is_empty());
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |text, line| format!("{text}\n{:indent$}{}", "", line.trim()))
}

pub(in super::super) fn paragraph(out: &mut String, text: &str) {
    let text = text.trim_end();
    if !text.is_empty() {
        out.push_str(&format!("\n{text}\n"));
    }
}

pub(in super::super) fn section(out: &mut String, title: &str, text: &str) {
    if !text.is_empty() {
        out.push_str(&format!("\n## {title}\n"));
        paragraph(out, text);
    }
}

pub(in super::super) fn bullets<T: AsRef<str>>(items: &[T]) -> String {
    items.iter().map(|item| format!("- {}\n", hanging(item.as_ref(), 2))).collect()
}

pub(in super::super) fn statement(it: &Statement) -> String {
    if it.id.is_empty() { it.text.clone() } else { format!("**{}**: {}", it.id, it.text) }
}
