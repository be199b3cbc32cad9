//! Plans that people bring along.

use super::*;

#[test]
fn a_plan_that_was_brought_along_is_accepted_at_once() {
    let story = Story::default().when(import(GateMode::Auto));
    assert_eq!(story.stage(), "planned");
    assert_eq!(story.details().plan(), examples::plan());
    assert!(story.details().progress(Phase::Explore).is_none());
    let verdicts = story.events.iter().filter(|event| matches!(event, Event::PhaseEvaluated { .. })).count();
    assert_eq!(verdicts, 3, "requirements, design and tasks are scored");
}

#[test]
fn at_review_people_are_asked_about_it_first() {
    let story = Story::default().when(import(GateMode::Review));
    let story = story.when(approve(Gate::Requirements, story.shown()));
    assert_eq!(story.stage(), "awaiting_approval");
    let story = story.when(approve(Gate::Design, story.shown()));
    assert_eq!(story.stage(), "planned");
}

#[test]
fn a_plan_without_a_design_has_no_gate_for_it() {
    let mut plan = examples::plan();
    plan.design = None;
    for task in &mut plan.tasks.tasks {
        task.components.clear();
    }
    let command = Command::Import {
        title: name("Saved filters"),
        layout: Layout::SpecKit,
        gates: GateMode::Review,
        plan: Box::new(plan),
    };
    let story = Story::default().when(command);
    let story = story.when(approve(Gate::Requirements, story.shown()));
    assert_eq!(story.stage(), "planned");
}

#[test]
fn a_score_never_refuses_what_was_brought_along_and_a_veto_does() {
    let mut plan = examples::plan();
    for requirement in &mut plan.requirements.requirements {
        requirement.acceptance_criteria.clear();
        requirement.text = "Filters.".to_owned();
    }
    for task in &mut plan.tasks.tasks {
        task.requirements_addressed
            .iter_mut()
            .for_each(|named| named.truncate(named.find('.').unwrap_or(named.len())));
    }
    let import = |plan: plan::Plan| Command::Import {
        title: name("Saved filters"),
        layout: Layout::Document,
        gates: GateMode::Auto,
        plan: Box::new(plan),
    };
    assert_eq!(Story::default().when(import(plan.clone())).stage(), "planned");
    plan.tasks.tasks[0].dependencies.depends_on.push("TSK-999".to_owned());
    match Story::default().refused(import(plan)) {
        Rejection::Vetoed { problems } => {
            assert!(problems.iter().any(|problem| problem.code == "dangling_reference"), "{problems:?}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn five_hundred_tasks_fit_into_events() {
    let mut plan = examples::plan();
    let sample = plan.tasks.tasks[0].clone();
    let ticket = plan.tasks.tickets[0].id.clone();
    let first = plan.tasks.tasks.len() + 1;
    for number in first..=500 {
        let id = format!("TSK-{number:03}");
        plan.tasks.tickets[0].tasks.push(id.clone());
        plan.tasks.tasks.push(plan::phases::PlannedTask {
            id,
            parent_ticket: ticket.clone(),
            description: "A line of text. ".repeat(60),
            dependencies: plan::phases::TaskDependencies::default(),
            ..sample.clone()
        });
    }
    let command = Command::Import {
        title: name("Saved filters"),
        layout: Layout::Document,
        gates: GateMode::Auto,
        plan: Box::new(plan),
    };
    let story = Story::default().when(command);
    assert_eq!(story.details().plan().tasks.tasks.len(), 500);
    for event in &story.events {
        let bytes = serde_json::to_string(event).unwrap().len();
        assert!(bytes < 256 * 1024, "{} has {bytes} bytes", event.event_type());
    }
}
