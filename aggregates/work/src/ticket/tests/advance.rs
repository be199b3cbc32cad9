//! A ticket that goes on by itself.

use super::*;
use Phase::{Backlog, Deployment, Design, Done, Implementation, Testing};

const TASKS_DONE: &[Criterion] = &[Criterion::TasksDone];

fn advance() -> Command {
    advance_under(Gates::default())
}

fn advance_under(gates: Gates) -> Command {
    Command::Advance { gates }
}

/// Asserts that it is not time for `history` to go on.
#[track_caller]
fn stays(history: &[Event]) {
    given::<Ticket>(history).when(advance()).then(&[]);
}

#[test]
fn the_last_completed_task_of_a_phase_takes_the_ticket_to_the_next_work() {
    let history = [
        created(),
        attached(1, Implementation),
        attached(2, Implementation),
        attached(3, Deployment),
        noted(1, TaskOutcome::Completed),
    ];
    stays(&history);
    let history = then(&history, &[noted(2, TaskOutcome::Completed)]);
    let events = [
        passed(Implementation, TASKS_DONE),
        advanced(Implementation, Testing),
        advanced(Testing, Deployment),
    ];
    given::<Ticket>(&history).when(advance()).then(&events);
    assert_eq!(ticket(&then(&history, &events)).status_name(), "deployment");
}

#[test]
fn with_nothing_left_the_ticket_is_completed() {
    let history = [created(), attached(1, Implementation), noted(1, TaskOutcome::Completed)];
    let events = [
        passed(Implementation, TASKS_DONE),
        advanced(Implementation, Testing),
        advanced(Testing, Deployment),
        advanced(Deployment, Done),
        Event::Completed,
    ];
    given::<Ticket>(&history).when(advance()).then(&events);
    assert!(matches!(ticket(&then(&history, &events)), Ticket::Completed(_)));
}

#[test]
fn phases_whose_tasks_were_completed_early_are_passed() {
    let history = [
        created(),
        attached(1, Implementation),
        attached(2, Testing),
        attached(3, Deployment),
        noted(2, TaskOutcome::Completed),
        noted(1, TaskOutcome::Completed),
    ];
    given::<Ticket>(&history).when(advance()).then(&[
        passed(Implementation, TASKS_DONE),
        advanced(Implementation, Testing),
        passed(Testing, TASKS_DONE),
        advanced(Testing, Deployment),
    ]);
}

#[test]
fn it_is_not_time_while_work_is_open_or_nothing_was_done() {
    let one = [created(), attached(1, Implementation)];
    stays(&[created()]);
    stays(&[created_in(Backlog), attached(1, Implementation), noted(1, TaskOutcome::Completed)]);
    stays(&then(&one, &[noted(1, TaskOutcome::Failed)]));
    stays(&then(&one, &[noted(1, TaskOutcome::Cancelled)]));
    stays(&then(&one, &[noted(1, TaskOutcome::Completed), blocked()]));
    stays(&then(&one, &[noted(1, TaskOutcome::Completed), attached(2, Implementation)]));
    stays(&finished());
    // An approval that the gate does not ask for is no work.
    stays(&[created(), requested(Implementation), granted(Implementation)]);
}

#[test]
fn a_failed_task_holds_the_ticket_whatever_the_gate_asks() {
    let history = [
        created(),
        attached(1, Implementation),
        attached(2, Implementation),
        noted(1, TaskOutcome::Completed),
        noted(2, TaskOutcome::Failed),
    ];
    let free = gates([(Implementation, &[])]);
    given::<Ticket>(&history).when(advance_under(free)).then(&[]);
}

#[test]
fn a_ticket_never_completes_by_itself_while_work_was_left_behind() {
    let history = [
        created_in(Deployment),
        attached(1, Deployment),
        attached(2, Design),
        noted(1, TaskOutcome::Completed),
    ];
    stays(&history);
    let dropped = then(&history, &[noted(2, TaskOutcome::Cancelled)]);
    given::<Ticket>(&dropped).when(advance()).then(&[
        passed(Deployment, TASKS_DONE),
        advanced(Deployment, Done),
        Event::Completed,
    ]);
}

#[test]
fn an_approval_is_asked_for_once_when_only_that_is_missing() {
    let under =
        || advance_under(gates([(Implementation, &[Criterion::TasksDone, Criterion::Approval, VERIFIED])]));
    let one = [created(), attached(1, Implementation)];
    given::<Ticket>(&one).when(under()).then(&[]);
    let attested = then(&one, &[completed_with(1, EvidenceNote::Attested)]);
    given::<Ticket>(&attested).when(under()).then(&[]);

    let ready = then(&one, &[completed_with(1, EvidenceNote::Verified)]);
    given::<Ticket>(&ready).when(under()).then(&[requested(Implementation)]);
    let asked = then(&ready, &[requested(Implementation)]);
    given::<Ticket>(&asked).when(under()).then(&[]);
    given::<Ticket>(&then(&asked, &[rejected(Implementation)])).when(under()).then(&[]);
}

#[test]
fn an_approved_phase_without_tasks_is_left() {
    let approved: &[Criterion] = &[Criterion::Approval];
    let under = || advance_under(gates([(Testing, approved), (Deployment, approved)]));
    let history = [created(), attached(1, Implementation), noted(1, TaskOutcome::Completed)];
    let to_testing =
        [passed(Implementation, TASKS_DONE), advanced(Implementation, Testing), requested(Testing)];
    given::<Ticket>(&history).when(under()).then(&to_testing);

    let waiting = then(&history, &to_testing);
    given::<Ticket>(&waiting).when(under()).then(&[]);
    given::<Ticket>(&then(&waiting, &[granted(Testing)])).when(under()).then(&[
        passed(Testing, approved),
        advanced(Testing, Deployment),
        requested(Deployment),
    ]);
}
