//! A spec as its page and its line show it.

use kernel::{ActorId, Decider as _, Timestamp, Uuid};
use plan::testing::examples;
use plan::{Layout, Phase};
use planning::spec::{Command, Gate, GateMode, Section, Spec, Stage};
use vocabulary::{Name, SpecId, Text};

use super::*;
use crate::testing::Folded;

const SPEC_ID: Uuid = Uuid::from_u128(0x5e);

/// A spec that is told commands, and the read model that hears of it.
#[derive(Default)]
struct Story {
    spec: Spec,
    folded: Folded<SpecWorkspace>,
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
                page.answer(SpecId(SPEC_ID), self.folded.position, None).expect("it exists")
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
