use std::collections::BTreeSet;

use execution::run::Outcome;
use kernel::Uuid;
use vocabulary::{
    Bounded, CommandLine, Name, Phase, Priority, Reason, RepositoryPlace, RunId, Slug, TaskNumber, Text,
    TicketId, TicketNumber,
};
use work::project::{self, Changes, ConcurrentRuns, DefaultAgent};
use work::task::{Blocker, Event, EvidenceKind, Mode, Worker};
use work::ticket;

use super::*;
use crate::projects::{ProjectAnswer, Projects};
use crate::testing::{Folded, PROJECT, runs};

const ID: Uuid = Uuid::from_u128(0x10);
const READY: Event = Event::BecameReady { retried: false };

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn planned() -> Event {
    Event::Planned(Box::new(Plan {
        ticket: TicketId(Uuid::from_u128(2)),
        number: TaskNumber::new(1).unwrap(),
        title: name("Parse the header"),
        description: Some(Text::new("At length.").unwrap()),
        phase: Phase::Implementation,
        priority: Priority::High,
        estimate: None,
        files: Bounded::default(),
        work: Work::default(),
        prerequisites: BTreeSet::from([TaskId(Uuid::from_u128(0x11))]),
        spec: None,
    }))
}

/// What the row says after each of these: whether it can be started, and since when; the event n happens at second n, from 1.
fn told(events: Vec<Event>) -> Vec<Option<(bool, Option<i64>)>> {
    let mut folded = Folded::<ReadyQueue>::default();
    let mut told = Vec::new();
    for event in events {
        folded.at = Timestamp::from_micros((folded.position + 1) * 1_000_000);
        folded.append(ID, "task", Fact::Task(event));
        told.push(folded.answer().rows.first().map(|row| match &row.row {
            QueueRow::Task(queued) => (queued.startable, queued.ready_at.map(|at| at.micros() / 1_000_000)),
            other => panic!("{other:?} is no task"),
        }));
    }
    told
}

#[test]
fn a_task_is_startable_from_when_it_is_ready_and_nothing_blocks_it() {
    let by = Blocker::Person { actor: kernel::ActorId(Uuid::from_u128(3)) };
    let run = Worker::Run { run: RunId(Uuid::from_u128(4)) };
    let reason = Text::new("the printer is broken").unwrap();
    let seen = told(vec![
        planned(),
        READY,
        Event::Blocked { by, reason },
        Event::Unblocked { by },
        Event::PriorityChanged { priority: Priority::Low },
        Event::Claimed { epoch: 1, by: run },
        Event::ClaimExpired { epoch: 1, commit: None, lost: false },
        Event::DependencyAdded { on: TaskId(Uuid::from_u128(5)) },
        READY,
    ]);
    let expected = [
        (false, None),
        (true, Some(2)),
        (false, Some(2)),
        (true, Some(4)),
        (true, Some(4)),
        (false, Some(4)),
        (true, Some(7)),
        (false, Some(7)),
        (true, Some(9)),
    ];
    assert_eq!(seen, expected.map(Some));
}

#[test]
fn a_task_leaves_when_it_is_over_and_stays_when_it_can_be_retried() {
    let failed = Event::Failed { reason: Reason::new("no such API").unwrap() };
    let again = Event::BecameReady { retried: true };
    let seen = told(vec![
        planned(),
        READY,
        failed,
        again,
        Event::Completed { kind: EvidenceKind::Verified },
        // Nothing brings it back.
        Event::PriorityChanged { priority: Priority::Low },
    ]);
    let there = |startable, at| Some((startable, at));
    assert_eq!(seen[2..], [there(false, Some(2)), there(true, Some(4)), None, None]);
    assert_eq!(told(vec![planned(), READY, Event::Cancelled { reason: None }])[2], None);
    assert_eq!(told(vec![READY]), [None], "it was never planned");
}

#[test]
fn a_row_keeps_what_matters_and_no_more() {
    let mut folded = Folded::<ReadyQueue>::default();
    folded.append(ID, "task", Fact::Task(planned()));
    let validate = Bounded::new(vec![CommandLine::new("make test").unwrap()]).unwrap();
    let revision = Revision {
        description: Some(Some(Text::new("Otherwise.").unwrap())),
        validate: Some(validate.clone()),
        priority: Some(Priority::Critical),
        ..Revision::default()
    };
    folded.append(ID, "task", Fact::Task(Event::Revised(Box::new(revision))));
    let QueueRow::Task(queued) = folded.answer().rows.remove(0).row else { panic!("a task") };
    let plan = &queued.task.details().unwrap().plan;
    assert_eq!((plan.priority, &plan.work.validate), (Priority::Critical, &validate));
    assert_eq!((&plan.description, plan.prerequisites.len()), (&None, 0));
}

#[test]
fn a_run_has_a_place_until_it_ends() {
    let mut folded = Folded::<ReadyQueue>::default();
    folded.append(ID, "run", Fact::Run(runs::started(1)));
    folded.append(ID, "run", Fact::Run(runs::sandbox_requested()));
    assert_eq!(
        folded.answer().rows[0].row,
        QueueRow::Run { task: TaskId(Uuid::from_u128(1)), locks: Locks::default() }
    );
    folded.append(ID, "run", Fact::Run(runs::ended(Outcome::Failed)));
    folded.append(ID, "run", Fact::Run(execution::run::Event::SandboxReleased));
    assert!(folded.answer().rows.is_empty());
}

/// What the row of a ticket says of a task of the implementation after each of these.
fn held(events: Vec<ticket::Event>) -> Vec<Option<&'static str>> {
    let mut folded = Folded::<ReadyQueue>::default();
    let mut told = Vec::new();
    for event in events {
        folded.append(ID, "ticket", Fact::Ticket(event));
        let row = folded.answer().rows.remove(0).row;
        let QueueRow::Ticket { ticket } = row else { panic!("{row:?} is no ticket") };
        told.push(ticket.holds_back(Phase::Implementation, None).map(|held| kernel::Rejection::code(&held)));
    }
    told
}

#[test]
fn a_ticket_holds_its_tasks_back_until_it_lets_them_go() {
    use ticket::Event as T;
    let by = kernel::ActorId(Uuid::from_u128(3));
    let entered = |from, to| T::PhaseEntered { from, to, forced: false, by: None };
    let created = T::Created {
        number: TicketNumber::new(1).unwrap(),
        title: name("Headers"),
        description: Some(Text::new("At length.").unwrap()),
        priority: Priority::High,
        phase: Phase::Design,
        spec: None,
    };
    let task = TaskId(ID);
    let seen = held(vec![
        created.clone(),
        T::TaskAttached { task, number: TaskNumber::new(1).unwrap(), phase: Phase::Implementation },
        entered(Phase::Design, Phase::Implementation),
        T::Blocked { reason: Reason::new("no key").unwrap(), by },
        T::Unblocked { by },
        entered(Phase::Implementation, Phase::Requirements),
        T::Cancelled { reason: None },
    ]);
    let ahead = Some("phase_ahead");
    let expected = [ahead, ahead, None, Some("ticket_blocked"), None, ahead, Some("ticket_cancelled")];
    assert_eq!(seen, expected);

    // What does not matter here is no news.
    let mut folded = Folded::<ReadyQueue>::default();
    folded.append(ID, "ticket", Fact::Ticket(created));
    let before = folded.answer().rows.remove(0).row;
    let QueueRow::Ticket { ticket } = &before else { panic!("a ticket") };
    assert_eq!(ticket.card().unwrap().description, None);
    let comment = T::Commented { comment: ID, text: Text::new("Well.").unwrap(), by };
    folded.append(ID, "ticket", Fact::Ticket(comment));
    assert_eq!(folded.answer().rows.remove(0).row, before);
}

fn project(events: &[project::Event]) -> ProjectAnswer {
    let mut folded = Folded::<Projects>::default();
    let slug = Slug::new("billing").unwrap();
    let created = project::Event::Created { name: name("Billing"), slug, description: None };
    for event in [created].into_iter().chain(events.iter().cloned()) {
        folded.append(PROJECT, "project", Fact::Project(event));
    }
    let row = folded.answer().rows.remove(0).row;
    row.answer(kernel::ProjectId(PROJECT)).unwrap()
}

#[test]
fn a_ready_task_says_what_it_waits_for() {
    let on = project::Event::AutonomyChanged { on: true };
    let changed = |changes| project::Event::SettingsChanged(changes);
    let agent = changed(Changes {
        agent: Some(DefaultAgent::Profile { name: name("builder") }),
        max_concurrent_runs: Some(ConcurrentRuns::new(2).unwrap()),
        ..Changes::default()
    });
    let place = RepositoryPlace::new("/srv/billing").unwrap();
    let linked = project::Event::RepositoryLinked { place, branch: None };
    let commands = || Bounded::new(vec![CommandLine::new("make test").unwrap()]).unwrap();
    let verify = changed(Changes { verify: Some(commands()), ..Changes::default() });
    let all = [on, agent, linked, verify, project::Event::Archived];
    let bare = Work::default();
    let held = |work: &Work, events: usize, held, running| {
        why_not_started(work, &project(&all[..events]), held, running)
    };
    let says = |work: &Work, events: usize, running| held(work, events, None, running);
    assert_eq!(says(&bare, 0, 0), Some(WaitsFor::AutonomyOff));
    assert_eq!(says(&bare, 1, 0), Some(WaitsFor::NoAgent));
    assert_eq!(says(&bare, 2, 0), Some(WaitsFor::NoRepository));
    assert_eq!(says(&bare, 3, 0), Some(WaitsFor::NoVerification));
    assert_eq!(says(&bare, 4, 2), Some(WaitsFor::Slots));
    assert_eq!(says(&bare, 4, 1), None);
    assert_eq!(says(&bare, 5, 0), Some(WaitsFor::AutonomyOff), "it is archived");
    // What its ticket says comes after what the project lacks, and before that there is no place.
    let waits = Some(WaitsFor::TicketWaits);
    assert_eq!(held(&bare, 3, waits, 2), Some(WaitsFor::NoVerification));
    assert_eq!(held(&bare, 4, waits, 2), waits);
    // What the task says itself.
    let own = Work { agent: Some(name("reviewer")), ..Work::default() };
    assert_eq!(says(&own, 1, 0), Some(WaitsFor::NoRepository));
    assert_eq!(says(&Work { validate: commands(), ..Work::default() }, 3, 0), None);
    assert_eq!(says(&Work { mode: Mode::Exploration, ..Work::default() }, 3, 0), None);
}
