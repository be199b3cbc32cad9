use super::*;
use crate::invariants::code;
use crate::phases::{PlannedTask, Tasks};

const WEIGHTS: &[(&str, u8)] = &[
    ("feature_name", 3),
    ("tickets", 12),
    ("structure", 15),
    ("atomicity", 12),
    ("id_format", 5),
    ("files_specified", 8),
    ("parent_tickets", 12),
    ("circular_deps", 15),
    ("dependencies", 8),
    ("critical_path", 5),
    ("total_hours", 5),
];

const TWO_THIRDS: f64 = 2.0 / 3.0;

fn each(tasks: &mut Tasks, change: fn(&mut PlannedTask)) {
    tasks.tasks.iter_mut().for_each(change);
}

fn depends_on(tasks: &mut Tasks, names: &[&str]) {
    tasks.tasks[0].dependencies.depends_on.extend(names.iter().map(|name| (*name).to_owned()));
}

const ROWS: &[Row<Tasks>] = &[
    ("feature_name", 0.5, |it| it.feature_name.clear()),
    ("feature_name", 0.0, |it| *it = Tasks::default()),
    ("tickets", 0.5, |it| it.tickets[0].priority = None),
    ("tickets", 0.5, |it| it.tickets[0].tasks.clear()),
    ("tickets", 0.5, |it| it.tickets.clear()),
    ("tickets", 0.0, |it| it.tickets.iter_mut().for_each(|ticket| ticket.description.clear())),
    ("structure", TWO_THIRDS, |it| it.tasks[0].kind.clear()),
    ("structure", 0.0, |it| each(it, |task| task.description.clear())),
    ("structure", 0.0, |it| it.tasks.clear()),
    ("atomicity", 1.0, |it| it.tasks[0].estimated_hours = Some(4.0)),
    ("atomicity", TWO_THIRDS, |it| it.tasks[0].estimated_hours = Some(4.01)),
    ("atomicity", TWO_THIRDS, |it| it.tasks[0].estimated_hours = Some(0.0)),
    ("atomicity", 0.0, |it| each(it, |task| task.estimated_hours = None)),
    ("id_format", TWO_THIRDS, |it| it.tasks[2].id = "TASK-3".to_owned()),
    ("id_format", 0.0, |it| each(it, |task| task.id.insert(0, 'X'))),
    ("files_specified", TWO_THIRDS, |it| it.tasks[0].files_to_create.clear()),
    ("files_specified", 1.0, |it| {
        it.tasks[0].files_to_create.clear();
        it.tasks[0].run = Some("make".to_owned());
    }),
    ("files_specified", 0.0, |it| {
        each(it, |task| {
            task.files_to_create.clear();
            task.files_to_modify.clear();
        });
    }),
    ("parent_tickets", TWO_THIRDS, |it| it.tasks[0].parent_ticket = "TKT-009".to_owned()),
    ("parent_tickets", 0.5, |it| it.tickets.clear()),
    ("parent_tickets", 0.0, |it| each(it, |task| task.parent_ticket.clear())),
    ("circular_deps", 0.0, |it| depends_on(it, &["TSK-003"])),
    ("circular_deps", 0.0, |it| depends_on(it, &["TSK-001"])),
    ("dependencies", 0.8, |it| depends_on(it, &["TSK-009"])),
    ("dependencies", 0.6, |it| it.tasks[0].dependencies.blocks = vec!["A".to_owned(), "B".to_owned()]),
    ("dependencies", 0.0, |it| depends_on(it, &["A", "B", "C", "D", "E", "F"])),
    ("critical_path", 1.0, |it| it.critical_path = vec!["TSK-001".to_owned()]),
    ("critical_path", 0.5, |it| it.critical_path = vec!["TSK-009".to_owned()]),
    ("critical_path", 0.5, |it| depends_on(it, &["TSK-003"])),
    ("critical_path", 0.0, |it| *it = Tasks::default()),
    ("total_hours", 0.5, |it| each(it, |task| task.estimated_hours = None)),
    ("total_hours", 0.0, |it| *it = Tasks::default()),
];

fn judge(tasks: &Tasks) -> Verdict {
    let (requirements, design) = (examples::requirements(), examples::design());
    let earlier = Earlier { requirements: Some(&requirements), design: Some(&design) };
    evaluate(&Output::Tasks(Box::new(tasks.clone())), Context { writer: Writer::Model, earlier })
}

#[test]
fn each_criterion_is_worth_what_is_there() {
    check(&examples::tasks(), WEIGHTS, ROWS, judge);
}

#[test]
fn no_tasks_and_no_tickets_are_worth_nothing() {
    let verdict = judge(&Tasks::default());
    assert_eq!(verdict.score, Score::ZERO);
    assert!(verdict.vetoes.iter().any(|veto| veto.code == code::EMPTY_PLAN));
}

#[test]
fn a_plan_that_scores_well_does_not_pass_with_a_circle() {
    let mut tasks = examples::tasks();
    depends_on(&mut tasks, &["TSK-003"]);
    let verdict = judge(&tasks);
    assert!(verdict.score > Score::PASS, "{}", verdict.score);
    assert!(!verdict.passes());
    assert_eq!(verdict.vetoes[0].code, code::CYCLE);
}

#[test]
fn earlier_phases_are_held_against_it() {
    let mut tasks = examples::tasks();
    tasks.tasks[2].requirements_addressed.clear();
    tasks.tasks[2].components.clear();
    let codes: Vec<_> = judge(&tasks).vetoes.into_iter().map(|veto| veto.code).collect();
    assert_eq!(codes, [code::UNCOVERED_REQUIREMENT, code::UNCOVERED_COMPONENT]);
    let alone = evaluate(&Output::Tasks(Box::new(tasks)), Context::of_a_model());
    assert_eq!(alone.vetoes, []);
}

#[test]
fn a_large_ticket_is_told() {
    let mut tasks = examples::tasks();
    tasks.tickets[0].tasks = vec!["TSK-001".to_owned(); 6];
    let issue = judge(&tasks).issues.into_iter().find(|issue| issue.code == "large_ticket").unwrap();
    assert_eq!(issue.message, "TKT-001 has 6 tasks: make it two tickets");
}
