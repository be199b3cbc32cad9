//! An accepted plan is revised, and its work follows.

use std::collections::BTreeSet;

use super::*;

const EDIT: &str = "content_edited phase_section_written phase_output_submitted phase_evaluated phase_passed";

fn planned() -> Story {
    Story::default().when(import(GateMode::Auto)).when(materialize())
}

fn revised(story: &Story) -> Story {
    story.when(revise(story.details().plan_hash(), &revised_plan()))
}

/// What the work of [`revised_plan`] is, after that of the example.
fn follow(story: &Story) -> RevisedWork {
    RevisedWork {
        plan: story.details().tasks_hash(),
        tickets: Vec::new(),
        tasks: vec![NumberedTask {
            local: "TSK-009".to_owned(),
            task: TaskId(derived_uuid(&[b"the new one"])),
            number: TaskNumber::new(9).unwrap(),
        }],
        changed: vec!["TSK-001".to_owned()],
        withdrawn: vec!["TSK-003".to_owned()],
        kept: Vec::new(),
    }
}

fn follows(work: RevisedWork) -> Command {
    Command::ReviseWork(Box::new(work))
}

fn told(story: &Story, command: Command) -> String {
    let told = story.outcome(command);
    let parts: Vec<_> = told.split(' ').collect();
    let mut once: Vec<&str> = Vec::new();
    for part in parts {
        if once.last() != Some(&part) {
            once.push(part);
        }
    }
    once.join(" ")
}

#[test]
fn only_the_phases_that_changed_are_written_anew_and_the_whole_is_checked() {
    let story = planned();
    let base = story.details().plan_hash();
    let sync = "phase_started phase_section_written phase_output_submitted phase_passed plan_accepted";
    assert_eq!(told(&story, revise(base, &revised_plan())), format!("revised {EDIT} {sync}"));
    let revised = revised(&story);
    assert_eq!((revised.stage(), revised.details().plan()), ("planned", revised_plan()));
    let attempts =
        |phase| revised.details().progress(phase).map(|progress| (progress.attempt, progress.writer));
    assert_eq!(attempts(Phase::Tasks), Some((2, Hand::Person)));
    assert_eq!(attempts(Phase::Requirements), Some((1, Hand::Import)));
    assert_ne!(revised.details().plan_hash(), base);
    assert_eq!(revised.details().revisions, 1);
}

#[test]
fn the_same_plan_is_no_news_whatever_was_looked_at() {
    let story = planned();
    let (old, plan) = (story.details().plan_hash(), examples::plan());
    assert_eq!(story.outcome(revise(old, &plan)), "-");
    let revised = revised(&story);
    assert_eq!(revised.outcome(revise(old, &revised_plan())), "-", "a repeat");
    assert_eq!(revised.outcome(revise(old, &plan)), "!content_changed");
    assert_eq!(
        told(&revised, revise(revised.details().plan_hash(), &plan)).split(' ').next(),
        Some("revised")
    );
    let mut without_design = plan;
    without_design.design = None;
    assert_eq!(story.outcome(revise(old, &without_design)), "-", "what it says nothing of stays");
}

#[test]
fn what_cannot_be_is_refused_and_a_score_is_no_reason() {
    let story = planned();
    let base = story.details().plan_hash();
    let mut dangling = revised_plan();
    dangling.tasks.tasks[0].dependencies.depends_on.push("TSK-777".to_owned());
    match story.refused(revise(base, &dangling)) {
        Rejection::Vetoed { problems } => assert_eq!(problems[0].code, "dangling_reference", "{problems:?}"),
        other => panic!("{other:?}"),
    }
    let mut bare = revised_plan();
    for requirement in &mut bare.requirements.requirements {
        "Filters.".clone_into(&mut requirement.text);
    }
    assert_eq!(story.when(revise(base, &bare)).stage(), "planned");
}

#[test]
fn who_revises_approves_of_it_where_people_are_asked() {
    let story = Story::default().when(import(GateMode::Review));
    let story = story.when(approve(Gate::Requirements, story.shown()));
    let story = story.when(approve(Gate::Design, story.shown())).when(materialize());
    let mut plan = revised_plan();
    plan.requirements.requirements[0].text.push_str(" It is shown.");
    let revised = story.when(revise(story.details().plan_hash(), &plan));
    assert_eq!(revised.stage(), "planned");
    let progress = revised.details().progress(Phase::Requirements).unwrap();
    assert!(progress.approved && progress.passed);
    assert!(
        matches!(revised.events[story.events.len()..].iter().find(|event| matches!(event, Event::ApprovalGranted { .. })),
        Some(Event::ApprovalGranted { gate: Gate::Requirements, by, .. }) if *by == ada())
    );
}

#[test]
fn an_idea_that_was_planned_is_revised_by_a_plan_in_files() {
    let story = accepted().when(materialize()).when(Command::StartExecution);
    let mut plan = revised_plan();
    for task in &mut plan.tasks.tasks {
        task.components.clear();
    }
    let revised = story.when(revise(story.details().plan_hash(), &plan));
    assert_eq!(revised.stage(), "executing", "its work has begun");
    assert!(revised.details().plan().design.is_some());
}

#[test]
fn the_work_follows_once() {
    let story = revised(&planned());
    assert!(!story.details().is_up_to_date());
    assert_eq!(story.details().followed(), examples::tasks());
    let work = follow(&story);
    assert_eq!(story.outcome(follows(RevisedWork { withdrawn: Vec::new(), ..work.clone() })), "!other_plan");
    assert_eq!(story.outcome(follows(RevisedWork { tasks: Vec::new(), ..work.clone() })), "!other_plan");
    let stale = RevisedWork { plan: ContentHash::of_json(&json!({})), ..work.clone() };
    assert_eq!(story.outcome(follows(stale)), "!content_changed");
    let followed = story.when(follows(work.clone()));
    assert_eq!(followed.outcome(follows(work)), "!up_to_date");
    assert_eq!(followed.outcome(materialize()), "-");
    let known = followed.details().work.as_ref().unwrap();
    let locals: Vec<_> = known.tasks.keys().map(String::as_str).collect();
    assert_eq!(locals, ["TSK-001", "TSK-002", "TSK-009"]);
    assert_eq!((known.revision, known.withdrawn[0].local.as_str()), (1, "TSK-003"));
    assert_eq!(followed.details().followed(), revised_plan().tasks);
}

#[test]
fn two_revisions_before_the_work_follows_are_one_difference() {
    let once = revised(&planned());
    let mut plan = revised_plan();
    plan.tasks.tasks[1].title.push_str(" and their indexes");
    let twice = once.when(revise(once.details().plan_hash(), &plan));
    assert_eq!(twice.details().followed(), examples::tasks());
    assert_eq!(twice.outcome(follows(follow(&once))), "!content_changed");
    assert_eq!(twice.outcome(follows(follow(&twice))), "work_revised");
}

#[test]
fn a_completed_spec_is_open_again_and_completed_only_by_what_is_done_now() {
    let completed = planned().when(Command::StartExecution).when(done());
    assert_eq!(completed.stage(), "completed");
    let story = revised(&completed);
    assert_eq!(story.stage(), "executing");
    assert_eq!(story.outcome(done()), "-", "the work does not follow yet");
    let story = story.when(follows(follow(&story)));
    assert_eq!(story.outcome(done()), "-", "what was done before the revision may be open again");
    let Command::Complete { done, proofs, .. } = done() else { unreachable!() };
    // The task that took the place of the last one is not completed, whatever the last one was.
    let again = Command::Complete { done: done.clone(), revision: 1, proofs: proofs.clone() };
    assert_eq!(story.outcome(again), "completion_held");
    let new = Proof { task: TaskId(derived_uuid(&[b"the new one"])), ..proof("TSK-003") };
    let proofs = proofs.into_iter().chain([new]).collect();
    assert_eq!(story.outcome(Command::Complete { done, revision: 1, proofs }), "completed");
}

#[test]
fn what_is_taken_up_again_is_withdrawn_no_longer() {
    let story = revised(&planned());
    let story = story.when(follows(follow(&story)));
    let story = story.when(revise(story.details().plan_hash(), &examples::plan()));
    let gone = story.details().work.as_ref().unwrap().withdrawn[0].clone();
    let again = NumberedTask {
        local: gone.local.clone(),
        task: TaskId(gone.id),
        number: gone.number.parse().unwrap(),
    };
    let work = RevisedWork {
        tasks: vec![again],
        withdrawn: vec!["TSK-009".to_owned()],
        kept: vec!["TSK-001".to_owned()],
        ..follow(&story)
    };
    let story = story.when(follows(work));
    let work = story.details().work.as_ref().unwrap();
    let withdrawn: BTreeSet<_> = work.withdrawn.iter().map(|gone| gone.local.as_str()).collect();
    assert_eq!(withdrawn, BTreeSet::from(["TSK-009"]));
    assert_eq!(work.kept, BTreeSet::from(["TSK-001".to_owned()]));
}
