//! What processes ask for is carried out once, whoever dies or does it twice; a refusal is told to the process.

use std::sync::Arc;
use std::time::Duration;

use commands::processes::{Act, Heard, Reacting, RetryTimers, TaskDependencies, TicketProgress};
use eventstore::subscribe::{Consumer as _, Subscription, Tailer};
use eventstore::{Direction, Filter, Snapshot, Store};
use kernel::{Action, Memory, News, Process, Start, Uuid};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use vocabulary::{TaskId, TicketId};
use work::task::{Event, Task};
use work::ticket::{TaskOutcome, Ticket};
use workers::processes::{Performer, Reactor};

use crate::site::Site;
use crate::support::{TestDb, execute, org};

/// A tenant with a ticket, its processes driven by hand.
struct Story {
    db: TestDb,
    store: Store,
    site: Site,
    ticket: TicketId,
}

impl Story {
    async fn begin() -> Self {
        let db = TestDb::new().await;
        let store = db.store();
        let mut site = Site::new(store.clone(), org());
        let project = site.project("payments").await;
        let ticket = site.ticket(project, "Take cards").await;
        Self { db, store, site, ticket }
    }

    /// Lets the process hear the log to its end, and carries nothing out.
    async fn hear<P: Reacting>(&self) {
        let stop = CancellationToken::new();
        let (tailer, tailing) = Tailer::start(&self.store, stop.clone()).await.unwrap();
        let reactor = Reactor::<P>::start(&self.store, Arc::new(Notify::new())).await.unwrap();
        let subscription = Subscription::new(self.store.clone(), tailer, reactor, "a");
        let head = self.store.reader().head().await.unwrap();
        let heard = async {
            self.has_heard(P::NAME, head).await;
            stop.cancel();
        };
        let (turn, ()) = tokio::join!(subscription.turn(&stop), heard);
        turn.unwrap();
        tailing.await.unwrap();
    }

    /// One page of the log, in a transaction of its own, whatever the checkpoint says.
    async fn hear_a_page<P: Reacting>(&self) {
        let reactor = Reactor::<P>::start(&self.store, Arc::new(Notify::new())).await.unwrap();
        let page = self.store.reader().page(&Filter::default(), 0, 1_000, Direction::Forwards).await.unwrap();
        let wanted: Vec<_> = page.iter().filter(|event| reactor.wants(event)).collect();
        let mut transaction = self.store.pools().project.begin().await.unwrap();
        reactor.apply(&mut transaction, &wanted).await.unwrap();
        transaction.commit().await.unwrap();
    }

    async fn has_heard(&self, process: &str, head: i64) {
        let mut look = tokio::time::interval(Duration::from_millis(5));
        loop {
            look.tick().await;
            let at: Option<i64> =
                sqlx::query_scalar("select position from es.checkpoints where consumer = $1")
                    .bind(format!("process/{process}"))
                    .fetch_optional(&self.store.pools().project)
                    .await
                    .unwrap();
            if at == Some(head) {
                return;
            }
        }
    }

    fn performer<P: Reacting<Action = Act>>(&self) -> Performer<P> {
        Performer::new(self.store.clone(), self.site.node.clone(), Arc::new(Notify::new()))
    }

    async fn perform<P: Reacting<Action = Act>>(&self) {
        while self.performer::<P>().round().await.unwrap() {}
    }

    async fn asked(&self, process: &str) -> i64 {
        sqlx::query_scalar("select count(*) from processes.actions where process = $1")
            .bind(process)
            .fetch_one(&self.store.pools().project)
            .await
            .unwrap()
    }

    async fn status(&self, task: TaskId) -> &'static str {
        self.load::<Task>(task.0).await.status_name()
    }

    async fn load<D: Snapshot>(&self, id: Uuid) -> D {
        let command = self.site.wish().command_id;
        self.store.load::<D>(self.site.org, &id.to_string(), command).await.unwrap().aggregate.state
    }

    async fn times(&self, event_type: &str) -> i64 {
        sqlx::query_scalar("select count(*) from es.events where event_type = $1")
            .bind(event_type)
            .fetch_one(&self.store.pools().project)
            .await
            .unwrap()
    }
}

#[tokio::test]
async fn an_action_acts_once_though_two_nodes_carry_it_out_and_one_did_before_it_died() {
    let mut story = Story::begin().await;
    let first = story.site.task(story.ticket, &[]).await;
    let second = story.site.task(story.ticket, &[first]).await;
    story.site.complete(first).await;
    story.hear::<TaskDependencies>().await;
    assert_eq!((story.asked(TaskDependencies::NAME).await, story.status(second).await), (1, "planned"));

    // A node that died after the command and before it took the action off the list left this behind.
    let copy = "create table kept as select * from processes.actions";
    execute(&mut story.db.admin().await, copy).await;
    let (one, other) = (story.performer::<TaskDependencies>(), story.performer::<TaskDependencies>());
    let (one, other) = tokio::join!(one.round(), other.round());
    assert!(one.unwrap() || other.unwrap());
    assert_eq!((story.asked(TaskDependencies::NAME).await, story.status(second).await), (0, "ready"));
    let before = story.db.written().await;
    let again = "insert into processes.actions overriding system value select * from kept";
    execute(&mut story.db.admin().await, again).await;
    story.perform::<TaskDependencies>().await;
    assert_eq!(story.asked(TaskDependencies::NAME).await, 0);
    assert_eq!(story.db.written().await, before);
    // The first task, and the second.
    assert_eq!(story.times("task.became_ready").await, 2);
}

#[tokio::test]
async fn two_processes_that_hear_one_event_both_act() {
    let mut story = Story::begin().await;
    let first = story.site.task(story.ticket, &[]).await;
    let second = story.site.task(story.ticket, &[first]).await;
    story.site.complete(first).await;
    story.hear::<TicketProgress>().await;
    story.hear::<TaskDependencies>().await;
    story.perform::<TicketProgress>().await;
    story.perform::<TaskDependencies>().await;
    assert_eq!(story.status(second).await, "ready");
    let ticket = story.load::<Ticket>(story.ticket.0).await;
    assert_eq!(ticket.card().unwrap().tasks[&first].outcome, TaskOutcome::Completed);
}

#[tokio::test]
async fn a_process_that_hears_the_same_page_twice_asks_once() {
    let mut story = Story::begin().await;
    let first = story.site.task(story.ticket, &[]).await;
    story.site.task(story.ticket, &[first]).await;
    story.site.complete(first).await;
    story.hear_a_page::<TaskDependencies>().await;
    execute(&mut story.db.admin().await, "delete from processes.memory").await;
    story.hear_a_page::<TaskDependencies>().await;
    assert_eq!(story.asked(TaskDependencies::NAME).await, 1);
}

#[tokio::test]
async fn a_timer_waits_until_it_is_due() {
    let mut story = Story::begin().await;
    let task = story.site.task(story.ticket, &[]).await;
    story.site.fail(task).await;
    story.hear::<RetryTimers>().await;
    story.perform::<RetryTimers>().await;
    assert_eq!((story.asked(RetryTimers::NAME).await, story.status(task).await), (1, "awaiting_retry"));
    story.db.clock().await.advance(Duration::from_secs(2)).await.unwrap();
    story.perform::<RetryTimers>().await;
    assert_eq!((story.asked(RetryTimers::NAME).await, story.status(task).await), (0, "ready"));
}

/// Hears of new tasks, and asks for what each of them refuses.
#[derive(Debug)]
struct Hasty;

/// All that it knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Known {
    heard: u32,
    refusals: Vec<String>,
}

const ONLY: Uuid = Uuid::nil();

impl Process for Hasty {
    const NAME: &'static str = "hasty";
    const START: Start = Start::Activation;
    const HEARS: &'static [&'static str] = &["task"];
    type Event = Heard;
    type Action = Act;
    type Row = Known;

    fn recalls(_: &News<'_, Heard, Act>) -> Vec<Uuid> {
        vec![ONLY]
    }

    fn react(news: &News<'_, Heard, Act>, memory: &mut Memory<Known>) -> Vec<Action<Act>> {
        let event = match news {
            News::Happened(event) => event,
            News::Refused { action, code } => {
                assert!(matches!(action, Act::BecomeReady { .. }), "{action:?}");
                memory.of(ONLY).refusals.push((*code).to_owned());
                return Vec::new();
            }
        };
        let Heard::Task(Event::Planned(_)) = &event.event else { return Vec::new() };
        memory.of(ONLY).heard += 1;
        let task: TaskId = event.envelope.aggregate_id.parse().unwrap();
        let act = Act::BecomeReady { task, satisfied: [].into() };
        vec![Action::now("hurry", format!("task/{task}"), act)]
    }
}

#[tokio::test]
async fn a_process_added_later_knows_the_past_and_does_not_act_on_it() {
    let mut story = Story::begin().await;
    let first = story.site.task(story.ticket, &[]).await;
    story.site.task(story.ticket, &[first]).await;
    story.hear::<Hasty>().await;
    assert_eq!(story.asked(Hasty::NAME).await, 0);
    story.site.task(story.ticket, &[first]).await;
    story.hear::<Hasty>().await;
    assert_eq!(story.asked(Hasty::NAME).await, 1);
    story.perform::<Hasty>().await;
    let state: serde_json::Value =
        sqlx::query_scalar("select row::jsonb from processes.memory where process = 'hasty'")
            .fetch_one(&story.store.pools().project)
            .await
            .unwrap();
    assert_eq!(state, json!({ "heard": 3, "refusals": ["unsatisfied"] }), "the refusal was told");
    assert_eq!(story.asked(Hasty::NAME).await, 0, "and is over");
}
