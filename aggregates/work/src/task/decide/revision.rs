//! The plan says something else of a task than it did.

use vocabulary::Text;

use super::super::{Revision, Waits};
use super::{Decision, Details, Event, Fact, Rejection, Status, Task, guard};

/// What is over stays as it was; what somebody has begun stays where it is and waits for what it waited for.
pub(super) fn revise(task: &Details, revision: &Revision, waits: &Waits) -> Decision {
    let said = Revision::between(&task.plan, &revision.of(&task.plan));
    if said.ticket.is_some() {
        not_begun(task)?;
    }
    let known = &task.plan.prerequisites;
    let added: Vec<_> = waits.added.difference(known).collect();
    let removed: Vec<_> = waits.removed.intersection(known).collect();
    if !(added.is_empty() && removed.is_empty()) {
        guard::waiting(task)?;
    }
    let mut events = Vec::new();
    if !said.is_empty() {
        events.push(Event::Revised(Box::new(said)));
    }
    // First what comes, so that a task never waits for nothing in between.
    events.extend(added.into_iter().map(|on| Event::DependencyAdded { on: *on }));
    events.extend(removed.iter().map(|on| Event::DependencyRemoved { on: **on }));
    if !removed.is_empty() && waits_for_nothing(task, &events) {
        events.push(Event::BecameReady { retried: false });
    }
    Ok(events)
}

/// Gives a task up that the plan no longer has, while nobody has begun it.
pub(super) fn withdraw(task: &Details, reason: Text) -> Decision {
    not_begun(task)?;
    Ok(vec![Event::Cancelled { reason: Some(reason) }])
}

fn not_begun(task: &Details) -> Result<(), Rejection> {
    guard::waiting(task)?;
    if task.was_begun() { Err(Rejection::status(Fact::ClaimedAlready, task)) } else { Ok(()) }
}

fn waits_for_nothing(task: &Details, events: &[Event]) -> bool {
    use kernel::Decider as _;
    let mut then = Task::Present(Box::new(task.clone()));
    events.iter().for_each(|event| then.evolve(event));
    then.details().is_some_and(|then| then.status == Status::Planned && then.plan.prerequisites.is_empty())
}
