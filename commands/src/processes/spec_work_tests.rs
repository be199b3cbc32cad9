//! A spec and its work, as the process hears of them.

use std::collections::BTreeSet;

use kernel::{Recorded, Uuid, recorded};
use plan::ContentHash;
use planning::spec;
use vocabulary::{
    Bounded, Line, Name, Phase, Priority, SpecId, TaskId, TaskNumber, Text, TicketId, TicketNumber,
};
use work::task::{self, FromSpec, Plan, Work, Worker};
use work::ticket;

use super::tests::{bodies, heard};
use super::{Act, Heard, SpecWork};

const SPEC: SpecId = SpecId(Uuid::from_u128(0x5e));
const FIRST: TicketId = TicketId(Uuid::from_u128(0x71));
const SECOND: TicketId = TicketId(Uuid::from_u128(0x72));
const TASK: TaskId = TaskId(Uuid::from_u128(0x75));

fn of_ticket(ticket: TicketId, event: ticket::Event) -> Recorded<Heard> {
    recorded("ticket", ticket.0, Heard::Ticket(event))
}

fn of_task(event: task::Event) -> Recorded<Heard> {
    recorded("task", TASK.0, Heard::Task(event))
}

fn created(ticket: TicketId, spec: Option<SpecId>) -> Recorded<Heard> {
    let event = ticket::Event::Created {
        number: TicketNumber::new(1).unwrap(),
        title: Name::new("Filters").unwrap(),
        description: None,
        priority: Priority::Medium,
        phase: Phase::Implementation,
        spec,
    };
    of_ticket(ticket, event)
}

fn entered(ticket: TicketId, to: Phase) -> Recorded<Heard> {
    let event = ticket::Event::PhaseEntered { from: Phase::Done, to, forced: false, by: None };
    of_ticket(ticket, event)
}

fn planned(spec: Option<SpecId>) -> Recorded<Heard> {
    let from = |id| FromSpec { id, local: Line::new("TSK-001").unwrap(), requirements: Bounded::default() };
    of_task(task::Event::Planned(Box::new(Plan {
        ticket: FIRST,
        number: TaskNumber::new(1).unwrap(),
        title: Name::new("Save a filter").unwrap(),
        description: None,
        phase: Phase::Implementation,
        priority: Priority::Medium,
        estimate: None,
        files: task::Files::default(),
        work: Work::default(),
        prerequisites: BTreeSet::new(),
        spec: spec.map(from),
    })))
}

fn started() -> Recorded<Heard> {
    of_task(task::Event::Started { epoch: 1, by: Worker::Person { actor: kernel::ActorId::default() } })
}

fn asked(history: Vec<Recorded<Heard>>) -> Vec<Act> {
    bodies(&heard::<SpecWork>(history))
}

#[test]
fn an_accepted_plan_is_made_work() {
    let accepted = spec::Event::PlanAccepted { content_hash: ContentHash::of_json(&serde_json::json!({})) };
    let history = vec![recorded("spec", SPEC.0, Heard::Spec(accepted))];
    assert_eq!(asked(history), [Act::Materialize { spec: SPEC }]);
}

#[test]
fn the_first_task_that_is_begun_begins_the_spec_and_no_other() {
    assert_eq!(asked(vec![planned(Some(SPEC)), started()]), [Act::StartExecution { spec: SPEC }]);
    assert_eq!(asked(vec![planned(Some(SPEC)), started(), started()]), []);
    assert_eq!(asked(vec![planned(None), started()]), []);
}

#[test]
fn a_ticket_that_is_done_is_told_with_those_before_it() {
    let both = [created(FIRST, Some(SPEC)), created(SECOND, Some(SPEC))];
    let done = |more: Vec<Recorded<Heard>>| asked(both.iter().cloned().chain(more).collect());
    let completed = |ticket| of_ticket(ticket, ticket::Event::Completed);
    let told = |done: &[TicketId]| {
        [Act::CompleteSpec { spec: SPEC, done: done.iter().copied().collect(), revision: 0 }]
    };
    assert_eq!(done(vec![completed(FIRST)]), told(&[FIRST]));
    assert_eq!(done(vec![completed(FIRST), completed(SECOND)]), told(&[FIRST, SECOND]));
    let reopened = vec![completed(FIRST), entered(FIRST, Phase::Testing), completed(SECOND)];
    assert_eq!(done(reopened), told(&[SECOND]));
    assert_eq!(asked(vec![created(FIRST, None), completed(FIRST)]), []);
}

#[test]
fn work_that_follows_another_plan_may_be_done_already() {
    let revised = || {
        let event = spec::Event::WorkRevised {
            tickets: vec![],
            tasks: vec![],
            changed: vec![],
            withdrawn: vec!["TKT-002".to_owned()],
            kept: vec![],
        };
        recorded("spec", SPEC.0, Heard::Spec(event))
    };
    assert_eq!(asked(vec![revised()]), []);
    let both = [created(FIRST, Some(SPEC)), created(SECOND, Some(SPEC))];
    let completed = of_ticket(FIRST, ticket::Event::Completed);
    let told = |done: &[TicketId], revision| {
        [Act::CompleteSpec { spec: SPEC, done: done.iter().copied().collect(), revision }]
    };
    let done: Vec<_> = both.into_iter().chain([completed]).collect();
    assert_eq!(asked(done.iter().cloned().chain([revised()]).collect()), told(&[FIRST], 1));
    // Open again, by what the plan added to it.
    let reopened = [entered(FIRST, Phase::Implementation), revised()];
    assert_eq!(asked(done.into_iter().chain(reopened).collect()), []);
}

#[test]
fn a_task_that_is_completed_after_its_ticket_is_looked_at_again() {
    let done = || of_task(task::Event::Completed { kind: task::EvidenceKind::Attested });
    let told = [Act::CompleteSpec { spec: SPEC, done: BTreeSet::from([FIRST]), revision: 0 }];
    let begin = [created(FIRST, Some(SPEC)), planned(Some(SPEC))];
    // The ticket says it by itself when its last task is completed.
    assert_eq!(asked(begin.iter().cloned().chain([done()]).collect()), []);
    let forced = of_ticket(FIRST, ticket::Event::Completed);
    assert_eq!(asked(begin.iter().cloned().chain([forced.clone(), done()]).collect()), told);
    // It went to another ticket, which is not done.
    let moved = task::Revision { ticket: Some(SECOND), ..task::Revision::default() };
    let moved = of_task(task::Event::Revised(Box::new(moved)));
    assert_eq!(asked(begin.into_iter().chain([moved, forced.clone(), done()]).collect()), []);
    assert_eq!(asked(vec![created(FIRST, Some(SPEC)), planned(None), forced, done()]), []);
}

#[test]
fn what_somebody_accepted_may_have_been_the_last_thing_that_held_it() {
    let accepted = || {
        let event = spec::Event::UnprovenAccepted {
            requirements: vec!["REQ-FILTERS-FUNC-001".to_owned()],
            reason: Text::new("It was shown by hand.").unwrap(),
            by: kernel::ActorId::default(),
        };
        recorded("spec", SPEC.0, Heard::Spec(event))
    };
    assert_eq!(asked(vec![accepted()]), []);
    let completed = of_ticket(FIRST, ticket::Event::Completed);
    let told = [Act::CompleteSpec { spec: SPEC, done: BTreeSet::from([FIRST]), revision: 0 }];
    assert_eq!(asked(vec![created(FIRST, Some(SPEC)), completed, accepted()]), told);
}
