use std::collections::{BTreeMap, BTreeSet};

use kernel::{Action, ActorId, EventId, Memory, News, Recorded, Timestamp, Uuid, recorded};
use vocabulary::{Bounded, Name, Phase, Priority, Reason, TaskId, TaskNumber, Text, TicketId};
use work::task::{Blocker, Event, EvidenceKind, FailureClass, Plan, Work};
use work::ticket::{self, EvidenceNote, TaskOutcome};

use super::*;

const TICKET: TicketId = TicketId(Uuid::from_u128(0x71));

fn task(id: u128) -> TaskId {
    TaskId(Uuid::from_u128(id))
}

/// Tells a process a history and answers what it asked for at the last event. It has the rows it says it needs, as
/// they are stored, and no others.
pub(super) fn heard<P: Reacting<Action = Act>>(
    history: impl IntoIterator<Item = Recorded<Heard>>,
) -> Vec<Action<Act>> {
    let mut stored: BTreeMap<Uuid, String> = BTreeMap::new();
    let mut asked = Vec::new();
    for event in history {
        let news = News::Happened(&event);
        let mut memory = Memory::default();
        let recall = |memory: &mut Memory<P::Row>, ids: Vec<Uuid>| {
            for id in ids {
                let row = stored.get(&id).map(|row| serde_json::from_str(row).unwrap());
                memory.put(id, row.unwrap_or_default());
            }
        };
        recall(&mut memory, P::recalls(&news));
        let further = P::leads_to(&news, &memory);
        let further = further.into_iter().filter(|id| !memory.has(*id)).collect();
        recall(&mut memory, further);
        let known: BTreeSet<Uuid> = memory.rows().map(|(id, _)| id).collect();
        asked = P::react(&news, &mut memory);
        for (id, row) in memory.rows() {
            assert!(known.contains(&id), "it touched {id}, and did not say so");
            stored.insert(id, serde_json::to_string(row).unwrap());
        }
    }
    asked
}

fn after<P: Reacting<Action = Act>>(history: &[(u128, Event)]) -> Vec<Act> {
    let history =
        history.iter().map(|(id, event)| recorded("task", Uuid::from_u128(*id), Heard::Task(event.clone())));
    bodies(&heard::<P>(history))
}

pub(super) fn bodies(actions: &[Action<Act>]) -> Vec<Act> {
    actions.iter().map(|action| action.body.clone()).collect()
}

fn planned(prerequisites: &[u128]) -> Event {
    Event::Planned(Box::new(Plan {
        ticket: TICKET,
        number: TaskNumber::new(1).unwrap(),
        title: Name::new("Parse the header").unwrap(),
        description: None,
        phase: Phase::Implementation,
        priority: Priority::High,
        estimate: None,
        files: Bounded::default(),
        work: Work::default(),
        prerequisites: prerequisites.iter().map(|id| task(*id)).collect(),
        spec: None,
    }))
}

fn completed() -> Event {
    Event::Completed { kind: EvidenceKind::Attested }
}

fn failed() -> Event {
    Event::Failed { reason: Reason::new("the disk is full").unwrap() }
}

fn retried() -> Event {
    Event::BecameReady { retried: true }
}

fn ready(id: u128, satisfied: &[u128]) -> Act {
    Act::BecomeReady { task: task(id), satisfied: satisfied.iter().map(|id| task(*id)).collect() }
}

fn block(id: u128, by: u128, reason: &str) -> Act {
    Act::Block { task: task(id), by: task(by), reason: Text::new(reason).unwrap() }
}

mod task_dependencies {
    use super::*;

    fn asked(history: &[(u128, Event)]) -> Vec<Act> {
        after::<TaskDependencies>(history)
    }

    #[test]
    fn a_task_without_prerequisites_is_left_to_itself() {
        assert_eq!(asked(&[(1, planned(&[]))]), []);
    }

    #[test]
    fn the_last_prerequisite_makes_the_dependant_ready() {
        let history = [(1, planned(&[])), (2, planned(&[])), (3, planned(&[1, 2])), (1, completed())];
        assert_eq!(asked(&history), []);
        let history: Vec<_> = history.into_iter().chain([(2, completed())]).collect();
        assert_eq!(asked(&history), [ready(3, &[1, 2])]);
    }

    #[test]
    fn a_task_planned_after_its_prerequisites_were_completed_becomes_ready() {
        assert_eq!(asked(&[(1, planned(&[])), (1, completed()), (2, planned(&[1]))]), [ready(2, &[1])]);
    }

    #[test]
    fn a_dependency_taken_away_may_be_the_last_one() {
        let history =
            [(3, planned(&[1, 2])), (1, completed()), (3, Event::DependencyRemoved { on: task(2) })];
        assert_eq!(asked(&history), [ready(3, &[1])]);
        // The last one of all: the task knows by itself that it waits for nothing.
        assert_eq!(asked(&[(3, planned(&[2])), (3, Event::DependencyRemoved { on: task(2) })]), []);
    }

    #[test]
    fn a_dependency_added_on_a_completed_task_changes_nothing_for_long() {
        let history = [
            (1, planned(&[])),
            (1, completed()),
            (2, planned(&[])),
            (2, Event::DependencyAdded { on: task(1) }),
        ];
        assert_eq!(asked(&history), [ready(2, &[1])]);
    }

    #[test]
    fn a_failure_blocks_every_dependant_with_the_reason() {
        let history =
            [(1, planned(&[])), (2, planned(&[1])), (3, planned(&[1])), (4, planned(&[2])), (1, failed())];
        let reason = "a task it waits for failed: the disk is full";
        assert_eq!(asked(&history), [block(2, 1, reason), block(3, 1, reason)]);
    }

    #[test]
    fn a_cancelled_prerequisite_blocks_also_who_comes_later() {
        let history = [(1, planned(&[])), (1, Event::Cancelled { reason: None }), (2, planned(&[1]))];
        assert_eq!(asked(&history), [block(2, 1, "a task it waits for was cancelled")]);
    }

    #[test]
    fn a_retry_unblocks_the_dependants_and_its_success_makes_them_ready() {
        let mut history = vec![(1, planned(&[])), (2, planned(&[1])), (1, failed()), (1, retried())];
        assert_eq!(asked(&history), [Act::Unblock { task: task(2), by: task(1) }]);
        history.push((1, completed()));
        assert_eq!(asked(&history), [ready(2, &[1])]);
    }

    #[test]
    fn an_unblocked_task_is_looked_at_again() {
        let by = Blocker::Person { actor: ActorId::default() };
        let history = [(2, planned(&[1])), (1, completed()), (2, Event::Unblocked { by })];
        assert_eq!(asked(&history), [ready(2, &[1])]);
    }

    #[test]
    fn a_finished_task_waits_for_nothing_any_more() {
        assert_eq!(
            asked(&[(2, planned(&[1])), (2, Event::Cancelled { reason: None }), (1, completed())]),
            []
        );
    }

    #[test]
    fn two_dead_prerequisites_are_two_commands() {
        let history = [(1, failed()), (2, failed()), (3, planned(&[1, 2]))];
        let asked = heard::<TaskDependencies>(
            history.map(|(id, event)| recorded("task", Uuid::from_u128(id), Heard::Task(event))),
        );
        let ids: BTreeSet<_> =
            asked.iter().map(|action| action.command_id("p", EventId::default()).0).collect();
        assert_eq!((asked.len(), ids.len()), (2, 2));
    }
}

mod ticket_progress {
    use super::*;

    fn noted(outcome: TaskOutcome, evidence: Option<EvidenceNote>) -> Act {
        Act::NoteOutcome { task: task(1), outcome, evidence }
    }

    #[test]
    fn a_ticket_notes_what_becomes_of_its_tasks() {
        let cases = [
            (completed(), noted(TaskOutcome::Completed, Some(EvidenceNote::Attested))),
            (failed(), noted(TaskOutcome::Failed, None)),
            (Event::Cancelled { reason: None }, noted(TaskOutcome::Cancelled, None)),
            (retried(), noted(TaskOutcome::Open, None)),
        ];
        for (event, act) in cases {
            assert_eq!(after::<TicketProgress>(&[(1, planned(&[])), (1, event)]), [act]);
        }
        assert_eq!(
            after::<TicketProgress>(&[(1, planned(&[])), (1, Event::BecameReady { retried: false })]),
            []
        );
    }

    #[test]
    fn a_noted_outcome_or_an_approval_may_let_the_ticket_go_on() {
        let noted = |outcome| ticket::Event::TaskOutcomeNoted { task: task(1), outcome, evidence: None };
        let granted = ticket::Event::GateApprovalGranted { phase: Phase::Design, by: ActorId::default() };
        let goes_on =
            |event| bodies(&heard::<TicketProgress>([recorded("ticket", TICKET.0, Heard::Ticket(event))]));
        let advance = [Act::Advance { ticket: TICKET }];
        assert_eq!(goes_on(noted(TaskOutcome::Completed)), advance);
        assert_eq!(goes_on(noted(TaskOutcome::Cancelled)), advance);
        assert_eq!(goes_on(granted), advance);
        assert_eq!(goes_on(noted(TaskOutcome::Failed)), []);
        assert_eq!(goes_on(ticket::Event::Completed), []);
    }
}

#[test]
fn a_scheduled_retry_is_a_timer_that_names_its_attempt() {
    let at = Timestamp::from_micros(7_000_000);
    let event = Heard::Task(Event::RetryScheduled { attempt: 2, at });
    let asked = heard::<RetryTimers>([recorded("task", task(1).0, event)]);
    assert_eq!(bodies(&asked), [Act::RetryDue { task: task(1), attempt: 2 }]);
    assert_eq!(asked[0].due, Some(at));
    let event = Event::AttemptFailed {
        attempt: 2,
        reason: Reason::new("x").unwrap(),
        class: FailureClass::Transient,
        commit: None,
    };
    assert_eq!(after::<RetryTimers>(&[(1, event)]), []);
}

#[test]
fn an_act_reads_back_as_it_was_stored() {
    for act in [ready(1, &[2]), block(1, 2, "why"), Act::Advance { ticket: TICKET }] {
        let stored = serde_json::to_string(&act).unwrap();
        assert_eq!(serde_json::from_str::<Act>(&stored).unwrap(), act);
    }
}

#[test]
fn the_run_of_a_task_that_is_given_up_is_stopped_once() {
    let run = vocabulary::RunId(Uuid::from_u128(0x91));
    let claimed = (1, Event::Claimed { epoch: 1, by: work::task::Worker::Run { run } });
    let cancelled = (1, Event::Cancelled { reason: None });
    let stop = |why: &str| Act::StopRun { run, reason: Reason::new(why).unwrap() };
    let asked = after::<RunsOfTasks>(&[claimed.clone(), cancelled.clone()]);
    assert_eq!(asked, [stop("its task was cancelled")]);
    let failed = Event::AttemptFailed {
        attempt: 1,
        reason: Reason::new("enough").unwrap(),
        class: FailureClass::Permanent,
        commit: None,
    };
    assert_eq!(
        after::<RunsOfTasks>(&[claimed.clone(), (1, failed.clone())]),
        [stop("its task was given up")]
    );
    assert_eq!(
        after::<RunsOfTasks>(&[claimed.clone(), (1, failed), cancelled.clone()]),
        [],
        "it was stopped before"
    );
    // Nobody holds it any more, or somebody who is no run.
    let lost = (1, Event::ClaimExpired { epoch: 1, commit: None, lost: false });
    assert_eq!(after::<RunsOfTasks>(&[claimed, lost, cancelled.clone()]), []);
    let by_person =
        Event::Claimed { epoch: 1, by: work::task::Worker::Person { actor: ActorId(Uuid::nil()) } };
    assert_eq!(after::<RunsOfTasks>(&[(1, by_person), cancelled]), []);
}
