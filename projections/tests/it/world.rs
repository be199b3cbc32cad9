//! Projects with tasks as nobody would think of them, and what should be started in them.

use execution::run::{self, Limits, Outcome, Started};
use kernel::{OrgId, Timestamp, Uuid};
use projections::Fact;
use projections::ready_queue::Terms;
use proptest::collection::vec;
use proptest::prelude::*;
use vocabulary::{Bounded, Mode, Name, Phase, Priority, Reason, RepositoryPlace, RunId, Slug, TaskId, Text};
use work::project::{self, Changes, ConcurrentRuns, DefaultAgent};
use work::task::{self, Blocker, EvidenceKind, FailureClass, Plan, Work, Worker};
use work::work_graph;

use crate::tables::Told;
use crate::tickets::{TicketCase, commands, name, node, plan, ticket};

/// A project, and its tasks.
#[derive(Clone, Debug)]
pub(crate) struct ProjectCase {
    org: u128,
    autonomy: bool,
    archived: bool,
    linked: bool,
    verifies: bool,
    agent: Option<&'static str>,
    places: u16,
    running: u16,
    tasks: Vec<TaskCase>,
}

#[derive(Clone, Debug)]
struct TaskCase {
    priority: Priority,
    waited_ms: i64,
    attempt: u32,
    waiting_dependants: u8,
    given_up_dependants: u8,
    agent: Option<&'static str>,
    validates: bool,
    mode: Mode,
    /// The number of the run that may have the same lock.
    lock: Option<u16>,
    stands: Stands,
    ticket: TicketCase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stands {
    Planned,
    Ready,
    Blocked,
    Claimed,
    Completed,
    Failed,
}

/// The profiles that can be started.
pub(crate) const KNOWN: [&str; 2] = ["builder", "reviewer"];

fn agent() -> impl Strategy<Value = Option<&'static str>> {
    prop_oneof![3 => Just(Some("builder")), 1 => Just(Some("reviewer")), 1 => Just(Some("stranger")), 3 => Just(None)]
}

fn task() -> impl Strategy<Value = TaskCase> {
    let priority = prop::sample::select(Priority::ALL.to_vec());
    let waited_ms = prop_oneof![
        Just(-5_000_i64),
        Just(0),
        Just(3_600_000),
        Just(7_100_000),
        Just(7_300_000),
        0..20_000_000_i64
    ];
    let stands = prop_oneof![
        10 => Just(Stands::Ready),
        1 => Just(Stands::Planned),
        1 => Just(Stands::Blocked),
        1 => Just(Stands::Claimed),
        1 => Just(Stands::Completed),
        1 => Just(Stands::Failed)
    ];
    let mode = prop_oneof![3 => Just(Mode::Implementation), 1 => Just(Mode::Exploration), 1 => Just(Mode::Validation)];
    let dependants = (0..13_u8, 0..3_u8);
    let lock = prop::option::weighted(0.3, 0..4_u16);
    let mode = (mode, lock);
    (priority, waited_ms, 0..5_u32, dependants, agent(), any::<bool>(), mode, stands, ticket()).prop_map(
        |(priority, waited_ms, attempt, dependants, agent, validates, (mode, lock), stands, ticket)| {
            TaskCase {
                priority,
                waited_ms,
                attempt,
                waiting_dependants: dependants.0,
                given_up_dependants: dependants.1,
                agent,
                validates,
                mode,
                lock,
                stands,
                ticket,
            }
        },
    )
}

pub(crate) fn project() -> impl Strategy<Value = ProjectCase> {
    let usually = || prop::bool::weighted(0.93);
    let places = prop_oneof![1 => Just(1_u16), 1 => Just(3), 3 => Just(1_000)];
    (1..3_u128, usually(), usually(), usually(), any::<bool>(), agent(), places, 0..3_u16, vec(task(), 0..20))
        .prop_map(|(org, autonomy, in_use, linked, verifies, agent, places, running, tasks)| ProjectCase {
            org,
            autonomy,
            archived: !in_use,
            linked,
            verifies,
            agent,
            places,
            running,
            tasks,
        })
}

/// What is expected of one task.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Expected {
    pub(crate) org: OrgId,
    pub(crate) project: Uuid,
    pub(crate) task: TaskId,
    pub(crate) agent: &'static str,
    pub(crate) terms: Terms,
}

/// The tasks of a project that can be started, and how many places are free for them.
pub(crate) struct Startable {
    pub(crate) tasks: Vec<Expected>,
    pub(crate) free: usize,
}

impl ProjectCase {
    /// One place, and two tasks that are ready: one that matters most, under this ticket, and one that matters least.
    pub(crate) fn with_two_tasks(ticket: &TicketCase) -> Self {
        let task = |priority, ticket: TicketCase| TaskCase {
            priority,
            waited_ms: 0,
            attempt: 0,
            waiting_dependants: 0,
            given_up_dependants: 0,
            agent: None,
            validates: false,
            mode: Mode::Implementation,
            lock: None,
            stands: Stands::Ready,
            ticket,
        };
        let tasks = vec![task(Priority::Critical, ticket.clone()), task(Priority::Low, TicketCase::free())];
        let (org, autonomy, archived, linked, verifies) = (1, true, false, true, true);
        let agent = Some("builder");
        Self { org, autonomy, archived, linked, verifies, agent, places: 1, running: 0, tasks }
    }

    /// The project with this number: what happened, and what can be started; `now` is when it is asked.
    pub(crate) fn story(&self, number: u128, now: Timestamp) -> (Vec<Told>, Startable) {
        let (org, project) = (OrgId(Uuid::from_u128(self.org)), Uuid::from_u128(0xa000 + number));
        let mut story = Story { org, project, now, told: Vec::new() };
        story.project(self);
        for run in 0..self.running {
            story.run(Uuid::from_u128(0xb0_0000 + (number << 8) + u128::from(run)), run);
        }
        let mut tasks = Vec::new();
        for (n, task) in (0_u128..).zip(&self.tasks) {
            let id = Uuid::from_u128(0xc000_0000 + (number << 16) + (n << 8));
            let ready_at = story.task(id, task);
            let agent = task.agent.or(self.agent).filter(|agent| KNOWN.contains(agent));
            let verified = self.verifies || task.validates || task.mode == Mode::Exploration;
            // The third run has ended.
            let locked = task.lock.is_some_and(|lock| lock < self.running.min(2));
            let may_begin = verified && !locked && task.ticket.lets_go();
            if let (Some(agent), true, Stands::Ready) = (agent, may_begin, task.stands) {
                let dependants = u32::from(task.waiting_dependants);
                let terms = Terms { priority: task.priority, ready_at, dependants, attempt: task.attempt };
                tasks.push(Expected { org, project, task: TaskId(id), agent, terms });
            }
        }
        // The third run has ended.
        let free = usize::from(self.places).saturating_sub(usize::from(self.running.min(2)));
        let starts = self.autonomy && self.linked && !self.archived;
        (story.told, Startable { tasks, free: if starts { free } else { 0 } })
    }
}

fn lock(number: u16) -> Name {
    name(&format!("lock {number}"))
}

struct Story {
    org: OrgId,
    project: Uuid,
    now: Timestamp,
    told: Vec<Told>,
}

impl Story {
    fn tell(&mut self, kind: &'static str, id: Uuid, at: Timestamp, fact: Fact) {
        self.told.push(Told { org: self.org, project: self.project, kind, id, at, fact });
    }

    fn project(&mut self, case: &ProjectCase) {
        use project::Event;
        let slug = Slug::new("billing").unwrap();
        let agent =
            case.agent.map_or(DefaultAgent::None, |agent| DefaultAgent::Profile { name: name(agent) });
        let changes = Changes {
            max_concurrent_runs: Some(ConcurrentRuns::new(case.places).unwrap()),
            agent: Some(agent),
            verify: case.verifies.then(commands),
            hosts: None,
        };
        let place = RepositoryPlace::new("/srv/billing").unwrap();
        let mut events = vec![
            Event::Created { name: name("Billing"), slug, description: None },
            Event::SettingsChanged(changes),
            Event::AutonomyChanged { on: case.autonomy },
        ];
        events.extend(case.linked.then_some(Event::RepositoryLinked { place, branch: None }));
        events.extend(case.archived.then_some(Event::Archived));
        for event in events {
            self.tell("project", self.project, self.now, Fact::Project(event));
        }
    }

    fn run(&mut self, id: Uuid, number: u16) {
        let started = run::Event::Started(Box::new(Started {
            task: TaskId(Uuid::nil()),
            epoch: 1,
            agent: name("builder"),
            driver: name("command"),
            mode: Mode::Implementation,
            by: None,
            locks: Bounded::new(vec![lock(number)]).unwrap(),
            limits: Limits::default(),
        }));
        self.tell("run", id, self.now, Fact::Run(started));
        if number == 2 {
            let reason = Reason::new("all is well").unwrap();
            let ended = run::Event::Ended { outcome: Outcome::Succeeded, code: name("verified"), reason };
            self.tell("run", id, self.now, Fact::Run(ended));
        }
    }

    /// Tells of a task and of those that wait for it; when it became ready.
    fn task(&mut self, id: Uuid, case: &TaskCase) -> Timestamp {
        let at = Timestamp::from_micros(self.now.micros() - case.waited_ms * 1_000);
        let work = Work {
            mode: case.mode,
            agent: case.agent.map(name),
            run: None,
            validate: if case.validates { commands() } else { Bounded::default() },
            locks: Bounded::new(case.lock.map(lock).into_iter().collect()).unwrap(),
        };
        let ticket = Uuid::from_u128(id.as_u128() + 0x80);
        for (id, event) in case.ticket.events(ticket) {
            self.tell("ticket", id, at, Fact::Ticket(event));
        }
        for event in case.events(plan(ticket, case.ticket.task, work, case.priority)) {
            self.tell("task", id, at, Fact::Task(event));
        }
        for n in 0..case.waiting_dependants + case.given_up_dependants {
            let dependant = Uuid::from_u128(id.as_u128() + 1 + u128::from(n));
            let (from, to) = (node(id), node(dependant));
            self.tell(
                "work_graph",
                self.project,
                at,
                Fact::WorkGraph(work_graph::Event::EdgeAdded { from, to }),
            );
            let planned = plan(ticket, Phase::Backlog, Work::default(), Priority::Low);
            self.tell("task", dependant, at, Fact::Task(task::Event::Planned(Box::new(planned))));
            if n >= case.waiting_dependants {
                let cancelled = task::Event::Cancelled { reason: None };
                self.tell("task", dependant, at, Fact::Task(cancelled));
            }
        }
        at
    }
}

impl TaskCase {
    fn events(&self, plan: Plan) -> Vec<task::Event> {
        use task::Event;
        let ready = || Event::BecameReady { retried: false };
        let reason = || Reason::new("the network was away").unwrap();
        let mut events = vec![Event::Planned(Box::new(plan)), ready()];
        if self.attempt > 0 {
            let class = FailureClass::Transient;
            events.push(Event::AttemptFailed {
                attempt: self.attempt,
                reason: reason(),
                class,
                commit: None,
            });
            events.push(Event::RetryScheduled { attempt: self.attempt, at: Timestamp::default() });
            events.push(ready());
        }
        let by = Blocker::Person { actor: kernel::ActorId(Uuid::nil()) };
        events.extend(match self.stands {
            Stands::Ready => None,
            Stands::Planned => Some(Event::DependencyAdded { on: TaskId(Uuid::nil()) }),
            Stands::Blocked => {
                Some(Event::Blocked { by, reason: Text::new("the printer is broken").unwrap() })
            }
            Stands::Claimed => Some(Event::Claimed { epoch: 1, by: Worker::Run { run: RunId(Uuid::nil()) } }),
            Stands::Completed => Some(Event::Completed { kind: EvidenceKind::Verified }),
            Stands::Failed => Some(Event::Failed { reason: reason() }),
        });
        events
    }
}
