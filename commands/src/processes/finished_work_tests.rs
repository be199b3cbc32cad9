//! Finished work, as the process hears of it, and what its merge is told.

use execution::merge::Of;
use kernel::{ProjectId, Recorded, Uuid, recorded};
use planning::spec::{self, Materialized};
use vocabulary::{
    Bounded, Line, Mode, Name, Phase, Priority, RunId, SpecId, TaskId, TaskNumber, TicketId, TicketNumber,
};
use work::task::{self, EvidenceKind, FromSpec, Plan, Work, Worker};
use work::ticket;

use super::tests::heard;
use super::{Act, FinishedWork, Heard};

const PROJECT: ProjectId = ProjectId(Uuid::from_u128(2));
const SPEC: SpecId = SpecId(Uuid::from_u128(0x5e));
const TICKET: TicketId = TicketId(Uuid::from_u128(0x71));
const TASK: TaskId = TaskId(Uuid::from_u128(0x75));
const RUN: RunId = RunId(Uuid::from_u128(0x77));

/// What is asked for at the last of these, and of which merge.
fn after(history: Vec<Recorded<Heard>>) -> Vec<(String, Act)> {
    let history = history.into_iter().map(|mut event| {
        event.envelope.project_id = Some(PROJECT);
        event
    });
    heard::<FinishedWork>(history).into_iter().map(|action| (action.target, action.body)).collect()
}

fn of_task(event: task::Event) -> Recorded<Heard> {
    recorded("task", TASK.0, Heard::Task(event))
}

fn of_ticket(event: ticket::Event) -> Recorded<Heard> {
    recorded("ticket", TICKET.0, Heard::Ticket(event))
}

fn of_spec(event: spec::Event) -> Recorded<Heard> {
    recorded("spec", SPEC.0, Heard::Spec(event))
}

fn planned(spec: Option<SpecId>, mode: Mode) -> Recorded<Heard> {
    let from = |id| FromSpec { id, local: Line::new("TSK-001").unwrap(), requirements: Bounded::default() };
    of_task(task::Event::Planned(Box::new(Plan {
        ticket: TICKET,
        number: TaskNumber::new(1).unwrap(),
        title: Name::new("Save a filter").unwrap(),
        description: None,
        phase: Phase::Implementation,
        priority: Priority::Medium,
        estimate: None,
        files: Bounded::default(),
        work: Work { mode, ..Work::default() },
        prerequisites: Default::default(),
        spec: spec.map(from),
    })))
}

fn started(by: Worker) -> Recorded<Heard> {
    of_task(task::Event::Started { epoch: 1, by })
}

fn completed(kind: EvidenceKind) -> Recorded<Heard> {
    of_task(task::Event::Completed { kind })
}

fn created(spec: Option<SpecId>) -> Recorded<Heard> {
    of_ticket(ticket::Event::Created {
        number: TicketNumber::new(1).unwrap(),
        title: Name::new("Filters").unwrap(),
        description: None,
        priority: Priority::Medium,
        phase: Phase::Implementation,
        spec,
    })
}

fn merge(of: Of) -> String {
    format!("merge/{}", of.merge())
}

#[test]
fn verified_work_enters_the_merge_of_its_spec_or_ticket() {
    let run = || started(Worker::Run { run: RUN });
    for (spec, of) in [(Some(SPEC), Of::Spec(SPEC)), (None, Of::Ticket(TICKET))] {
        let history = vec![planned(spec, Mode::Implementation), run(), completed(EvidenceKind::Verified)];
        assert_eq!(after(history), [(merge(of), Act::AddToMerge { task: TASK, run: Some(RUN) })]);
    }
}

#[test]
fn what_changes_nothing_or_was_vouched_for_has_nothing_to_merge() {
    for (mode, kind) in [
        (Mode::Exploration, EvidenceKind::Verified),
        (Mode::Validation, EvidenceKind::Verified),
        (Mode::Implementation, EvidenceKind::Attested),
        (Mode::Implementation, EvidenceKind::Imported),
    ] {
        assert_eq!(after(vec![planned(Some(SPEC), mode), completed(kind)]), [], "{mode:?} {kind}");
    }
}

#[test]
fn the_run_is_the_one_that_held_the_task_last() {
    let person = Worker::Person { actor: kernel::ActorId(Uuid::from_u128(1)) };
    let history = vec![
        planned(None, Mode::Implementation),
        started(Worker::Run { run: RUN }),
        started(person),
        completed(EvidenceKind::Verified),
    ];
    let expected = Act::AddToMerge { task: TASK, run: None };
    assert_eq!(after(history), [(merge(Of::Ticket(TICKET)), expected)]);
}

#[test]
fn nothing_more_is_to_come_once_the_spec_or_the_ticket_is_completed() {
    let complete = |of| (merge(of), Act::CompleteMerge { of, project: PROJECT });
    assert_eq!(after(vec![of_spec(spec::Event::Completed)]), [complete(Of::Spec(SPEC))]);
    let of_its_own = vec![created(None), of_ticket(ticket::Event::Completed)];
    assert_eq!(after(of_its_own), [complete(Of::Ticket(TICKET))]);
    assert_eq!(after(vec![created(Some(SPEC)), of_ticket(ticket::Event::Completed)]), []);
}

#[test]
fn there_may_be_more_to_come_after_all() {
    let extend = |of| (merge(of), Act::ExtendMerge { of, project: PROJECT });
    let task = Materialized { local: "TSK-002".into(), id: TASK.0, number: "TSK-002".into() };
    let revised = |tasks| spec::Event::WorkRevised {
        tickets: Vec::new(),
        tasks,
        changed: Vec::new(),
        withdrawn: Vec::new(),
        kept: Vec::new(),
    };
    assert_eq!(after(vec![of_spec(revised(vec![task]))]), [extend(Of::Spec(SPEC))]);
    assert_eq!(after(vec![of_spec(revised(Vec::new()))]), []);
    let entered = |to| {
        of_ticket(ticket::Event::PhaseEntered { from: Phase::Implementation, to, forced: false, by: None })
    };
    let back =
        |done: Vec<Recorded<Heard>>| [vec![created(None)], done, vec![entered(Phase::Testing)]].concat();
    assert_eq!(after(back(vec![of_ticket(ticket::Event::Completed)])), [extend(Of::Ticket(TICKET))]);
    assert_eq!(after(back(Vec::new())), []);
}
