//! A folder of Kiro: `requirements.md`, `design.md`, `tasks.md`.
//!
//! Tasks are read by their number, not by their indentation: `N.` is a ticket, `N.M` a task of it, and a ticket without
//! tasks is one. What Kiro has no word for stands in lines of italics ([`super::italic`]).

mod checkbox;
mod design;
mod links;
mod requirements;
mod tasks;
mod write;
mod write_design;
mod write_tasks;

use super::detect::Folder;
use super::findings::Findings;
use super::names;
use crate::{Plan, Problem};

pub(super) use design::{places as design_places, read as read_design};
pub(super) use requirements::{bullets, statement};
pub(super) use write::{
    bullets as written_bullets, feature, hanging, paragraph, section, statement as written_statement, write,
};
pub(super) use write_design::design as written_design;
pub(super) use write_tasks::description as written_description;

/// Reads what it can; the findings say what it cannot.
pub(super) fn read(folder: &Folder<'_>, findings: &mut Findings) -> Plan {
    let (Some(requirements), Some(tasks)) = (folder.get("requirements.md"), folder.get("tasks.md")) else {
        return Plan::default();
    };
    let requirement_lines = findings.read(requirements);
    let task_lines = findings.read(tasks);
    let title =
        titled(&task_lines, "Implementation Plan").or_else(|| titled(&requirement_lines, "Requirements"));
    let folder_name = names::folder_name(&tasks.path);
    let feature = folder_name.map_or_else(|| names::slug(title.unwrap_or_default()), names::slug);
    let mut plan =
        Plan { title: title.map_or_else(|| names::title(&feature), str::to_owned), ..Plan::default() };

    let numbers = requirements::read(&requirements.path, &requirement_lines, &feature, &mut plan, findings);
    match folder.get("design.md") {
        Some(file) => {
            let lines = findings.read(file);
            let mut design = design::read(&file.text, &lines);
            design.feature_name.clone_from(&feature);
            design::places(&file.path, &lines, &design, findings);
            plan.design = Some(design);
        }
        None => {
            let message = "design.md is missing; the plan has no design";
            findings.issues.push(Problem::new("missing_file", message));
        }
    }
    let list = tasks::read(&tasks.path, &task_lines, findings);
    // Without its requirements every task would name something that is not there.
    if !requirement_lines.is_empty() {
        links::put(&tasks.path, list, &numbers, &mut plan, findings);
    }
    plan.requirements.feature_name.clone_from(&feature);
    plan.tasks.feature_name = feature;
    plan
}

/// The name of the feature in `# Implementation Plan: Name`.
fn titled<'a>(lines: &[super::text::Line<'a>], document: &str) -> Option<&'a str> {
    let (_, title) = lines.iter().find_map(|line| line.heading().filter(|(level, _)| *level == 1))?;
    let rest = title.get(..document.len()).filter(|start| start.eq_ignore_ascii_case(document))?;
    let rest = title[rest.len()..].trim_start();
    let rest = rest.strip_prefix("Document").unwrap_or(rest).trim_start();
    let name = rest.strip_prefix([':', '-', '–', '—'])?.trim();
    (!name.is_empty()).then_some(name)
}
