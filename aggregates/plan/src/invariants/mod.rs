//! What must not be, whatever the score: each fault vetoes a plan, or is an issue where a person brought the plan
//! along and it can be carried out all the same.
//!
//! | story | codes |
//! |---|---|
//! | `emptiness` | `empty_plan`, `empty_requirements`; issue `no_requirements` |
//! | `identity` | `invalid_id`, `duplicate_id` |
//! | `references` | `dangling_reference` |
//! | `cycles` | `cycle`, `contradicting_order` |
//! | `membership` | `ticketless_task`, `membership_mismatch`; `empty_ticket`, for an import an issue |
//! | `requirement_coverage` | `uncovered_requirement`; issue `partly_covered_requirement` |
//! | `component_coverage` | `uncovered_component`, for an import an issue |
//! | `effort` | `invalid_effort`; issue `hours_assumed` for an import |
//! | `wording` | `invalid_title`, `invalid_text`, `invalid_criterion`, `invalid_file`, `invalid_command`, `too_many_files`, `too_many_commands` |

pub mod code;
mod component_coverage;
mod cycles;
mod effort;
mod emptiness;
mod identity;
mod membership;
mod references;
mod requirement_coverage;
mod wording;

use std::collections::BTreeMap;

use crate::phases::{Design, Prd, Requirements, Tasks};
use crate::{Plan, Problem, Writer};

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// What must not be.
    pub vetoes: Vec<Problem>,
    /// What would be better otherwise.
    pub issues: Vec<Problem>,
}

/// How many problems of one code are told; a plan of 500 tasks may have 500 of them, and a model mends the first ones.
const TOLD_OF_A_CODE: usize = 20;

impl Checked {
    fn veto(&mut self, problem: Problem) {
        self.vetoes.push(problem);
    }

    fn issue(&mut self, problem: Problem) {
        self.issues.push(problem);
    }

    /// A veto for what a model wrote, an issue for what was imported.
    fn veto_a_model(&mut self, writer: Writer, problem: Problem) {
        match writer {
            Writer::Model => self.veto(problem),
            Writer::Imported => self.issue(problem),
        }
    }

    fn told(self) -> Self {
        Self { vetoes: told(self.vetoes), issues: told(self.issues) }
    }
}

fn told(problems: Vec<Problem>) -> Vec<Problem> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let mut told = Vec::new();
    for problem in problems {
        let count = counts.entry(problem.code.clone()).or_default();
        *count += 1;
        if *count <= TOLD_OF_A_CODE {
            told.push(problem);
        }
    }
    for (code, count) in counts.into_iter().filter(|(_, count)| *count > TOLD_OF_A_CODE) {
        let more = count - TOLD_OF_A_CODE;
        told.push(Problem::new(&code, format!("there are {more} more of `{code}`: mend these first")));
    }
    told
}

/// Checks a whole plan.
#[must_use]
pub fn check(plan: &Plan, writer: Writer) -> Checked {
    let mut found = Checked::default();
    of_requirements(&plan.requirements, writer, &mut found);
    if let Some(design) = &plan.design {
        of_design(design, &mut found);
    }
    let earlier = Earlier { requirements: Some(&plan.requirements), design: plan.design.as_ref() };
    of_tasks(&plan.tasks, earlier, writer, &mut found);
    found.told()
}

/// Checks the output of the phase `prd`.
#[must_use]
pub fn prd(prd: &Prd) -> Checked {
    let mut found = Checked::default();
    identity::stories(prd, &mut found);
    found.told()
}

/// Checks the output of the phase `requirements`.
#[must_use]
pub fn requirements(requirements: &Requirements, writer: Writer) -> Checked {
    let mut found = Checked::default();
    of_requirements(requirements, writer, &mut found);
    found.told()
}

/// Checks the output of the phase `design`.
#[must_use]
pub fn design(design: &Design) -> Checked {
    let mut found = Checked::default();
    of_design(design, &mut found);
    found.told()
}

/// What earlier phases wrote; what is not known here is not compared with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Earlier<'e> {
    /// What must hold.
    pub requirements: Option<&'e Requirements>,
    /// How it is built.
    pub design: Option<&'e Design>,
}

/// Checks the output of the phase `tasks`.
#[must_use]
pub fn tasks(tasks: &Tasks, earlier: Earlier<'_>, writer: Writer) -> Checked {
    let mut found = Checked::default();
    of_tasks(tasks, earlier, writer, &mut found);
    found.told()
}

fn of_requirements(requirements: &Requirements, writer: Writer, found: &mut Checked) {
    emptiness::requirements(requirements, writer, found);
    identity::requirements(requirements, found);
    references::between_requirements(requirements, found);
    cycles::requirements(requirements, found);
    wording::requirements(requirements, writer, found);
}

fn of_design(design: &Design, found: &mut Checked) {
    identity::components(design, found);
    wording::components(design, found);
}

fn of_tasks(tasks: &Tasks, earlier: Earlier<'_>, writer: Writer, found: &mut Checked) {
    emptiness::tasks(tasks, found);
    identity::tickets_and_tasks(tasks, found);
    references::between_tasks(tasks, found);
    membership::check(tasks, writer, found);
    cycles::tasks(tasks, found);
    effort::check(tasks, writer, found);
    wording::tickets_and_tasks(tasks, found);
    if let Some(requirements) = earlier.requirements {
        references::to_requirements(tasks, requirements, found);
        requirement_coverage::check(tasks, requirements, found);
    }
    if let Some(design) = earlier.design {
        references::to_components(tasks, design, found);
        component_coverage::check(tasks, design, writer, found);
    }
}

#[cfg(test)]
mod tests;
