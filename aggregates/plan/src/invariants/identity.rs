//! Ids are of the form of their kind, and each is there once.

use std::collections::BTreeSet;

use super::{Checked, code};
use crate::phases::{Design, Prd, Requirements, Tasks};
use crate::{Problem, ids, names};

pub(super) fn stories(prd: &Prd, found: &mut Checked) {
    let ids = prd.user_stories.iter().map(|story| story.id.as_str());
    check("user_stories", ids, ids::is_story, "US-001", found);
}

pub(super) fn requirements(requirements: &Requirements, found: &mut Checked) {
    let ids = requirements.requirements.iter().map(|requirement| requirement.id.as_str());
    let form = "REQ-<FEATURE>-<CATEGORY>-001 with a category of FUNC, PERF, SEC, USE, REL, CON";
    check("requirements", ids, ids::is_requirement, form, found);
}

pub(super) fn components(design: &Design, found: &mut Checked) {
    let names = design.components.iter().map(|component| component.name.as_str());
    // A component without a name is a fault of wording.
    check("components", names, |_| true, "", found);
}

pub(super) fn tickets_and_tasks(tasks: &Tasks, found: &mut Checked) {
    check("tickets", tasks.tickets.iter().map(|ticket| ticket.id.as_str()), ids::is_ticket, "TKT-001", found);
    check("tasks", tasks.tasks.iter().map(|task| task.id.as_str()), ids::is_task, "TSK-001", found);
}

fn check<'i>(
    list: &str,
    all: impl Iterator<Item = &'i str>,
    is_valid: fn(&str) -> bool,
    form: &str,
    found: &mut Checked,
) {
    let mut seen = BTreeSet::new();
    for (index, id) in all.enumerate() {
        let name = names::of(list, index, id);
        if !is_valid(id) {
            let message = format!("`{}` in {list} is no id: write one of the form {form}", names::short(id));
            found.veto(Problem::new(code::INVALID_ID, message).about(name));
        } else if !id.is_empty() && !seen.insert(id) {
            let message = format!("`{name}` stands twice in {list}: give one of the two another id");
            found.veto(Problem::new(code::DUPLICATE_ID, message).about(name));
        }
    }
}
