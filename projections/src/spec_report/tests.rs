//! What a spec has come to, from the events of it and of its work.

use std::collections::{BTreeMap, BTreeSet};

use execution::merge::Of;
use execution::run::Outcome as Ended;
use execution::trajectory::{self, Subject, Tokens};
use execution::{merge, run};
use kernel::{Decider as _, Timestamp, derived_uuid};
use plan::Layout;
use plan::testing::examples;
use planning::spec::{Command, Evidence, GateMode, Numbered, NumberedTask, Proof};
use vocabulary::{
    Bounded, CommandLine, CommitId, Line, Phase, Priority, TaskNumber, Text, TicketId, TicketNumber,
};
use work::task::{Event as TaskEvent, FromSpec, Plan, Task, Work, Worker};
use work::ticket::Event as TicketEvent;

use super::answer::Planned;
use super::*;
use crate::testing::{Folded, runs};

const SPEC_ID: Uuid = Uuid::from_u128(0x5e);
const ADA: ActorId = ActorId(Uuid::from_u128(0xada));
const SAVE: &str = "REQ-FILTERS-FUNC-001";
const OPEN: &str = "REQ-FILTERS-FUNC-002";

/// The example as work, and all that is told of it.
struct Story {
    spec: Spec,
    tasks: BTreeMap<TaskId, Task>,
    folded: Folded<SpecReport>,
    seconds: i64,
}

fn task_id(local: &str) -> TaskId {
    TaskId(derived_uuid(&[local.as_bytes()]))
}

fn ticket_id(local: &str) -> TicketId {
    TicketId(derived_uuid(&[local.as_bytes()]))
}

fn run_id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

fn planned(number: u32, title: &str, ticket: &str, spec: Option<FromSpec>) -> TaskEvent {
    TaskEvent::Planned(Box::new(Plan {
        ticket: ticket_id(ticket),
        number: TaskNumber::new(number).unwrap(),
        title: Name::new(title).unwrap(),
        description: None,
        phase: Phase::Implementation,
        priority: Priority::Medium,
        estimate: None,
        files: Bounded::default(),
        work: Work::default(),
        prerequisites: BTreeSet::new(),
        spec,
    }))
}

impl Story {
    fn begin() -> Self {
        let (spec, tasks, folded) = Default::default();
        let mut story = Self { spec, tasks, folded, seconds: 0 };
        let (title, plan) = (Name::new("Saved filters").unwrap(), Box::new(examples::plan()));
        story.tell(Command::Import { title, layout: Layout::Kiro, gates: GateMode::Auto, plan });
        let tickets = (1..).zip(examples::tasks().tickets).map(|(number, ticket)| Numbered {
            ticket: ticket_id(&ticket.id),
            local: ticket.id,
            number: TicketNumber::new(number).unwrap(),
        });
        let tasks = (1..).zip(examples::tasks().tasks).map(|(number, task)| NumberedTask {
            task: task_id(&task.id),
            local: task.id,
            number: TaskNumber::new(number).unwrap(),
        });
        story.tell(Command::Materialize { tickets: tickets.collect(), tasks: tasks.collect() });
        for (number, ticket) in (1..).zip(examples::tasks().tickets) {
            story.of_ticket(
                &ticket.id,
                TicketEvent::Created {
                    number: TicketNumber::new(number).unwrap(),
                    title: Name::new(&ticket.title).unwrap(),
                    description: None,
                    priority: Priority::Medium,
                    phase: Phase::Implementation,
                    spec: Some(SpecId(SPEC_ID)),
                },
            );
        }
        for (number, task) in (1..).zip(examples::tasks().tasks) {
            let requirements = task.requirements_addressed.iter().map(|name| Line::new(name).unwrap());
            let from = FromSpec {
                id: SpecId(SPEC_ID),
                local: Line::new(&task.id).unwrap(),
                requirements: Bounded::new(requirements.collect()).unwrap(),
            };
            story.of_task(&task.id, planned(number, &task.title, &task.parent_ticket, Some(from)));
        }
        story
    }

    fn append(&mut self, id: Uuid, kind: &str, fact: Fact) {
        self.seconds += 1;
        self.folded.at = Timestamp::from_micros(self.seconds * 1_000_000);
        self.folded.append(id, kind, fact);
    }

    fn tell(&mut self, command: Command) {
        for event in self.spec.decide(command).expect("a legal command") {
            self.spec.evolve(&event);
            self.append(SPEC_ID, "spec", Fact::Spec(event));
        }
    }

    fn of_ticket(&mut self, local: &str, event: TicketEvent) {
        self.append(ticket_id(local).0, "ticket", Fact::Ticket(event));
    }

    fn of_task(&mut self, local: &str, event: TaskEvent) {
        self.tasks.entry(task_id(local)).or_default().evolve(&event);
        self.append(task_id(local).0, "task", Fact::Task(event));
    }

    /// A run takes a task up, costs something, and ends.
    fn run(&mut self, number: u128, local: &str, micros: i64, outcome: Ended) {
        let run::Event::Started(mut started) = runs::started(0) else { unreachable!() };
        started.task = task_id(local);
        let id = run_id(number);
        self.append(id, "run", Fact::Run(run::Event::Started(started)));
        self.of_task(local, TaskEvent::Started { epoch: 1, by: Worker::Run { run: RunId(id) } });
        self.append(id, "trajectory", Fact::Trajectory(runs::paid(number, micros)));
        self.append(id, "run", Fact::Run(runs::ended(outcome)));
    }

    fn evidence(&mut self, local: &str, kind: EvidenceKind) {
        let (cmd, commit) =
            (CommandLine::new("cargo test").unwrap(), CommitId::new(&"b".repeat(40)).unwrap());
        self.of_task(
            local,
            TaskEvent::EvidenceSubmitted {
                iteration: 1,
                kind,
                commands: Bounded::new(vec![CommandResult { cmd, exit: 0 }]).unwrap(),
                commit: Some(commit),
            },
        );
        self.of_task(local, TaskEvent::Completed { kind });
    }

    /// As `spec_report` puts it together, from rows as they are stored and read back.
    fn report(&self) -> SpecReportAnswer {
        let rows = self.folded.answer().rows;
        let row = |kind: &str, id: &str| {
            let row = rows.iter().find(|row| row.kind == kind && row.id == id)?;
            let stored = serde_json::to_string(&row.row).unwrap();
            Some(serde_json::from_str::<ReportRow>(&stored).unwrap())
        };
        let Some(ReportRow::Spec(spec)) = row(SPEC, &SPEC_ID.to_string()) else { panic!("it has a row") };
        let requirements = self.spec.details().unwrap().plan().requirements.requirements;
        let cost = Usd::from_micros(70);
        let mut known = Known::of(*spec, Planned { project: None, cost, requirements });
        for id in known.ticket_ids() {
            if let Some(ReportRow::Ticket(state)) = row(TICKET, &id) {
                known.tickets.insert(id.parse().unwrap(), *state);
            }
        }
        known.details = self.tasks.iter().map(|(id, task)| (*id, task.details().unwrap().clone())).collect();
        for id in known.task_ids() {
            if let Some(ReportRow::Task(of)) = row(TASK, &id) {
                known.tasks.insert(id.parse().unwrap(), *of);
            }
        }
        for id in known.run_ids() {
            if let Some(ReportRow::Run(of)) = row(RUN, &id) {
                known.runs.insert(id.parse().unwrap(), *of);
            }
        }
        if let Some(ReportRow::Merge(of)) = row(MERGE, &Of::Spec(SpecId(SPEC_ID)).merge().to_string()) {
            known.of_merge = *of;
        }
        known.answer(SpecId(SPEC_ID), self.folded.position, None).expect("it exists")
    }

    /// Every ticket is done; what is completed of the example stands for what it addresses.
    fn complete(&mut self, proven: &[&str]) {
        let tasks = examples::tasks();
        let proofs = tasks.tasks.into_iter().filter(|task| proven.contains(&&*task.id)).map(|task| Proof {
            task: task_id(&task.id),
            requirements: task.requirements_addressed,
            evidence: Evidence::Verified,
        });
        let (done, proofs) = (tasks.tickets.iter().map(|one| ticket_id(&one.id)).collect(), proofs.collect());
        self.tell(Command::Complete { done, revision: 0, proofs });
    }
}

#[test]
fn every_requirement_says_on_what_it_rests() {
    let mut story = Story::begin();
    story.evidence("TSK-001", EvidenceKind::Imported);
    story.evidence("TSK-002", EvidenceKind::Verified);
    story.of_task("TSK-003", TaskEvent::Cancelled { reason: None });
    let report = story.report();
    let save = &report.requirements[0];
    assert_eq!((save.id.as_str(), save.evidence), (SAVE, Some(Evidence::Verified)), "the best counts");
    let proofs: Vec<_> = save.proofs.iter().map(|it| (it.number.to_string(), it.evidence, it.by)).collect();
    assert_eq!(
        proofs,
        [("TSK-001".to_owned(), Evidence::Imported, None), ("TSK-002".to_owned(), Evidence::Verified, None),]
    );
    assert_eq!((save.proofs[1].commands[0].cmd.as_str(), save.proofs[1].commands[0].exit), ("cargo test", 0));
    assert!(save.proofs[1].commit.is_some() && !save.text.is_empty());
    let open = &report.requirements[1];
    assert_eq!((open.id.as_str(), open.evidence, open.open.len()), (OPEN, None, 1));
    assert_eq!(report.unproven, [OPEN]);
    assert_eq!(report.tasks[2].status, "cancelled");
}

#[test]
fn what_is_accepted_without_evidence_is_told_and_no_evidence() {
    let mut story = Story::begin();
    story.evidence("TSK-002", EvidenceKind::Attested);
    story.complete(&["TSK-002"]);
    assert_eq!(story.report().stage.name(), "executing");
    let (requirements, reason) = (BTreeSet::from([OPEN.to_owned()]), Text::new("Shown by hand.").unwrap());
    story.tell(Command::AcceptUnproven { requirements, reason, by: ADA });
    story.complete(&["TSK-002"]);
    let report = story.report();
    assert_eq!((report.stage.name(), report.unproven.len()), ("completed", 0));
    assert_eq!((report.requirements[1].evidence, report.accepted.len()), (None, 1));
    assert_eq!(report.requirements[1].accepted.as_ref().map(|it| it.by), Some(ADA));
    let did: Vec<_> = report.people.iter().map(|deed| (deed.did, deed.of.as_deref())).collect();
    let expected = [(Did::Submitted, None), (Did::Attested, Some("TSK-002")), (Did::Accepted, Some(OPEN))];
    assert_eq!(did, expected);
    assert!(report.times.completed_at > report.times.started_at && report.times.started_at.is_some());

    // Of another plan nothing was accepted, and it is open again.
    let mut plan = examples::plan();
    plan.requirements.requirements[1].text.push_str(" It opens at once.");
    let base = story.spec.details().unwrap().plan_hash();
    story.tell(Command::Revise { plan: Box::new(plan), base, by: ADA });
    let report = story.report();
    assert_eq!((report.accepted.len(), report.times.completed_at), (0, None));
    assert_eq!(report.unproven, [OPEN]);
}

#[test]
fn runs_are_counted_for_their_tasks_and_their_agents() {
    let mut story = Story::begin();
    story.run(1, "TSK-002", 300, Ended::Failed);
    story.run(2, "TSK-002", 500, Ended::Succeeded);
    story.evidence("TSK-002", EvidenceKind::Verified);
    let conflict = trajectory::Event::UsageRecorded {
        call: Uuid::from_u128(9),
        of: Subject::Merge { merge: Of::Spec(SpecId(SPEC_ID)).merge() },
        tokens: Tokens::default(),
        cost: Usd::from_micros(11),
    };
    let merge_id = Of::Spec(SpecId(SPEC_ID)).merge().0;
    story.append(merge_id, "trajectory", Fact::Trajectory(conflict));
    // A run of something else is no run of this spec.
    story.append(run_id(3), "run", Fact::Run(runs::started(0xbad)));
    story.append(run_id(3), "trajectory", Fact::Trajectory(runs::paid(3, 1_000_000)));

    let report = story.report();
    let cost = [report.cost.planning, report.cost.runs, report.cost.merge, report.cost.total];
    assert_eq!(cost.map(Usd::micros), [70, 800, 11, 881]);
    let task = &report.tasks[1];
    assert_eq!((task.runs, task.cost.micros(), task.runs_ms), (2, 800, 6_000), "each took 3 seconds");
    assert_eq!((task.agents.len(), task.drivers[0].as_str()), (1, "command"));
    let [agent] = &report.agents[..] else { panic!("{:?}", report.agents) };
    assert_eq!((agent.agent.as_str(), agent.runs, agent.succeeded), ("builder", 2, 1));
    assert_eq!(report.times.runs_ms, 6_000);
    assert_eq!(report.people.len(), 1, "what a run found out is nobody's word");
}

#[test]
fn the_merge_says_who_let_it_through() {
    let mut story = Story::begin();
    let (head, merge_id) = (CommitId::new(&"c".repeat(40)).unwrap(), Of::Spec(SpecId(SPEC_ID)).merge().0);
    story.append(merge_id, "merge", Fact::Merge(merge::Event::Approved { head, by: ADA }));
    let report = story.report();
    let last = report.people.last().expect("somebody did something");
    assert_eq!((last.by, last.did), (ADA, Did::ApprovedMerge));
    assert_eq!(report.merge, None, "the queue has not told of it");
}

#[test]
fn tickets_and_tasks_that_were_added_by_hand_are_told() {
    let mut story = Story::begin();
    let (added, number) = (task_id("by hand"), TaskNumber::new(9).unwrap());
    let attached = TicketEvent::TaskAttached { task: added, number, phase: Phase::Implementation };
    story.of_ticket("TKT-001", attached);
    story.of_task("by hand", planned(9, "Mind the gap", "TKT-001", None));
    let (from, to) = (Phase::Implementation, Phase::Done);
    story.of_ticket("TKT-002", TicketEvent::PhaseEntered { from, to, forced: false, by: None });
    story.of_ticket("TKT-002", TicketEvent::Completed);
    let report = story.report();
    let tickets: Vec<_> = report.tickets.iter().map(|one| (&*one.local, one.status)).collect();
    assert_eq!(tickets, [("TKT-001", "implementation"), ("TKT-002", "done")]);
    let last = report.tasks.last().unwrap();
    assert_eq!((last.title.as_str(), &last.local, last.withdrawn), ("Mind the gap", &None, false));
    assert!(report.tasks.iter().take(3).all(|task| task.local.is_some()));
}
