//! What a person brought along is not held to everything that is asked of a model.

use super::*;
use crate::phases::{Design, PlannedTask, PlannedTicket};

fn found(change: impl FnOnce(&mut Plan)) -> Checked {
    let mut plan = examples::plan();
    change(&mut plan);
    check(&plan, Writer::Imported)
}

#[test]
fn hours_that_are_absent_are_assumed_and_told_once() {
    let found = found(|plan| plan.tasks.tasks.iter_mut().for_each(|task| task.estimated_hours = None));
    assert_eq!(found.vetoes, []);
    assert_eq!(codes(&found.issues), [code::HOURS_ASSUMED]);
    assert_eq!(
        found.issues[0].message,
        "3 of 3 tasks say no hours; one hour is assumed for each: TSK-001, TSK-002, TSK-003"
    );
}

#[test]
fn hours_that_cannot_be_are_refused_all_the_same() {
    assert_eq!(
        codes(&found(|plan| plan.tasks.tasks[0].estimated_hours = Some(0.0)).vetoes),
        [code::INVALID_EFFORT]
    );
}

#[test]
fn a_component_is_built_by_a_task_that_names_it_or_its_file() {
    let unnamed = |plan: &mut Plan| {
        plan.tasks.tasks.iter_mut().for_each(|task| {
            task.components.clear();
            task.files_to_create.clear();
            task.files_to_modify.clear();
        });
    };
    let uncovered = found(unnamed);
    assert_eq!(uncovered.vetoes, []);
    assert_eq!(codes(&uncovered.issues), [code::UNCOVERED_COMPONENT]);
    assert_eq!(uncovered.issues.len(), 2);

    let says = |text: &str| {
        let found = found(|plan| {
            unnamed(plan);
            plan.tasks.tasks[0].description = text.to_owned();
        });
        2 - found.issues.len()
    };
    assert_eq!(says("Build the `FilterStore`."), 1);
    assert_eq!(says("Build the filterstore and filterroutes"), 2);
    assert_eq!(says("Write src/store/filters.rs"), 1);
    assert_eq!(says("Build the FilterStores"), 0);
    let by_file = found(|plan| {
        unnamed(plan);
        plan.tasks.tasks[0].files_to_modify =
            vec!["./src/store/filters.rs".to_owned(), "src/routes/filters.rs".to_owned()];
    });
    assert_eq!(by_file.issues, []);
}

#[test]
fn a_requirement_that_no_task_links_is_refused() {
    let unlinked =
        found(|plan| plan.tasks.tasks.iter_mut().for_each(|task| task.requirements_addressed.clear()));
    assert_eq!(codes(&unlinked.vetoes), [code::UNCOVERED_REQUIREMENT]);
    assert_eq!(unlinked.vetoes.len(), 3);
}

#[test]
fn a_plan_without_requirements_is_told_and_not_refused() {
    let found = found(|plan| {
        plan.requirements.requirements.clear();
        plan.tasks.tasks.iter_mut().for_each(|task| task.requirements_addressed.clear());
        plan.tasks.tickets.iter_mut().for_each(|ticket| ticket.requirements.clear());
    });
    assert_eq!(
        (found.vetoes.as_slice(), codes(&found.issues)),
        (&[][..], vec![code::NO_REQUIREMENTS.to_owned()])
    );
}

#[test]
fn an_empty_ticket_and_a_requirement_without_a_title_are_told_and_not_refused() {
    let found = found(|plan| {
        plan.tasks.tickets.push(PlannedTicket {
            id: "TKT-003".to_owned(),
            title: "Later".to_owned(),
            ..Default::default()
        });
        plan.requirements.requirements[0].title.clear();
    });
    assert_eq!(found.vetoes, []);
    assert_eq!(codes(&found.issues), [code::EMPTY_TICKET, code::INVALID_TITLE]);
}

#[test]
fn dangling_references_duplicates_circles_and_emptiness_are_refused() {
    let task = |plan: &mut Plan, change: fn(&mut PlannedTask)| change(&mut plan.tasks.tasks[0]);
    assert_eq!(
        codes(
            &found(|plan| task(plan, |task| task.dependencies.depends_on.push("TSK-009".to_owned()))).vetoes
        ),
        [code::DANGLING_REFERENCE]
    );
    assert_eq!(
        codes(
            &found(|plan| task(plan, |task| task.dependencies.depends_on.push("TSK-001".to_owned()))).vetoes
        ),
        [code::CYCLE]
    );
    assert_eq!(
        codes(&found(|plan| plan.tasks.tasks.push(plan.tasks.tasks[0].clone())).vetoes),
        [code::DUPLICATE_ID]
    );
    assert_eq!(
        codes(&found(|plan| plan.tasks = Default::default()).vetoes),
        [code::EMPTY_PLAN, code::UNCOVERED_REQUIREMENT]
    );
}

#[test]
fn without_a_design_nothing_is_asked_of_components() {
    assert_eq!(found(|plan| plan.design = None), Checked::default());
    let empty = found(|plan| plan.design = Some(Design::default()));
    assert_eq!(codes(&empty.vetoes), [code::DANGLING_REFERENCE]);
}
