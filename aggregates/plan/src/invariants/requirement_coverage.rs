//! Every requirement is met by a task. Of an imported plan the unit is what the layout calls a requirement or a user
//! story; lines that are kept as `statements` need no task.

use super::{Checked, code};
use crate::compute;
use crate::phases::{CoverageStatus, Requirements, Tasks};
use crate::{Problem, names};

pub(super) fn check(tasks: &Tasks, requirements: &Requirements, found: &mut Checked) {
    for (index, row) in compute::coverage(requirements, tasks).iter().enumerate() {
        let name = names::of("requirements", index, &row.requirement_id);
        match row.status {
            CoverageStatus::FullyCovered => {}
            CoverageStatus::PartiallyCovered => {
                let message = format!("{name} is met in part: {}", row.coverage_notes);
                found.issue(Problem::new(code::PARTLY_COVERED_REQUIREMENT, message).about(name));
            }
            CoverageStatus::NotCovered => {
                let title = names::short(&row.requirement_title);
                let notes = match row.coverage_notes.as_str() {
                    "" => String::new(),
                    notes => format!(" ({notes})"),
                };
                let message = format!(
                    "no task meets {name}, `{title}`{notes}: name it in requirements_addressed of a task"
                );
                found.veto(Problem::new(code::UNCOVERED_REQUIREMENT, message).about(name));
            }
        }
    }
}
