//! A spec as its page and its line show it.

use std::collections::BTreeMap;

use kernel::{ActorId, Decider as _, Timestamp, Uuid, derived_uuid};
use plan::testing::examples;
use plan::{Layout, Phase, Plan};
use planning::spec::{Command, Gate, GateMode, Numbered, NumberedTask, RevisedWork, Section, Spec, Stage};
use vocabulary::{Name, SpecId, TaskId, TaskNumber, Text, TicketId, TicketNumber};

use super::*;
use crate::testing::Folded;

const SPEC_ID: Uuid = Uuid::from_u128(0x5e);

/// A spec that is told commands, and the read model that hears of it.
#[derive(Default)]
struct Story {
    spec: Spec,
    folded: Folded<SpecWorkspace>,
    tasks: BTreeMap<String, TaskStanding>,
}

impl Story {
    fn tell(&mut self, command: Command) {
        for event in self.spec.decide(command).expect("a legal command") {
            self.spec.evolve(&event);
            self.folded.append(SPEC_ID, Spec::TYPE, Fact::Spec(event));
        }
    }

    fn page(&self) -> SpecAnswer {
        let rows = self.folded.answer().rows;
        let row = rows.into_iter().find(|row| row.kind == SPEC).expect("it has a page");
        // As it is stored and read back.
        let stored = serde_json::to_string(&row.row).unwrap();
        match serde_json::from_str(&stored).unwrap() {
            SpecRow::Page(page) => {
                page.answer(SpecId(SPEC_ID), self.folded.position, None, &self.tasks).expect("it exists")
            }
            SpecRow::Line(_) => panic!("a page is no line"),
        }
    }

    fn line(&self) -> Box<Line> {
        let rows = self.folded.answer().rows;
        match rows.into_iter().find(|row| row.kind == LINE).expect("it has a line").row {
            SpecRow::Line(line) => line,
            SpecRow::Page(_) => panic!("a line is no page"),
        }
    }

    /// Whatever happens, the line says of the stage what the spec says.
    fn agrees(&self) {
        let named = self.spec.details().expect("it exists").stage.name();
        assert_eq!(self.line().state.details().expect("it exists").stage.name(), named);
    }

    fn write(&mut self, phase: Phase, attempt: u32) {
        let fields = examples::json(phase).as_object().unwrap().clone();
        let sections = Section::all_of(&fields).unwrap();
        self.tell(Command::StartPhase { phase, attempt });
        self.tell(Command::WriteSections { phase, attempt, sections });
        self.agrees();
        self.tell(Command::SubmitOutput { phase, attempt, now: Timestamp::default() });
        self.agrees();
    }
}

fn submitted(gates: GateMode) -> Story {
    let mut story = Story::default();
    let (title, idea) = (Name::new("Saved filters").unwrap(), Text::new("Save filters.").unwrap());
    story.tell(Command::Submit { title, idea, gates, budget: None });
    story
}

#[test]
fn every_phase_shows_its_attempts_and_the_line_keeps_up() {
    let mut story = submitted(GateMode::Auto);
    story.agrees();
    story.tell(Command::StartPhase { phase: Phase::Explore, attempt: 1 });
    let message = Text::new("the model went silent").unwrap();
    story.tell(Command::FailAttempt {
        phase: Phase::Explore,
        attempt: 1,
        message,
        code: None,
        now: Timestamp::default(),
    });
    story.agrees();
    for (phase, attempt) in [
        (Phase::Explore, 2),
        (Phase::Prd, 1),
        (Phase::Requirements, 1),
        (Phase::Design, 1),
        (Phase::Tasks, 1),
    ] {
        story.write(phase, attempt);
    }
    let page = story.page();
    assert!(page.phases.iter().all(|phase| phase.status == PhaseStatus::Passed), "{:?}", page.phases);
    let explore = &page.phases[0].attempts;
    assert_eq!((explore.len(), explore[0].error.as_deref()), (2, Some("the model went silent")));
    assert!(!explore[0].passed && explore[1].passed && explore[1].sections > 5);
    assert!(explore[1].verdict.as_ref().is_some_and(plan::Verdict::passes));
    assert_eq!(page.questions.len(), story.spec.details().unwrap().questions.len());
    assert!(page.explore.is_some() && page.prd.is_some());
}

#[test]
fn what_follows_from_the_plan_is_computed() {
    let mut story = Story::default();
    let title = Name::new("Saved filters").unwrap();
    let plan = Box::new(examples::plan());
    story.tell(Command::Import { title, layout: Layout::Kiro, gates: GateMode::Auto, plan });
    story.agrees();
    let page = story.page();
    let example = examples::plan();
    let shown: Vec<_> = page.content.requirements.iter().map(|shown| shown.requirement.clone()).collect();
    assert_eq!(shown, example.requirements.requirements);
    assert_eq!(page.content.coverage.len(), shown.len());
    let schedule = plan::compute::schedule(&example.tasks).unwrap();
    assert_eq!(page.content.critical_path, schedule.critical_path);
    assert_eq!(page.content.waves, schedule.waves);
    assert!(page.content.requirements[0].ears.is_some(), "{:?}", page.content.requirements[0]);
    assert!(page.approvals.iter().all(|approval| approval.status == ApprovalStatus::Automatic));
    let phases: Vec<_> = page.phases.iter().map(|phase| phase.phase).collect();
    assert_eq!(phases, [Phase::Requirements, Phase::Design, Phase::Tasks, Phase::Sync]);
}

#[test]
fn a_gate_shows_what_it_is_about_and_what_was_said() {
    let mut story = submitted(GateMode::Review);
    story.write(Phase::Explore, 1);
    let by = ActorId(Uuid::from_u128(0xada));
    let questions = story.page().questions.len();
    for question in (1..).take(questions) {
        story.tell(Command::Answer { question, text: Text::new("Only the owner.").unwrap(), by });
        story.agrees();
    }
    story.write(Phase::Prd, 1);
    story.write(Phase::Requirements, 1);
    let page = story.page();
    let Stage::AwaitingApproval { content_hash, .. } = page.stage else { panic!("{:?}", page.stage) };
    assert_eq!(page.approvals[0].status, ApprovalStatus::Requested);
    assert_eq!(page.approvals[0].content_hash, Some(content_hash));
    assert_eq!(page.approvals[1].status, ApprovalStatus::NotReached);
    assert_eq!(page.possible, ["approve", "reject", "edit", "cancel"]);

    let reason = Text::new("Say who may see them.").unwrap();
    story.tell(Command::Reject { gate: Gate::Requirements, content_hash, reason, by });
    story.agrees();
    assert_eq!(story.page().approvals[0].status, ApprovalStatus::NotReached);
    story.write(Phase::Requirements, 2);
    story.tell(Command::Approve { gate: Gate::Requirements, content_hash, by });
    story.agrees();
    assert_eq!(story.page().approvals[0].status, ApprovalStatus::Granted);
    story.tell(Command::Cancel { reason: None });
    story.agrees();
}

const ADA: ActorId = ActorId(Uuid::from_u128(0xada));

/// An imported plan with its work.
fn at_work() -> Story {
    let mut story = Story::default();
    let title = Name::new("Saved filters").unwrap();
    let plan = Box::new(examples::plan());
    story.tell(Command::Import { title, layout: Layout::Kiro, gates: GateMode::Auto, plan });
    let tickets = (1..).zip(examples::tasks().tickets).map(|(number, ticket)| Numbered {
        ticket: TicketId(derived_uuid(&[ticket.id.as_bytes()])),
        local: ticket.id,
        number: TicketNumber::new(number).unwrap(),
    });
    let tasks = (41..).zip(examples::tasks().tasks).map(|(number, task)| NumberedTask {
        task: TaskId(derived_uuid(&[task.id.as_bytes()])),
        local: task.id,
        number: TaskNumber::new(number).unwrap(),
    });
    story.tell(Command::Materialize { tickets: tickets.collect(), tasks: tasks.collect() });
    for task in examples::tasks().tasks {
        story.stands(&task.id, "ready");
    }
    story
}

impl Story {
    /// A task of the example is so now.
    fn stands(&mut self, local: &str, status: &'static str) {
        let id = derived_uuid(&[local.as_bytes()]).to_string();
        self.tasks.insert(id, TaskStanding { status, position: self.folded.position });
    }

    fn revise(&mut self, plan: Plan) {
        let base = self.spec.details().unwrap().plan_hash();
        self.tell(Command::Revise { plan: Box::new(plan), base, by: ADA });
    }

    fn follow(&mut self, withdrawn: &[&str], kept: &[&str]) {
        let owned = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect();
        self.tell(Command::ReviseWork(Box::new(RevisedWork {
            plan: self.spec.details().unwrap().tasks_hash(),
            tickets: vec![],
            tasks: vec![],
            changed: vec![],
            withdrawn: owned(withdrawn),
            kept: owned(kept),
        })));
    }

    fn drift(&self) -> Vec<(&'static str, Option<String>, Option<String>)> {
        self.page().drift.into_iter().map(|one| (one.code, one.requirement, one.task)).collect()
    }
}

/// The example, where the requirement of the last task says something else.
fn other_requirement() -> Plan {
    let mut plan = examples::plan();
    let requirement = plan.requirements.requirements.iter_mut().find(|it| it.id == "REQ-FILTERS-FUNC-002");
    requirement.expect("the example has it").text.push_str(" It opens at once.");
    plan
}

#[test]
fn a_requirement_that_changes_after_its_work_is_done_is_drift_until_somebody_takes_it_up() {
    let mut story = at_work();
    assert_eq!(story.drift(), []);
    story.stands("TSK-003", "completed");
    story.revise(other_requirement());
    story.follow(&[], &[]);
    let said =
        ("changed_after_completion", Some("REQ-FILTERS-FUNC-002".to_owned()), Some("TSK-043".to_owned()));
    assert_eq!(story.drift(), std::slice::from_ref(&said));
    // The same revision of a task that was done only then is none; neither is another task that is open.
    story.stands("TSK-003", "completed");
    assert_eq!(story.drift(), []);

    let mut story = at_work();
    story.stands("TSK-003", "completed");
    let mut plan = other_requirement();
    plan.tasks.tasks[1].requirements_addressed.push("REQ-FILTERS-FUNC-002.1".to_owned());
    story.revise(plan);
    assert_eq!(story.drift(), []);
    story.stands("TSK-002", "cancelled");
    assert!(story.drift().contains(&said), "{:?}", story.drift());
}

#[test]
fn what_was_given_up_or_failed_leaves_requirements_uncovered() {
    let mut story = at_work();
    story.stands("TSK-003", "failed");
    assert_eq!(story.drift(), [("uncovered", Some("REQ-FILTERS-FUNC-002".to_owned()), None)]);
    story.stands("TSK-003", "cancelled");
    let by_hand = ("cancelled_by_hand", None, Some("TSK-043".to_owned()));
    assert_eq!(story.drift(), [("uncovered", Some("REQ-FILTERS-FUNC-002".to_owned()), None), by_hand]);
}

#[test]
fn revisions_say_who_when_and_what_and_what_is_withdrawn_or_kept_shows() {
    let mut story = at_work();
    let before = story.page();
    assert_eq!((before.revisions.len(), before.possible.contains(&"revise")), (0, true));
    let mut plan = examples::plan();
    plan.tasks.tasks.remove(0);
    for task in &mut plan.tasks.tasks {
        task.dependencies.depends_on.retain(|on| on != "TSK-001");
        task.requirements_addressed = vec![
            "REQ-FILTERS-FUNC-001".to_owned(),
            "REQ-FILTERS-SEC-001".to_owned(),
            "REQ-FILTERS-FUNC-002".to_owned(),
        ];
    }
    plan.tasks.tickets[0].tasks.retain(|task| task != "TSK-001");
    story.stands("TSK-001", "running");
    story.revise(plan);
    assert_eq!(story.page().revisions[0].work, None, "not yet");
    story.agrees();
    story.follow(&["TSK-001"], &["TSK-002"]);
    story.agrees();
    let page = story.page();
    assert_ne!(page.plan_hash, before.plan_hash);
    let [revision] = &page.revisions[..] else { panic!("{:?}", page.revisions) };
    let work = revision.work.as_ref().expect("it followed");
    assert_eq!(
        (revision.by, &work.withdrawn, &work.kept),
        (ADA, &vec!["TSK-001".to_owned()], &vec!["TSK-002".to_owned()])
    );
    assert_eq!(
        story.drift(),
        [
            ("changed_too_late", None, Some("TSK-042".to_owned())),
            ("withdrawn_but_begun", None, Some("TSK-041".to_owned())),
        ]
    );
    story.stands("TSK-001", "cancelled");
    assert_eq!(story.drift().len(), 1);
}
