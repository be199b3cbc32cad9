//! Given / when / then, by story. Here: a spec whose phases are written as their examples have them.

mod completion;
mod gates;
mod holds;
mod imports;
mod phases;
mod revisions;
mod sections;
mod stored;
mod table;
mod work;

use kernel::{ActorId, Decider as _, EventKind as _, Rejection as _, Timestamp, Usd, derived_uuid};
use plan::testing::examples;
use plan::{ContentHash, Layout, Phase};
use serde_json::{Map, Value, json};
use vocabulary::{Name, TaskId, TaskNumber, Text, TicketId, TicketNumber};

use super::*;

const NOW: Timestamp = Timestamp::from_micros(1_000_000);
const WRITTEN: [Phase; 5] = [Phase::Explore, Phase::Prd, Phase::Requirements, Phase::Design, Phase::Tasks];

/// A spec and everything that happened to it.
#[derive(Clone, Debug, Default)]
struct Story {
    spec: Spec,
    events: Vec<Event>,
}

impl Story {
    fn of(gates: GateMode) -> Self {
        Self::default().when(submit(gates))
    }

    /// What `command` causes, by the names of the events; `!code` when it is refused.
    fn outcome(&self, command: Command) -> String {
        match self.spec.decide(command) {
            Err(rejection) => format!("!{}", rejection.code()),
            Ok(events) if events.is_empty() => "-".to_owned(),
            Ok(events) => {
                let names: Vec<_> = events.iter().map(|event| &event.event_type()["spec.".len()..]).collect();
                names.join(" ")
            }
        }
    }

    fn when(&self, command: Command) -> Self {
        let mut story = self.clone();
        let events = story.spec.decide(command).expect("a legal command");
        events.iter().for_each(|event| story.spec.evolve(event));
        story.events.extend(events);
        story
    }

    fn refused(&self, command: Command) -> Rejection {
        self.spec.decide(command).expect_err("a command that is refused")
    }

    /// Writes the newest attempt at `phase` as its example has it, and hands it in.
    fn through(&self, phase: Phase) -> Self {
        let attempt = self.attempt();
        self.when(start(phase, attempt)).when(write(phase, attempt)).when(hand_in(phase, attempt))
    }

    fn attempt(&self) -> u32 {
        match self.details().stage {
            Stage::Planning { attempt, .. } => attempt,
            ref stage => panic!("a spec that is being planned, not {stage:?}"),
        }
    }

    /// Gives up attempts at `phase`.
    fn failing(&self, phase: Phase, times: u32) -> Self {
        (0..times).fold(self.clone(), |story, _| {
            let attempt = story.attempt();
            story.when(start(phase, attempt)).when(give_up(phase, attempt))
        })
    }

    fn answered(&self) -> Self {
        let open: Vec<u32> = self.details().questions.iter().map(|asked| asked.number).collect();
        open.into_iter().fold(self.clone(), |story, question| story.when(answer(question)))
    }

    fn details(&self) -> &Details {
        self.spec.details().expect("a spec that exists")
    }

    fn stage(&self) -> &'static str {
        self.details().stage.name()
    }

    fn shown(&self) -> ContentHash {
        match self.details().stage {
            Stage::AwaitingApproval { content_hash, .. } => content_hash,
            ref stage => panic!("a spec at a gate, not {stage:?}"),
        }
    }
}

/// Waits at the gate after the requirements.
fn at_requirements() -> Story {
    let explored = Story::of(GateMode::Review).through(Phase::Explore).answered();
    explored.through(Phase::Prd).through(Phase::Requirements)
}

fn accepted() -> Story {
    WRITTEN.into_iter().fold(Story::of(GateMode::Auto), |story, phase| story.through(phase))
}

fn submit(gates: GateMode) -> Command {
    Command::Submit { title: name("Saved filters"), idea: text("Save filters."), gates, budget: None }
}

fn import(gates: GateMode) -> Command {
    let plan = Box::new(examples::plan());
    Command::Import { title: name("Saved filters"), layout: Layout::Kiro, gates, plan }
}

fn start(phase: Phase, attempt: u32) -> Command {
    Command::StartPhase { phase, attempt }
}

fn write(phase: Phase, attempt: u32) -> Command {
    write_fields(phase, attempt, &fields(phase))
}

fn write_fields(phase: Phase, attempt: u32, fields: &Map<String, Value>) -> Command {
    Command::WriteSections { phase, attempt, sections: Section::all_of(fields).expect("small enough") }
}

fn hand_in(phase: Phase, attempt: u32) -> Command {
    Command::SubmitOutput { phase, attempt, now: NOW }
}

fn give_up(phase: Phase, attempt: u32) -> Command {
    Command::FailAttempt { phase, attempt, message: text("the model went silent"), code: None, now: NOW }
}

fn answer(question: u32) -> Command {
    Command::Answer { question, text: text("Only the owner."), by: ada() }
}

fn approve(gate: Gate, content_hash: ContentHash) -> Command {
    Command::Approve { gate, content_hash, by: ada() }
}

fn reject(gate: Gate, content_hash: ContentHash) -> Command {
    Command::Reject { gate, content_hash, reason: text("Say who may see them."), by: ada() }
}

fn edit(content_hash: ContentHash, content: Map<String, Value>) -> Command {
    Command::Edit { gate: Gate::Requirements, content_hash, content, by: ada() }
}

fn materialize() -> Command {
    let tickets = (1..).zip(examples::tasks().tickets).map(|(number, ticket)| Numbered {
        ticket: TicketId(derived_uuid(&[ticket.id.as_bytes()])),
        local: ticket.id,
        number: TicketNumber::new(number).unwrap(),
    });
    let tasks = (1..).zip(examples::tasks().tasks).map(|(number, task)| NumberedTask {
        task: TaskId(derived_uuid(&[task.id.as_bytes()])),
        local: task.id,
        number: TaskNumber::new(number).unwrap(),
    });
    Command::Materialize { tickets: tickets.collect(), tasks: tasks.collect() }
}

fn done() -> Command {
    let tickets = examples::tasks().tickets;
    Command::Complete {
        done: tickets.iter().map(|one| TicketId(derived_uuid(&[one.id.as_bytes()]))).collect(),
        revision: 0,
        proofs: examples::tasks().tasks.iter().map(|task| proof(&task.id)).collect(),
    }
}

/// A task of the example is completed, and verified.
fn proof(local: &str) -> Proof {
    let planned = examples::tasks().tasks.into_iter().find(|task| task.id == local);
    let requirements = planned.expect("the example has it").requirements_addressed;
    Proof { task: TaskId(derived_uuid(&[local.as_bytes()])), requirements, evidence: Evidence::Verified }
}

fn accept(requirements: &[&str]) -> Command {
    let requirements = requirements.iter().map(|id| (*id).to_owned()).collect();
    Command::AcceptUnproven { requirements, reason: text("It was shown by hand."), by: ada() }
}

fn revise(base: ContentHash, plan: &plan::Plan) -> Command {
    Command::Revise { plan: Box::new(plan.clone()), base, by: ada() }
}

/// The example without its last task, with another one in its place, and with something else said of the first.
fn revised_plan() -> plan::Plan {
    let mut plan = examples::plan();
    let gone = plan.tasks.tasks.pop().expect("the example has tasks");
    let ticket = plan.tasks.tickets.last_mut().expect("the example has tickets");
    ticket.tasks.retain(|id| *id != gone.id);
    ticket.tasks.push("TSK-009".to_owned());
    plan.tasks.tasks.push(plan::phases::PlannedTask {
        id: "TSK-009".to_owned(),
        title: "Answer with filters in pages".to_owned(),
        ..gone
    });
    "One migration, and back again.".clone_into(&mut plan.tasks.tasks[0].description);
    plan
}

/// The example of a phase.
fn fields(phase: Phase) -> Map<String, Value> {
    examples::json(phase).as_object().expect("an output is an object").clone()
}

/// The requirements of the example with something changed.
fn other_requirements(change: impl FnOnce(&mut Map<String, Value>)) -> Map<String, Value> {
    let mut fields = fields(Phase::Requirements);
    change(&mut fields);
    fields
}

fn ada() -> ActorId {
    ActorId(derived_uuid(&[b"ada"]))
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}
