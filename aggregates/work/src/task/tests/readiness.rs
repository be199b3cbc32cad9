//! Waiting for others, and becoming ready.

use super::*;

#[test]
fn a_task_without_prerequisites_is_ready_at_once() {
    given::<Task>(&[]).when(Command::Plan(plan(&[]))).then(&[Event::Planned(plan(&[])), READY]);
}

#[test]
fn a_task_with_prerequisites_waits_for_them() {
    given::<Task>(&[]).when(Command::Plan(full_plan())).then(&[Event::Planned(full_plan())]);
    let task = task(&[Event::Planned(full_plan())]);
    assert_eq!(task.plan, *full_plan());
    assert_eq!(task.status, Status::Planned);
}

#[test]
fn a_claim_that_it_is_ready_is_checked_against_its_prerequisites() {
    let both = [Event::Planned(plan(&[FIRST, OTHER]))];
    let ready = |satisfied: &[TaskId]| Command::BecomeReady { satisfied: tasks(satisfied) };
    given::<Task>(&both).when(ready(&[])).then_rejected("unsatisfied");
    given::<Task>(&both).when(ready(&[FIRST, ITSELF])).then_rejected("unsatisfied");
    given::<Task>(&both).when(ready(&[FIRST, OTHER, ITSELF])).then(&[READY]);
    given::<Task>(&then(&both, &[READY])).when(ready(&[])).then(&[]);

    assert_eq!(
        Rejection::Unsatisfied { missing: 2 }.to_string(),
        "the task waits for 2 of its prerequisites"
    );
}

#[test]
fn a_dependency_is_added_once_and_never_on_the_task_itself() {
    let add = |on| Command::AddDependency { task: ITSELF, on };
    given::<Task>(&[planned()]).when(add(OTHER)).then(&[Event::DependencyAdded { on: OTHER }]);
    given::<Task>(&[planned()]).when(add(FIRST)).then(&[]);
    given::<Task>(&[planned()]).when(add(ITSELF)).then_rejected("depends_on_itself");
}

#[test]
fn what_was_ready_or_waited_for_a_retry_must_become_ready_anew() {
    let added = Event::DependencyAdded { on: OTHER };
    let ready = task(&[planned(), READY, added.clone()]);
    assert_eq!(ready.status, Status::Planned);
    assert_eq!(ready.plan.prerequisites, tasks(&[FIRST, OTHER]));

    let at = Timestamp::from_micros(2_000_000);
    let awaiting = then(&running(BY_RUN), &[Event::RetryScheduled { attempt: 1, at }, added]);
    assert_eq!(task(&awaiting).status, Status::Planned);
    given::<Task>(&awaiting).when(Command::RetryDue { attempt: 1 }).then(&[]);
}

#[test]
fn the_last_prerequisite_removed_makes_it_ready() {
    let both = [Event::Planned(plan(&[FIRST, OTHER]))];
    let remove = |on| Command::RemoveDependency { on };
    let removed = |on| Event::DependencyRemoved { on };
    given::<Task>(&both).when(remove(FIRST)).then(&[removed(FIRST)]);
    given::<Task>(&[planned()]).when(remove(FIRST)).then(&[removed(FIRST), READY]);
    given::<Task>(&[planned(), READY]).when(remove(FIRST)).then(&[removed(FIRST)]);
    given::<Task>(&[planned()]).when(remove(OTHER)).then(&[]);
}

#[test]
fn a_removed_prerequisite_no_longer_blocks() {
    let history = [planned(), blocked(FIRST_BLOCKS), blocked(ADA_BLOCKS)];
    let task = task(&then(&history, &[Event::DependencyRemoved { on: FIRST }, READY]));
    assert!(task.plan.prerequisites.is_empty());
    assert_eq!(task.blockers.iter().map(|block| block.by).collect::<Vec<_>>(), [ADA_BLOCKS]);
    assert_eq!((task.status_name(), &task.status), ("blocked", &Status::Ready));
}

#[test]
fn the_same_priority_changes_nothing() {
    let prioritise = |priority| Command::Prioritise { priority };
    let changed = Event::PriorityChanged { priority: Priority::Low };
    given::<Task>(&[planned()]).when(prioritise(Priority::Medium)).then(&[]);
    given::<Task>(&[planned()]).when(prioritise(Priority::Low)).then(std::slice::from_ref(&changed));
    assert_eq!(task(&[planned(), changed]).plan.priority, Priority::Low);
}

#[test]
fn a_task_is_cancelled_with_its_reason() {
    let reason = Some(text("out of scope"));
    let cancelled = Event::Cancelled { reason: reason.clone() };
    given::<Task>(&running(BY_RUN)).when(Command::Cancel { reason }).then(std::slice::from_ref(&cancelled));
    assert_eq!(task(&then(&running(BY_RUN), &[cancelled])).status, Status::Cancelled);
}
