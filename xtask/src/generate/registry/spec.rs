use kernel::{ActorId, Decider as _, Timestamp, Usd, derived_uuid};
use plan::{ContentHash, Layout, Phase, testing::examples};
use planning::spec::{
    Command, Event, Evidence, Gate, GateMode, Halt, Numbered, NumberedTask, Proof, RevisedWork, Section,
    Spec, Stage,
};
use serde_json::{Map, Value};
use vocabulary::{Name, TaskId, TaskNumber, Text, TicketId, TicketNumber};

use super::super::event::{self, Lane, Registration};
use super::Published;

const NOW: Timestamp = Timestamp::from_micros(1_767_225_600_000_000);

pub(super) fn events() -> Published {
    let registered = |event_type, history: &Told, command| Registration {
        event_type,
        history: history.events.clone(),
        command,
        lane: Lane::Events,
    };
    let new = Told::default();
    let submitted = new.then(submit(GateMode::Review));
    let explored = submitted.through(Phase::Explore);
    let answered = explored.answered();
    let at_requirements = answered.through(Phase::Prd).through(Phase::Requirements);
    let accepted = new.then(submit(GateMode::Auto)).through_all();
    let materialized = accepted.then(materialize());
    let executing = materialized.then(Command::StartExecution);
    let started = submitted.then(start(Phase::Explore, 1));
    let twice = started.failed(1).failed(2);
    let revised = materialized.then(materialized.revise());

    event::of::<Spec>(vec![
        registered("spec.submitted", &new, submit(GateMode::Review)),
        registered("spec.imported", &new, import()),
        registered("spec.phase_started", &submitted, start(Phase::Explore, 1)),
        registered("spec.phase_section_written", &started, write(Phase::Explore, 1)),
        registered(
            "spec.phase_output_submitted",
            &started.then(write(Phase::Explore, 1)),
            hand_in(Phase::Explore, 1),
        ),
        registered(
            "spec.phase_evaluated",
            &started.then(write(Phase::Explore, 1)),
            hand_in(Phase::Explore, 1),
        ),
        registered("spec.phase_retry_scheduled", &started, give_up(1)),
        registered("spec.phase_passed", &started.then(write(Phase::Explore, 1)), hand_in(Phase::Explore, 1)),
        registered("spec.phase_failed", &twice.then(start(Phase::Explore, 3)), give_up(3)),
        registered(
            "spec.question_asked",
            &started.then(write(Phase::Explore, 1)),
            hand_in(Phase::Explore, 1),
        ),
        registered("spec.question_answered", &explored, answer(1)),
        registered(
            "spec.approval_requested",
            &answered
                .through(Phase::Prd)
                .then(start(Phase::Requirements, 1))
                .then(write(Phase::Requirements, 1)),
            hand_in(Phase::Requirements, 1),
        ),
        registered("spec.approval_granted", &at_requirements, at_requirements.approve()),
        registered("spec.approval_rejected", &at_requirements, at_requirements.reject()),
        registered("spec.content_edited", &at_requirements, at_requirements.edit()),
        registered(
            "spec.plan_accepted",
            &new.then(submit(GateMode::Auto))
                .through(Phase::Explore)
                .through(Phase::Prd)
                .through(Phase::Requirements)
                .through(Phase::Design)
                .then(start(Phase::Tasks, 1))
                .then(write(Phase::Tasks, 1)),
            hand_in(Phase::Tasks, 1),
        ),
        registered("spec.work_materialized", &accepted, materialize()),
        registered("spec.revised", &materialized, materialized.revise()),
        registered("spec.work_revised", &revised, revised.follow()),
        registered("spec.execution_started", &materialized, Command::StartExecution),
        registered("spec.completion_held", &executing, complete(&["TSK-001", "TSK-002"])),
        registered(
            "spec.unproven_accepted",
            &executing.then(complete(&["TSK-001", "TSK-002"])),
            Command::AcceptUnproven {
                requirements: ["REQ-FILTERS-FUNC-002".to_owned()].into(),
                reason: text("It was shown to the customer by hand."),
                by: ada(),
            },
        ),
        registered("spec.completed", &executing, complete(&["TSK-001", "TSK-002", "TSK-003"])),
        registered("spec.cancelled", &submitted, Command::Cancel { reason: Some(text("Bought instead.")) }),
        registered("spec.halted", &submitted, too_small()),
        registered(
            "spec.resumed",
            &submitted.then(too_small()),
            Command::Resume { budget: Some(Usd::from_micros(40_000_000)) },
        ),
    ])
}

/// A history that its own commands made.
#[derive(Clone, Default)]
struct Told {
    spec: Spec,
    events: Vec<Event>,
}

impl Told {
    fn then(&self, command: Command) -> Self {
        let mut told = self.clone();
        let events = told.spec.decide(command).expect("an example that is legal");
        events.iter().for_each(|event| told.spec.evolve(event));
        told.events.extend(events);
        told
    }

    /// Writes a phase as its example has it.
    fn through(&self, phase: Phase) -> Self {
        self.then(start(phase, 1)).then(write(phase, 1)).then(hand_in(phase, 1))
    }

    fn through_all(&self) -> Self {
        let written = [Phase::Explore, Phase::Prd, Phase::Requirements, Phase::Design, Phase::Tasks];
        written.into_iter().fold(self.clone(), |told, phase| told.through(phase))
    }

    fn answered(&self) -> Self {
        let questions = self.spec.details().expect("it exists").questions.len();
        (1..).take(questions).fold(self.clone(), |told, question| told.then(answer(question)))
    }

    fn failed(&self, attempt: u32) -> Self {
        self.then(start(Phase::Explore, attempt)).then(give_up(attempt))
    }

    fn shown(&self) -> ContentHash {
        match self.spec.details().expect("it exists").stage {
            Stage::AwaitingApproval { content_hash, .. } => content_hash,
            ref stage => panic!("an example that waits at a gate, not {stage:?}"),
        }
    }

    fn approve(&self) -> Command {
        Command::Approve { gate: Gate::Requirements, content_hash: self.shown(), by: ada() }
    }

    fn reject(&self) -> Command {
        let reason = text("Say what happens to filters of people who have left.");
        Command::Reject { gate: Gate::Requirements, content_hash: self.shown(), reason, by: ada() }
    }

    /// The last task is gone, another one is there, and the first says something else.
    fn revise(&self) -> Command {
        let mut plan = examples::plan();
        let gone = plan.tasks.tasks.pop().expect("the example has tasks");
        let ticket = plan.tasks.tickets.last_mut().expect("the example has tickets");
        ticket.tasks = vec!["TSK-009".to_owned()];
        let title = "Answer with filters in pages".to_owned();
        plan.tasks.tasks.push(plan::phases::PlannedTask { id: "TSK-009".to_owned(), title, ..gone });
        "One migration, and back again.".clone_into(&mut plan.tasks.tasks[0].description);
        let base = self.spec.details().expect("it exists").plan_hash();
        Command::Revise { plan: Box::new(plan), base, by: ada() }
    }

    fn follow(&self) -> Command {
        let new = NumberedTask {
            local: "TSK-009".to_owned(),
            task: TaskId(derived_uuid(&[b"TSK-009"])),
            number: TaskNumber::new(9).expect("not 0"),
        };
        Command::ReviseWork(Box::new(RevisedWork {
            plan: self.spec.details().expect("it exists").tasks_hash(),
            tickets: Vec::new(),
            tasks: vec![new],
            changed: vec!["TSK-001".to_owned()],
            withdrawn: vec!["TSK-003".to_owned()],
            kept: vec!["TSK-002".to_owned()],
        }))
    }

    fn edit(&self) -> Command {
        let mut content = fields(Phase::Requirements);
        content.insert("assumptions".to_owned(), Value::from(vec!["Filters are private."]));
        Command::Edit { gate: Gate::Requirements, content_hash: self.shown(), content, by: ada() }
    }
}

fn submit(gates: GateMode) -> Command {
    Command::Submit {
        title: Name::new("Saved filters").expect("a literal that is a name"),
        idea: text("Let people save the filters of a list and use them again."),
        gates,
        budget: Some(Usd::from_micros(20_000_000)),
    }
}

fn import() -> Command {
    Command::Import {
        title: Name::new("Saved filters").expect("a literal that is a name"),
        layout: Layout::Kiro,
        gates: GateMode::Auto,
        plan: Box::new(examples::plan()),
    }
}

fn start(phase: Phase, attempt: u32) -> Command {
    Command::StartPhase { phase, attempt }
}

fn write(phase: Phase, attempt: u32) -> Command {
    let sections = Section::all_of(&fields(phase)).expect("an example that is small");
    Command::WriteSections { phase, attempt, sections }
}

fn hand_in(phase: Phase, attempt: u32) -> Command {
    Command::SubmitOutput { phase, attempt, now: NOW }
}

fn give_up(attempt: u32) -> Command {
    let message = text("The model answered nothing for a minute.");
    Command::FailAttempt { phase: Phase::Explore, attempt, message, code: None, now: NOW }
}

fn answer(question: u32) -> Command {
    Command::Answer { question, text: text("Only the owner."), by: ada() }
}

fn materialize() -> Command {
    Command::Materialize { tickets: tickets().collect(), tasks: tasks().collect() }
}

fn tickets() -> impl Iterator<Item = Numbered> {
    (1..).zip(examples::tasks().tickets).map(|(number, ticket)| Numbered {
        ticket: TicketId(derived_uuid(&[ticket.id.as_bytes()])),
        local: ticket.id,
        number: TicketNumber::new(number).expect("not 0"),
    })
}

fn tasks() -> impl Iterator<Item = NumberedTask> {
    (1..).zip(examples::tasks().tasks).map(|(number, task)| NumberedTask {
        task: TaskId(derived_uuid(&[task.id.as_bytes()])),
        local: task.id,
        number: TaskNumber::new(number).expect("not 0"),
    })
}

/// Every ticket is done, and of the tasks these are completed.
fn complete(completed: &[&str]) -> Command {
    let completed = examples::tasks().tasks.into_iter().filter(|task| completed.contains(&&*task.id));
    let proofs = completed.map(|task| Proof {
        task: TaskId(derived_uuid(&[task.id.as_bytes()])),
        requirements: task.requirements_addressed,
        evidence: Evidence::Verified,
    });
    let done = tickets().map(|one| one.ticket).collect();
    Command::Complete { done, revision: 0, proofs: proofs.collect() }
}

fn fields(phase: Phase) -> Map<String, Value> {
    match examples::json(phase) {
        Value::Object(fields) => fields,
        other => panic!("an output is an object, not {other}"),
    }
}

fn ada() -> ActorId {
    ActorId(derived_uuid(&[b"ada"]))
}

fn text(text: &str) -> Text {
    Text::new(text).expect("a literal that is a text")
}

fn too_small() -> Command {
    Command::Halt { reason: Halt::BudgetExhausted { needs: Some(Usd::from_micros(268_410)) } }
}
