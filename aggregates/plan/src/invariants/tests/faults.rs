//! How faults are told: by name, with what to do.

use super::*;
use crate::phases::{Component, Criterion, PlannedTask, PlannedTicket};

/// What vetoes the example once it is changed: code, item and message.
fn told(change: impl FnOnce(&mut Plan)) -> Vec<(String, Option<String>, String)> {
    let mut plan = examples::plan();
    change(&mut plan);
    let found = check(&plan, Writer::Model).vetoes;
    found.into_iter().map(|problem| (problem.code, problem.place.item, problem.message)).collect()
}

fn one(change: impl FnOnce(&mut Plan)) -> (String, Option<String>, String) {
    let all = told(change);
    assert_eq!(all.len(), 1, "{all:?}");
    all.into_iter().next().unwrap()
}

#[test]
fn a_circle_is_named_by_its_path() {
    let (code, item, message) =
        one(|plan| plan.tasks.tasks[0].dependencies.depends_on.push("TSK-003".to_owned()));
    assert_eq!((code.as_str(), item.as_deref()), (code::CYCLE, Some("TSK-001")));
    assert!(message.starts_with("TSK-001 -> TSK-003 -> TSK-002 -> TSK-001: "), "{message}");

    let (_, _, message) = one(|plan| plan.tasks.tickets[0].dependencies.blocks.push("TKT-001".to_owned()));
    assert!(message.starts_with("TKT-001 -> TKT-001: "), "{message}");

    let (_, item, message) =
        one(|plan| plan.requirements.requirements[0].dependencies.push("REQ-FILTERS-FUNC-002".to_owned()));
    assert_eq!(item.as_deref(), Some("REQ-FILTERS-FUNC-001"));
    assert!(
        message.starts_with("REQ-FILTERS-FUNC-001 -> REQ-FILTERS-FUNC-002 -> REQ-FILTERS-FUNC-001"),
        "{message}"
    );
}

#[test]
fn an_order_of_tickets_that_contradicts_the_one_of_tasks_is_named_by_its_path() {
    let (code, _, message) = one(|plan| {
        plan.tasks.tickets[0].dependencies.blocks.clear();
        plan.tasks.tickets[0].dependencies.blocked_by.push("TKT-002".to_owned());
    });
    assert_eq!(code, code::CONTRADICTING_ORDER);
    // TSK-003 of TKT-002 waits for tasks of TKT-001, which waits for TKT-002.
    assert!(
        message.contains("TSK-001 -> TKT-001 -> TKT-002 -> TSK-003 -> TSK-002 -> TSK-001: "),
        "{message}"
    );
}

#[test]
fn a_dangling_reference_says_who_names_what_and_where() {
    let (code, item, message) =
        one(|plan| plan.tasks.tasks[1].dependencies.depends_on.push("TSK-010".to_owned()));
    assert_eq!((code.as_str(), item.as_deref()), (code::DANGLING_REFERENCE, Some("TSK-002")));
    assert_eq!(
        message,
        "TSK-002 names `TSK-010` in dependencies.depends_on, but there is no such task: name one that exists, or none"
    );
    let (_, _, message) =
        one(|plan| plan.tasks.tasks[2].requirements_addressed.push("REQ-FILTERS-SEC-001.3".to_owned()));
    assert!(message.ends_with("but REQ-FILTERS-SEC-001 has 2 criteria"), "{message}");
}

#[test]
fn the_last_criterion_of_a_requirement_exists() {
    assert_eq!(
        told(|plan| plan.tasks.tasks[2].requirements_addressed.push("REQ-FILTERS-SEC-001.2".to_owned())),
        []
    );
}

#[test]
fn a_ticket_that_names_a_requirement_does_not_meet_it() {
    let (code, item, message) = one(|plan| plan.tasks.tasks[2].requirements_addressed.clear());
    assert_eq!((code.as_str(), item.as_deref()), (code::UNCOVERED_REQUIREMENT, Some("REQ-FILTERS-FUNC-002")));
    assert!(message.contains("named by TKT-002, but by none of its tasks"), "{message}");
}

#[test]
fn a_requirement_that_is_met_in_part_is_told() {
    let mut plan = examples::plan();
    plan.tasks.tasks[0].requirements_addressed.clear();
    let found = check(&plan, Writer::Model);
    assert_eq!(found.vetoes, []);
    assert_eq!(codes(&found.issues), [code::PARTLY_COVERED_REQUIREMENT]);
    assert!(found.issues[0].message.contains("no task names criterion 1"), "{:?}", found.issues);
}

#[test]
fn a_component_that_only_a_text_names_is_not_built_by_a_model() {
    let (code, item, _) = one(|plan| {
        plan.tasks.tasks[2].components.clear();
        plan.tasks.tasks[2].description = "Build FilterRoutes in src/routes/filters.rs".to_owned();
    });
    assert_eq!((code.as_str(), item.as_deref()), (code::UNCOVERED_COMPONENT, Some("FilterRoutes")));
}

#[test]
fn an_empty_plan_is_refused() {
    let empty = vetoes(&Plan::default(), Writer::Model);
    assert_eq!(empty, [code::EMPTY_PLAN, code::EMPTY_REQUIREMENTS]);
    assert_eq!(vetoes(&Plan::default(), Writer::Imported), [code::EMPTY_PLAN]);
}

#[test]
fn what_no_ticket_or_task_can_be_made_of_is_refused() {
    let long = |characters: usize| "ä".repeat(characters);
    let of_task = |change: &dyn Fn(&mut PlannedTask)| one(|plan| change(&mut plan.tasks.tasks[1])).0;
    let of_ticket = |change: &dyn Fn(&mut PlannedTicket)| one(|plan| change(&mut plan.tasks.tickets[0])).0;
    for title in [String::new(), "  ".to_owned(), long(201), "a\nb".to_owned()] {
        assert_eq!(of_task(&|task| task.title = title.clone()), code::INVALID_TITLE);
        assert_eq!(of_ticket(&|ticket| ticket.title = title.clone()), code::INVALID_TITLE);
        assert_eq!(
            one(|plan| plan.requirements.requirements[0].title = title.clone()).0,
            code::INVALID_TITLE
        );
    }
    assert_eq!(told(|plan| plan.tasks.tasks[1].title = long(200)), []);
    assert_eq!(told(|plan| plan.tasks.tasks[1].description = String::new()), []);
    assert_eq!(of_task(&|task| task.description = long(20_001)), code::INVALID_TEXT);
    assert_eq!(of_ticket(&|ticket| ticket.description = "a\0b".to_owned()), code::INVALID_TEXT);
    assert_eq!(of_task(&|task| task.files_to_create.push(long(501))), code::INVALID_FILE);
    assert_eq!(of_task(&|task| task.files_to_modify.push(String::new())), code::INVALID_FILE);
    assert_eq!(of_task(&|task| task.run = Some("make\nall".to_owned())), code::INVALID_COMMAND);
    assert_eq!(of_task(&|task| task.validate.push(String::new())), code::INVALID_COMMAND);
    assert_eq!(of_task(&|task| task.validate = vec!["true".to_owned(); 21]), code::TOO_MANY_COMMANDS);
    assert_eq!(of_task(&|task| task.files_to_create = vec!["a".to_owned(); 200]), code::TOO_MANY_FILES);
    assert_eq!(
        of_task(&|task| task.acceptance_criteria.push(Criterion::statement(" "))),
        code::INVALID_CRITERION
    );
    let of_component = |change: &dyn Fn(&mut Component)| {
        let mut changed = examples::design();
        change(&mut changed.components[0]);
        codes(&design(&changed).vetoes)
    };
    assert_eq!(of_component(&|part| part.name.clear()), [code::INVALID_TITLE]);
    assert_eq!(of_component(&|part| part.file_path = "a\tb".to_owned()), [code::INVALID_FILE]);
}

#[test]
fn stories_have_ids_of_their_own() {
    let mut stories = examples::prd();
    stories.user_stories[0].id = "US-1".to_owned();
    stories.user_stories[1].id = "US-003".to_owned();
    assert_eq!(codes(&prd(&stories).vetoes), [code::DUPLICATE_ID, code::INVALID_ID]);
}

#[test]
fn what_has_no_id_is_named_by_its_place_and_long_names_are_shortened() {
    let unnamed = told(|plan| plan.tasks.tasks[2].id.clear());
    let expected = (code::INVALID_ID, Some("tasks[2]"));
    assert!(
        unnamed.iter().any(|(code, item, _)| (code.as_str(), item.as_deref()) == expected),
        "{unnamed:?}"
    );
    let long = told(|plan| plan.tasks.tasks[2].id = "x".repeat(100_000));
    assert!(long.iter().all(|(_, _, message)| message.len() < 2_000));
}
