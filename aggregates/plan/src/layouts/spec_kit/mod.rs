//! A folder of spec-kit: `spec.md`, `plan.md`, `tasks.md`.
//!
//! A user story is a requirement of kind `story`, its scenarios are criteria; what is called `FR-001` or `SC-001` is kept
//! as it is written. A phase is a ticket. `[P]` and the written order say what waits for what, unless a line
//! `_Depends: T001_` does.

mod order;
mod paths;
mod phases;
mod spec;
mod task_line;
mod tasks;
mod write;
mod write_tasks;

use super::detect::Folder;
use super::findings::Findings;
use super::{kiro, names};
use crate::{Plan, Problem};

pub(super) use task_line::{TaskLine, is_mark};
pub(super) use write::write;

/// Reads what it can; the findings say what it cannot.
pub(super) fn read(folder: &Folder<'_>, findings: &mut Findings) -> Plan {
    let (Some(spec), Some(tasks)) = (folder.get("spec.md"), folder.get("tasks.md")) else {
        return Plan::default();
    };
    let spec_lines = findings.read(spec);
    let task_lines = findings.read(tasks);
    let title = spec::title(&spec_lines);
    let feature = match names::folder_name(&spec.path) {
        Some(name) => names::slug(without_number(name)),
        None => names::slug(title.unwrap_or_default()),
    };
    let mut plan =
        Plan { title: title.map_or_else(|| names::title(&feature), str::to_owned), ..Plan::default() };
    let entities = spec::read(&spec.path, &spec_lines, &feature, &mut plan, findings);
    match folder.get("plan.md") {
        Some(file) => {
            let lines = findings.read(file);
            let mut design = kiro::read_design(&file.text, &lines);
            kiro::design_places(&file.path, &lines, &design, findings);
            design.feature_name.clone_from(&feature);
            plan.design = Some(design);
        }
        None => {
            findings.issues.push(Problem::new("missing_file", "plan.md is missing; the plan has no design"));
        }
    }
    if !entities.is_empty() {
        let design = plan.design.get_or_insert_default();
        design.feature_name.clone_from(&feature);
        design.data_models.extend(entities);
    }
    // Without its stories every task would name something that is not there.
    if !spec_lines.is_empty() {
        tasks::read(&tasks.path, &task_lines, &mut plan, findings);
    }
    plan.requirements.feature_name.clone_from(&feature);
    plan.tasks.feature_name = feature;
    for name in ["research.md", "data-model.md", "quickstart.md"] {
        if let Some(file) = folder.get(name) {
            let mut issue = Problem::new("ignored", format!("{name} has no place in a plan and is left out"));
            issue.place.file = Some(file.path.clone());
            findings.issues.push(issue);
        }
    }
    plan
}

/// `001-photo-albums` is called `photo-albums`.
fn without_number(folder: &str) -> &str {
    let name = folder.trim_start_matches(|c: char| c.is_ascii_digit());
    name.strip_prefix('-').filter(|name| !name.is_empty()).unwrap_or(folder)
}
