//! An idea is planned by a model that answers from a script: whatever the model does, and whoever dies.

mod calls;
mod people;
mod stops;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use adapters::git::{GitCli, GitOptions, Reach};
use adapters::llm::{HttpOptions, LlmSettings, Retries, Router};
use eventstore::{Leases, Store};
use kernel::{EventId, ProjectId, Usd, Uuid};
use plan::{Phase, testing::examples};
use planning::spec::{self, Details, Gate, GateMode, Spec, Stage};
use ports::llm::Deadlines;
use serde_json::json;
use simulators::llm::{Fault, Llm as Server, Pace, Rule};
use tokio_util::sync::CancellationToken;
use vocabulary::{Name, SpecId, Text};
use workers::Planner;
use workers::planning::PlannerError;

use crate::site::Site;
use crate::support::{TestDb, org};

/// The phases that a model writes.
const WRITTEN: [Phase; 5] = [Phase::Explore, Phase::Prd, Phase::Requirements, Phase::Design, Phase::Tasks];

/// A tenant with a project, a model and a planner.
struct Desk {
    #[expect(dead_code, reason = "the database is there as long as it is")]
    db: TestDb,
    store: Store,
    site: Site,
    project: ProjectId,
    server: Server,
    planner: Planner,
    cache: tempfile::TempDir,
}

impl Desk {
    /// A model that does as it should.
    async fn begin() -> Self {
        let desk = Self::without_answers().await;
        for phase in WRITTEN {
            desk.server.rule(answers(phase));
        }
        desk
    }

    /// A model that at first does this in each phase.
    async fn with_fault(fault: &Fault) -> Self {
        Self::with_fault_in(&WRITTEN, fault).await
    }

    async fn with_fault_in(phases: &[Phase], fault: &Fault) -> Self {
        let desk = Self::without_answers().await;
        for rule in phases.iter().flat_map(|phase| first(*phase, fault.clone())) {
            desk.server.rule(rule);
        }
        for phase in WRITTEN {
            desk.server.rule(answers(phase));
        }
        desk
    }

    async fn without_answers() -> Self {
        let db = TestDb::new().await;
        let store = db.store();
        let mut site = Site::new(store.clone(), org());
        let project = site.project("payments").await;
        let server = Server::start().await;
        let cache = tempfile::tempdir().unwrap();
        let planner = planner(&site, &server, cache.path(), "a");
        Self { db, store, site, project, server, planner, cache }
    }

    async fn submit(&self, gates: GateMode, budget: Option<Usd>) -> SpecId {
        let title = Name::new("Reminders").unwrap();
        let idea = Text::new("People forget what they have written down. Remind them.").unwrap();
        let command = spec::Command::Submit { title, idea, gates, budget };
        self.site.node.create_spec(&self.site.wish(), self.project, command).await.unwrap().0
    }

    /// Plans as far as it goes, through the pauses of failed attempts.
    async fn plan(&self, spec: SpecId) -> Details {
        loop {
            assert!(self.turn(&self.planner, spec).await.unwrap(), "somebody else is at it");
            let details = self.spec(spec).await;
            let Stage::Planning { due: Some(due), .. } = details.stage else { return details };
            let mut look = tokio::time::interval(Duration::from_millis(20));
            while self.store.now().await.unwrap() < due {
                look.tick().await;
            }
        }
    }

    async fn turn(&self, planner: &Planner, spec: SpecId) -> Result<bool, PlannerError> {
        let (cause, correlation) = (EventId(Uuid::now_v7()), Uuid::now_v7());
        planner.plan(self.site.org, spec, cause, correlation, &CancellationToken::new()).await
    }

    async fn spec(&self, spec: SpecId) -> Details {
        let command = self.site.wish().command_id;
        let loaded = self.store.load::<Spec>(self.site.org, &spec.to_string(), command).await.unwrap();
        loaded.aggregate.state.details().unwrap().clone()
    }

    async fn tell(&self, spec: SpecId, command: spec::Command) {
        self.site.node.on_spec(&self.site.wish(), spec, command, None).await.unwrap();
    }

    /// A person is content with what is shown.
    async fn approve(&self, spec: SpecId) {
        let Stage::AwaitingApproval { gate, content_hash } = self.spec(spec).await.stage else {
            panic!("nobody is asked: {:?}", self.spec(spec).await.stage)
        };
        let by = self.site.wish().actor.id;
        self.tell(spec, spec::Command::Approve { gate, content_hash, by }).await;
    }

    async fn times(&self, event_type: &str) -> i64 {
        sqlx::query_scalar("select count(*) from es.events where event_type = $1")
            .bind(event_type)
            .fetch_one(&self.store.pools().project)
            .await
            .unwrap()
    }

    /// The first of what a model writes is written down.
    async fn sections_come(&self) {
        let come = async {
            let mut look = tokio::time::interval(Duration::from_millis(5));
            while self.times("spec.phase_section_written").await == 0 {
                look.tick().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), come).await.expect("sections in time");
    }

    /// What all calls for the spec have taken out of its budget.
    async fn spent(&self, spec: SpecId) -> i64 {
        let used: Option<i64> = sqlx::query_scalar("select used from es.pools where pool = $1")
            .bind(format!("spec_budget/{spec}"))
            .fetch_optional(&self.store.pools().project)
            .await
            .unwrap();
        used.unwrap_or_default()
    }

    /// What usage and calls of unknown end add up to in the log.
    async fn billed(&self) -> i64 {
        let sum: Option<i64> = sqlx::query_scalar(
            "select sum((payload->>'cost')::bigint)::bigint from es.events \
             where event_type in ('trajectory.usage_recorded', 'trajectory.llm_call_ambiguous')",
        )
        .fetch_one(&self.store.pools().project)
        .await
        .unwrap();
        sum.unwrap_or_default()
    }

    /// Nobody waits for the leases of the dead.
    async fn bury(&self) {
        Leases::end_those_of_loops(self.store.pools()).await.unwrap();
    }
}

/// A planner that knows the server in both formats: `design` speaks the one of OpenAI, the others that of Anthropic.
fn planner(site: &Site, server: &Server, cache: &std::path::Path, owner: &str) -> Planner {
    let settings: LlmSettings = serde_json::from_value(json!({
        "providers": {
            "one": {"kind": "anthropic", "key_env": "KEY", "base_url": server.anthropic_url()},
            "other": {"kind": "openai", "key_env": "KEY", "base_url": server.openai_url()}
        },
        "models": {
            "m1": {"provider": "one", "price": {"input": 3_000_000, "output": 15_000_000}},
            "m2": {"provider": "other", "price": {"input": 2_000_000, "output": 8_000_000}}
        },
        "purposes": {"default": "m1", "design": "m2"}
    }))
    .unwrap();
    let retries = Retries {
        tries: 3,
        first: Duration::from_millis(1),
        longest: Duration::from_millis(4),
        ..Retries::default()
    };
    let options = HttpOptions { retries, ..HttpOptions::default() };
    let models = Router::new(&settings, options, &|_| Some("sk-of-a-test".to_owned())).unwrap();
    let git = GitCli::new(GitOptions::new(cache.to_owned(), Reach::ThisAccount));
    let patience = Duration::from_secs(2);
    let deadlines = Deadlines { first_byte: patience, idle: patience, whole: Duration::from_secs(10) };
    Planner::new(&site.node, owner, Arc::new(models), Arc::new(git)).with_deadlines(deadlines)
}

/// The answer to a phase, in small pieces.
fn answers(phase: Phase) -> Rule {
    Rule::new(phase.as_str())
        .when_system_contains(format!("Phase: {phase}."))
        .says_json(examples::json(phase))
        .at_pace(Pace { chunk_chars: 200, ..Pace::default() })
}

/// The same, and at first something else than an answer: nothing has been written by then.
fn first(phase: Phase, fault: Fault) -> [Rule; 2] {
    let at_first =
        answers(phase).when_not_contains("## Written already").when_not_contains("## What must be mended");
    [at_first.misbehaves_times(fault, 1), answers(phase)]
}

/// What a plan says, phase by phase.
fn contents(spec: &Details) -> BTreeMap<Phase, String> {
    spec.phases.iter().map(|(phase, progress)| (*phase, progress.content.hash().to_string())).collect()
}

/// What stands in the plan when nothing goes wrong.
async fn undisturbed() -> BTreeMap<Phase, String> {
    let desk = Desk::begin().await;
    let spec = desk.submit(GateMode::Auto, None).await;
    contents(&desk.plan(spec).await)
}
