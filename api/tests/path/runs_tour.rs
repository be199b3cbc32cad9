//! Every type of event of a run and of its trajectory, by a second node's dispatcher: what carries runs through, and what sees
//! what agents do, has no route.

use std::time::Duration;

use commands::{Actor, Dispatcher, Intent, Step};
use eventstore::{Lease, Leases};
use execution::agent::{self, Agent};
use execution::content::Content;
use execution::repository::{self, Pushed, Repository};
use execution::run::{
    Command, End, Evidence, Limits, Moment, Outcome, Place, Run, Started, SteerId, SteerState,
};
use execution::trajectory::{self, Event as Seen, FileChange, Subject, ToolKind, Trajectory};
use kernel::{ProjectId, Timestamp, Usd, Uuid};
use oversight::intervention::{self, Intervention, Kind};
use vocabulary::{
    Bounded, BranchName, CommitId, FilePattern, Line, Mode, Name, Reason, RepositoryPlace, RunId, Sealed,
    TaskId,
};
use work::task::{self, Failure, FailureClass, RetryPolicy, Task};

/// Longer than any tour takes.
const LEASE: Duration = Duration::from_secs(600);

/// Makes every type of event of runs happen, for a task that is ready.
pub(crate) async fn runs_tour(dispatcher: &Dispatcher, actor: Actor, project: ProjectId, task: TaskId) {
    let tour = Tour { dispatcher, actor, project, task, run: RunId(Uuid::now_v7()) };
    let lease = tour.hold().await;
    tour.begins().await;
    tour.is_seen().await;
    tour.is_spoken_to().await;
    tour.is_interrupted().await;
    tour.is_stepped_into().await;
    tour.is_trusted_or_not().await;
    tour.has_a_repository().await;
    tour.ends().await;
    tour.give_back(&lease).await;
}

struct Tour<'a> {
    dispatcher: &'a Dispatcher,
    actor: Actor,
    project: ProjectId,
    task: TaskId,
    run: RunId,
}

impl Tour<'_> {
    fn leases(&self) -> Leases {
        Leases::new(self.dispatcher.store().pools(), "tour")
    }

    /// Keeps whoever carries runs through from taking this one up.
    async fn hold(&self) -> Lease {
        let lease = self.leases().acquire(self.actor.org, &format!("run/{}", self.run), LEASE).await;
        lease.expect("the database").expect("nobody else has it")
    }

    async fn give_back(&self, lease: &Lease) {
        assert!(self.leases().release(lease).await.expect("the database"), "it was held all the time");
    }

    async fn carry_out(&self, steps: Vec<Step>) {
        let wish = Intent::new(self.actor, b"tour");
        self.dispatcher.carry_out(&wish, steps).await.expect("it is legal");
    }

    async fn tell(&self, command: Command) {
        self.carry_out(vec![Step::on::<Run>(self.run.0, command)]).await;
    }

    async fn record(&self, command: trajectory::Command) {
        self.carry_out(vec![Step::on::<Trajectory>(self.run.0, command).in_project(self.project)]).await;
    }

    async fn begins(&self) {
        let claim = task::Command::Claim { run: self.run, epoch: 1 };
        let start = Command::Start(Box::new(Started {
            task: self.task,
            epoch: 1,
            agent: name("builder"),
            driver: name("command"),
            mode: Mode::Implementation,
            by: None,
            locks: Bounded::default(),
            limits: Limits::default(),
        }));
        let start = Step::on::<Run>(self.run.0, start).beginning().in_project(self.project);
        self.carry_out(vec![Step::on::<Task>(self.task.0, claim), start]).await;
        self.tell(Command::RequestSandbox(Box::new(Place {
            provider: name("local"),
            node: Line::new("node-1").expect("a line"),
            branch: BranchName::new("omoi/TSK-001-a-task").expect("a branch"),
            base: commit("a"),
            at: commit("a"),
            on: Bounded::default(),
        })))
        .await;
        self.tell(Command::SandboxReady { level: name("full"), version: None }).await;
    }

    /// What an agent does, and what its calls to models cost.
    async fn is_seen(&self) {
        self.record(trajectory::Command::Report { seen: seen() }).await;
        let call = Uuid::from_u128(1);
        self.record(trajectory::Command::StartCall {
            call,
            of: Subject::Run { run: self.run },
            provider: name("anthropic"),
            model: Line::new("a-model").expect("a line"),
            prompt: Line::new("agent").expect("a line"),
            reserved: Usd::from_micros(1_000),
        })
        .await;
        self.record(trajectory::Command::FinishCall {
            call,
            outcome: trajectory::Outcome::Answered,
            tries: 1,
            duration_ms: 1_000,
            tokens: trajectory::Tokens { input: 10, output: 10, ..Default::default() },
            cost: Usd::from_micros(100),
        })
        .await;
    }

    async fn is_spoken_to(&self) {
        let written = || SteerState::Written { mechanism: name("hook") };
        let ways = [
            vec![written(), SteerState::Accepted, SteerState::Folded { turn: 1 }],
            vec![written(), SteerState::Deferred { turn: 2 }],
            vec![SteerState::Degraded { reason: reason("it takes no messages") }],
            vec![written(), SteerState::Ambiguous { reason: reason("nobody knows") }],
        ];
        for way in ways {
            let steer = SteerId(Uuid::now_v7());
            self.tell(Command::RequestSteer { steer, text: words(), by: self.actor.id }).await;
            for state in way {
                self.tell(Command::AdvanceSteer { steer, state }).await;
            }
        }
    }

    async fn is_interrupted(&self) {
        self.tell(Command::RequestInterrupt { by: self.actor.id }).await;
        self.tell(Command::SettleInterrupt { turn: 1, stop: name("cancelled") }).await;
    }

    /// Besides those that the process writes down, for it may be late.
    async fn is_stepped_into(&self) {
        use intervention::Command::{Deliver, Expire, FailDelivery, Request};
        let request = intervention::Request { run: self.run, kind: Kind::Message, by: self.actor.id };
        for end in [Deliver { turn: 1 }, FailDelivery { reason: reason("it takes no messages") }, Expire] {
            let id = Uuid::now_v7();
            for command in [Request(request), end] {
                self.carry_out(vec![Step::on::<Intervention>(id, command).in_project(self.project)]).await;
            }
        }
    }

    /// One that nobody else has, besides what the process writes down.
    async fn has_a_repository(&self) {
        use repository::Command::{Link, NoteFailure, NotePush, NoteRead, Unlink};
        self.tell(Command::NotePublished { commit: commit("b"), created: true }).await;
        let place = RepositoryPlace::new("/srv/tourist").expect("a place");
        let id = repository::of_place(self.project, &place);
        let branch = BranchName::new("omoi/TSK-001-a-task").expect("a branch");
        let pushed = Pushed { branch, run: self.run, commit: commit("b") };
        let push = NotePush { pushed, base: Some(commit("a")) };
        let fail = NoteFailure { reason: reason("it is gone") };
        for command in [Link { place, branch: None }, push, fail, NoteRead, Unlink] {
            self.carry_out(vec![Step::on::<Repository>(id, command).in_project(self.project)]).await;
        }
    }

    /// Its agent, by another name than any real one.
    async fn is_trusted_or_not(&self) {
        let profile = name("tourist");
        let id = agent::of_profile(self.actor.org, &profile);
        let ended = |driver: &str, fault: Option<&str>| agent::Command::NoteRun {
            run: self.run,
            identity: agent::Identity { profile: profile.clone(), driver: name(driver) },
            fault: fault.map(name),
        };
        for command in [
            ended("command", None),
            ended("acp", None),
            ended("acp", Some("agent_gone")),
            ended("acp", None),
            agent::Command::Quarantine { reason: reason("it deletes tests"), by: self.actor.id },
            agent::Command::Release { by: self.actor.id },
        ] {
            self.carry_out(vec![Step::on::<Agent>(id, command)]).await;
        }
    }

    async fn ends(&self) {
        self.tell(Command::TakeSnapshot { commit: commit("b"), at: Moment::TurnEnd }).await;
        self.tell(Command::GatherEvidence(Box::new(Evidence {
            commit: commit("b"),
            base: commit("a"),
            changed: Bounded::default(),
            files: 0,
            added: 0,
            removed: 0,
            restored: Bounded::default(),
            commands: Bounded::default(),
            report: None,
        })))
        .await;
        self.tell(Command::LoseSandbox { reason: reason("it was killed") }).await;
        self.tell(Command::RequestStop { reason: reason("enough"), by: None }).await;
        let end = End { outcome: Outcome::Failed, code: name("stopped"), reason: reason("enough") };
        let failure = Failure {
            reason: reason("its run was stopped"),
            class: FailureClass::Permanent,
            epoch: Some(1),
            now: Timestamp::default(),
            jitter: 0,
            retry: RetryPolicy::default(),
            commit: None,
        };
        let fail = Step::on::<Task>(self.task.0, task::Command::Fail(failure));
        self.carry_out(vec![Step::on::<Run>(self.run.0, Command::End(end)), fail]).await;
        self.tell(Command::ReleaseSandbox).await;
        self.tell(Command::RefuseLateInput { source: name("worker") }).await;
    }
}

fn seen() -> Vec<Seen> {
    let (at, turn) = (Timestamp::default(), 1);
    let (call, tool) = (line("1"), line("Edit"));
    let path = FilePattern::new("src/lib.rs").expect("a path");
    let (added, removed, diff) = (None, None, None);
    vec![
        Seen::TurnStarted { at, turn, prompt: words() },
        Seen::ThoughtEmitted { at, turn, text: words(), raw: None },
        Seen::MessageEmitted { at, turn, text: words(), raw: None },
        Seen::PlanUpdated { at, turn, plan: words() },
        Seen::ToolCalled {
            at,
            turn,
            call: call.clone(),
            tool: tool.clone(),
            kind: ToolKind::Edit,
            input: words(),
            raw: None,
        },
        Seen::ToolReturned { at, turn, call, ok: true, output: None, raw: None },
        Seen::FileChanged { at, turn, path, change: FileChange::Modified, added, removed, diff },
        Seen::CommandRan {
            at,
            turn,
            command: words(),
            exit: Some(0),
            duration_ms: 5,
            output: None,
            output_bytes: 0,
        },
        Seen::QuestionRaised { at, turn, text: words() },
        Seen::McpCallMade { at, server: name("omoi"), tool, ok: true },
        Seen::EgressAttempted {
            at,
            host: Line::new("registry.example.org:443").expect("a line"),
            method: name("CONNECT"),
            allowed: false,
            reason: Some(name("not_allowed")),
            sent: 0,
            received: 0,
        },
        Seen::EgressEnded {
            at,
            host: Line::new("registry.example.org:443").expect("a line"),
            reason: name("closed"),
            sent: 1_240,
            received: 88_213,
        },
        Seen::Noted { at, code: name("stderr"), text: words() },
        Seen::TurnEnded { at, turn, stop: name("end_turn") },
    ]
}

fn words() -> Content {
    Content::Event { sealed: Sealed::new("c2VhbGVkIHdvcmRz").expect("Base64") }
}

fn commit(digit: &str) -> CommitId {
    CommitId::new(&digit.repeat(40)).expect("forty digits")
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a name")
}

fn line(text: &str) -> Line<200> {
    Line::new(text).expect("a line")
}

fn reason(text: &str) -> Reason {
    Reason::new(text).expect("a reason")
}
