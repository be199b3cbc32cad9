//! Every type of event of a spec, by a second node's dispatcher: what a planner writes has no route.

use std::collections::BTreeSet;
use std::time::Duration;

use commands::{Actor, Dispatcher, Intent, Step};
use eventstore::{Lease, Leases};
use execution::trajectory::{self, Trajectory};
use kernel::{ActorId, CommandId, ProjectId, Timestamp, Usd, Uuid, derived_uuid};
use plan::testing::examples;
use plan::{ContentHash, Layout, Phase};
use planning::spec::{Command, Details, Gate, GateMode, Halt, Section, Spec, Stage};
use serde_json::{Map, Value, json};
use vocabulary::{Line, Name, SpecId, Text, TicketId};

/// Longer than any tour takes.
const LEASE: Duration = Duration::from_secs(600);

/// Makes every type of event of specs happen, in a project.
pub(crate) async fn specs_tour(dispatcher: &Dispatcher, actor: Actor, project: ProjectId) {
    let tour = Tour { dispatcher, actor, project };
    let (spec, lease) = tour.create_for_ourselves(submit()).await;
    tour.calls_are_made(spec).await;
    tour.an_attempt_after_the_other_fails(spec).await;
    tour.gates_are_answered(spec).await;
    tour.work_is_made_and_done(spec).await;
    tour.give_back(&lease).await;
    let imported = tour.create(import()).await;
    tour.tell(imported, Command::Cancel { reason: None }).await;
}

struct Tour<'a> {
    dispatcher: &'a Dispatcher,
    actor: Actor,
    project: ProjectId,
}

impl Tour<'_> {
    fn wish(&self) -> Intent {
        Intent::new(self.actor, b"tour")
    }

    async fn create(&self, command: Command) -> SpecId {
        let made = self.dispatcher.create_spec(&self.wish(), self.project, command).await;
        made.expect("the project is in use").0
    }

    /// Makes a spec that no planner takes up: this tour has its lease.
    async fn create_for_ourselves(&self, command: Command) -> (SpecId, Lease) {
        let wish = self.wish();
        let spec = SpecId(derived_uuid(&[b"spec", wish.command_id.0.as_bytes()]));
        let lease = self.leases().acquire(self.actor.org, &format!("planning/{spec}"), LEASE).await;
        let lease = lease.expect("the database").expect("nobody else has it");
        let made = self.dispatcher.create_spec(&wish, self.project, command).await;
        assert_eq!(made.expect("the project is in use").0, spec);
        (spec, lease)
    }

    fn leases(&self) -> Leases {
        Leases::new(self.dispatcher.store().pools(), "tour")
    }

    /// The planner finds nothing to do.
    async fn give_back(&self, lease: &Lease) {
        assert!(self.leases().release(lease).await.expect("the database"), "it was held all the time");
    }

    async fn calls_are_made(&self, spec: SpecId) {
        let trajectory = trajectory::of_attempt(spec, "explore", 1);
        for call in [Uuid::from_u128(1), Uuid::from_u128(2)] {
            let start = trajectory::Command::StartCall {
                call,
                of: trajectory::Subject::Planning {
                    spec,
                    phase: Name::new("explore").expect("a name"),
                    attempt: 1,
                },
                provider: name(),
                model: Line::new("a-model").expect("a line"),
                prompt: Line::new("explore.v1").expect("a line"),
                reserved: Usd::from_micros(1_000),
            };
            self.record(trajectory, start).await;
        }
        let finish = trajectory::Command::FinishCall {
            call: Uuid::from_u128(1),
            outcome: trajectory::Outcome::Answered,
            tries: 1,
            duration_ms: 1_000,
            tokens: trajectory::Tokens { input: 10, output: 10, ..Default::default() },
            cost: Usd::from_micros(100),
        };
        self.record(trajectory, finish).await;
        self.record(trajectory, trajectory::Command::GiveUpOpenCalls).await;
    }

    async fn record(&self, id: Uuid, command: trajectory::Command) {
        let step = Step::on::<Trajectory>(id, command).in_project(self.project);
        self.dispatcher.carry_out(&self.wish(), vec![step]).await.expect("it is legal");
    }

    async fn tell(&self, spec: SpecId, command: Command) {
        self.dispatcher.on_spec(&self.wish(), spec, command, None).await.expect("it is legal");
    }

    async fn details(&self, spec: SpecId) -> Details {
        // From the log: others may have changed it a moment ago.
        let (store, nobody) = (self.dispatcher.store(), CommandId(Uuid::nil()));
        let known = store.load::<Spec>(self.actor.org, &spec.to_string(), nobody).await.expect("the log");
        known.aggregate.state.details().expect("it exists").clone()
    }

    async fn begin(&self, spec: SpecId) -> (Phase, u32) {
        let Stage::Planning { phase, attempt, .. } = self.details(spec).await.stage else {
            panic!("a spec that is being planned")
        };
        self.tell(spec, Command::StartPhase { phase, attempt }).await;
        (phase, attempt)
    }

    /// Writes the phase that is next as its example has it.
    async fn write(&self, spec: SpecId) {
        let (phase, attempt) = self.begin(spec).await;
        let sections = Section::all_of(&fields(phase)).expect("an example is small");
        self.tell(spec, Command::WriteSections { phase, attempt, sections }).await;
        self.tell(spec, Command::SubmitOutput { phase, attempt, now: Timestamp::default() }).await;
    }

    async fn an_attempt_after_the_other_fails(&self, spec: SpecId) {
        for _ in 0..3 {
            let (phase, attempt) = self.begin(spec).await;
            let message = text("the model went silent");
            let give_up =
                Command::FailAttempt { phase, attempt, message, code: None, now: Timestamp::default() };
            self.tell(spec, give_up).await;
        }
        self.tell(spec, Command::Resume { budget: None }).await;
        self.write(spec).await;
    }

    async fn gates_are_answered(&self, spec: SpecId) {
        let by = self.actor.id;
        for asked in self.details(spec).await.questions {
            let answer = Command::Answer { question: asked.number, text: text("Only the owner."), by };
            self.tell(spec, answer).await;
        }
        self.write(spec).await;
        self.write(spec).await;
        let (gate, content_hash) = self.shown(spec).await;
        self.tell(spec, Command::Reject { gate, content_hash, reason: text("Say who."), by }).await;
        self.write(spec).await;
        let (gate, content_hash) = self.shown(spec).await;
        let mut content = fields(Phase::Requirements);
        content.insert("assumptions".to_owned(), json!(["Filters are private."]));
        self.tell(spec, Command::Edit { gate, content_hash, content, by }).await;
        self.approve(spec).await;
        self.tell(
            spec,
            Command::Halt { reason: Halt::BudgetExhausted { needs: Some(Usd::from_micros(268_410)) } },
        )
        .await;
        self.tell(spec, Command::Resume { budget: None }).await;
        self.write(spec).await;
        self.approve(spec).await;
    }

    async fn shown(&self, spec: SpecId) -> (Gate, ContentHash) {
        let Stage::AwaitingApproval { gate, content_hash } = self.details(spec).await.stage else {
            panic!("a spec at a gate")
        };
        (gate, content_hash)
    }

    async fn approve(&self, spec: SpecId) {
        let (gate, content_hash) = self.shown(spec).await;
        self.tell(spec, Command::Approve { gate, content_hash, by: self.actor.id }).await;
    }

    async fn the_plan_changes(&self, spec: SpecId) {
        let details = self.details(spec).await;
        let mut plan = details.plan();
        "One migration, and back again.".clone_into(&mut plan.tasks.tasks[0].description);
        let revise = Command::Revise { plan: Box::new(plan), base: details.plan_hash(), by: self.actor.id };
        self.tell(spec, revise).await;
        self.dispatcher.materialize_spec(&self.wish(), spec).await.expect("the work follows");
    }

    async fn work_is_made_and_done(&self, spec: SpecId) {
        self.write(spec).await;
        // The process may have been quicker.
        self.dispatcher.materialize_spec(&self.wish(), spec).await.expect("the plan is accepted");
        let work = self.details(spec).await.work.expect("it was made");
        self.tell(spec, Command::StartExecution).await;
        self.the_plan_changes(spec).await;
        // Nobody has done any of its tasks: a person accepts that.
        let done: BTreeSet<_> = work.tickets.values().map(|ticket| TicketId(ticket.id)).collect();
        let complete = Command::Complete { done, revision: 1, proofs: Vec::new() };
        self.tell(spec, complete.clone()).await;
        let requirements = self.details(spec).await.unproven;
        let (reason, by) = (text("It was shown by hand."), self.actor.id);
        self.tell(spec, Command::AcceptUnproven { requirements, reason, by }).await;
        self.tell(spec, complete).await;
        assert_eq!(self.details(spec).await.stage, Stage::Completed);
    }
}

fn submit() -> Command {
    let (title, idea) = (name(), text("Save filters."));
    Command::Submit { title, idea, gates: GateMode::Review, budget: None }
}

fn import() -> Command {
    let plan = Box::new(examples::plan());
    Command::Import { title: name(), layout: Layout::Kiro, gates: GateMode::Review, plan }
}

fn fields(phase: Phase) -> Map<String, Value> {
    examples::json(phase).as_object().expect("an output is an object").clone()
}

fn name() -> Name {
    Name::new("Saved filters").expect("a name")
}

fn text(text: &str) -> Text {
    Text::new(text).expect("a text")
}

/// Acts as a process does.
pub(crate) fn planner(org: kernel::OrgId) -> Actor {
    Actor::process(org, ActorId(Uuid::nil()))
}
