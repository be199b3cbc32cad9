//! A plan that plans nothing.

use super::{Checked, code};
use crate::phases::{Requirements, Tasks};
use crate::{Problem, Writer};

pub(super) fn requirements(requirements: &Requirements, writer: Writer, found: &mut Checked) {
    if !requirements.requirements.is_empty() {
        return;
    }
    match writer {
        Writer::Model => found.veto(Problem::new(
            code::EMPTY_REQUIREMENTS,
            "there are no requirements: write what must hold, each as a sentence with SHALL",
        )),
        Writer::Imported => found.issue(Problem::new(
            code::NO_REQUIREMENTS,
            "the plan has no requirements, so no task can say what it is for and nothing is checked to be covered",
        )),
    }
}

pub(super) fn tasks(tasks: &Tasks, found: &mut Checked) {
    if tasks.tasks.is_empty() {
        found.veto(Problem::new(
            code::EMPTY_PLAN,
            "there are no tasks: the plan has nothing that can be done",
        ));
    }
}
