//! Projects with tickets, made by commands as the API makes them.

use commands::{Actor, Dispatcher, Intent, Move, NewTask, NewTicket};
use eventstore::{AppendItem, NewEvent, Store, StreamWrite};
use kernel::{ActorId, Decider as _, EventId, EventKind as _, OrgId, ProjectId, Uuid};
use vocabulary::{CommandLine, Name, Phase, Priority, Reason, Slug, TaskId, TicketId};
use work::project::{self, Project};
use work::task::{
    self, CommandResult, CommandResults, Evidence, EvidenceKind, Failure, FailureClass, RetryPolicy, Task,
    Work,
};
use work::ticket::{self, Rank, Ticket};

use crate::support::context;

/// A tenant and its write side.
pub(crate) struct Site {
    pub(crate) node: Dispatcher,
    pub(crate) org: OrgId,
    /// Where the log ends.
    pub(crate) head: i64,
}

impl Site {
    pub(crate) fn new(store: Store, org: OrgId) -> Self {
        Self { node: Dispatcher::new(store, 100), org, head: 0 }
    }

    pub(crate) fn wish(&self) -> Intent {
        Intent::new(Actor::process(self.org, ActorId(Uuid::nil())), b"request")
    }

    pub(crate) async fn project(&mut self, slug: &str) -> ProjectId {
        let id = Uuid::now_v7();
        let slug = Slug::new(slug).unwrap();
        let create = project::Command::Create { name: name(slug.as_str()), slug, description: None };
        let receipt = self.node.begin::<Project>(&self.wish(), id, create).await.unwrap();
        self.head = receipt.last_position.unwrap();
        ProjectId(id)
    }

    pub(crate) async fn ticket(&mut self, project: ProjectId, title: &str) -> TicketId {
        let (title, priority) = (name(title), Priority::High);
        let new = NewTicket { title, description: None, priority, phase: Phase::Design };
        let (id, receipt) = self.node.create_ticket(&self.wish(), project, new).await.unwrap();
        self.head = receipt.last_position.unwrap();
        id
    }

    pub(crate) async fn task(&mut self, ticket: TicketId, depends_on: &[TaskId]) -> TaskId {
        self.plan(ticket, "A task", depends_on).await
    }

    /// A task that waits for nothing.
    pub(crate) async fn task_named(&mut self, ticket: TicketId, title: &str) -> TaskId {
        self.plan(ticket, title, &[]).await
    }

    async fn plan(&mut self, ticket: TicketId, title: &str, depends_on: &[TaskId]) -> TaskId {
        let new = NewTask {
            title: name(title),
            description: None,
            phase: None,
            priority: None,
            estimate: None,
            files: Default::default(),
            work: Work::default(),
            depends_on: depends_on.to_vec(),
        };
        let (id, receipt) = self.node.plan_task(&self.wish(), ticket, new).await.unwrap();
        self.head = receipt.last_position.unwrap();
        id
    }

    /// Somebody does the task and shows it.
    pub(crate) async fn complete(&mut self, task: TaskId) {
        let cmd = CommandLine::new("make test").unwrap();
        let evidence = Evidence {
            kind: EvidenceKind::Attested,
            commands: CommandResults::new(vec![CommandResult { cmd, exit: 0 }]).unwrap(),
            commit: None,
            epoch: None,
            await_validation: false,
        };
        let start = task::Command::StartByPerson { actor: ActorId(Uuid::nil()) };
        for command in [start, task::Command::SubmitEvidence(evidence)] {
            let receipt = self.node.execute::<Task>(&self.wish(), task.0, command).await.unwrap();
            self.head = receipt.last_position.unwrap();
        }
    }

    /// Somebody starts the task and gives up, for now.
    pub(crate) async fn fail(&mut self, task: TaskId) {
        let failure = Failure {
            reason: Reason::new("no network").unwrap(),
            class: FailureClass::Transient,
            epoch: None,
            now: self.node.store().now().await.unwrap(),
            jitter: 0,
            retry: RetryPolicy::default(),
            commit: None,
        };
        let start = task::Command::StartByPerson { actor: ActorId(Uuid::nil()) };
        for command in [start, task::Command::Fail(failure)] {
            let receipt = self.node.execute::<Task>(&self.wish(), task.0, command).await.unwrap();
            self.head = receipt.last_position.unwrap();
        }
    }

    /// Tickets with a task, moved on, then blocked; the first, the fourth and so on cancelled.
    pub(crate) async fn busy_tickets(&mut self, project: ProjectId, count: usize) {
        for n in 0..count {
            let id = self.ticket(project, &format!("Ticket {n}")).await;
            self.task(id, &[]).await;
            let to = Move { to: Phase::Testing, rank: None, forced: true, by: ActorId(Uuid::nil()) };
            self.node.move_ticket(&self.wish(), id, to, None).await.unwrap();
            let last = if n % 3 == 0 {
                ticket::Command::Cancel { reason: None }
            } else {
                ticket::Command::Block { reason: Reason::new("vendor").unwrap(), by: ActorId(Uuid::nil()) }
            };
            let receipt = self.node.on_ticket(&self.wish(), id, last, None).await.unwrap();
            self.head = receipt.last_position.unwrap();
        }
    }

    /// So many events of one ticket, appended at once: the log soon has several pages.
    pub(crate) async fn reorder_often(&mut self, project: ProjectId, ticket: TicketId, times: usize) {
        let event = |n: usize| {
            let event = ticket::Event::Reordered { rank: Rank::new(&format!("a{n}1")).unwrap() };
            NewEvent {
                event_id: EventId(Uuid::now_v7()),
                event_type: event.event_type().into(),
                schema_version: event.schema_version(),
                payload: serde_json::to_string(&event).unwrap(),
            }
        };
        let stream = StreamWrite {
            aggregate_type: Ticket::TYPE.into(),
            aggregate_id: ticket.to_string(),
            project: Some(project),
            expected: 1,
            events: (0..times).map(event).collect(),
        };
        let item = AppendItem {
            context: context(self.org),
            outcome: "accepted".into(),
            streams: vec![stream],
            guards: Vec::new(),
        };
        self.head = self.node.store().append(item).await.unwrap().last_position.unwrap();
    }
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}
