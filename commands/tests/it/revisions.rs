//! A plan is revised again and again while people work on it: its work follows each time, once, and agrees with itself.

use std::collections::{BTreeMap, BTreeSet};

use commands::{CommandError, Dispatcher, Receipt};
use futures::future::join_all;
use kernel::{ActorId, Uuid};
use plan::phases::{PlannedTask, PlannedTicket, Requirement, TaskDependencies};
use plan::{Layout, Plan};
use planning::spec::{Command, Details, GateMode, Spec};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use vocabulary::{Bounded, CommandLine, Name, Priority, SpecId, TaskId, TicketId};
use work::task::{self, CommandResult, Evidence, EvidenceKind, Status, Task};
use work::ticket::{self, Ticket};
use work::work_graph::WorkGraph;

use crate::board::Place;
use crate::projects::{node, wish};
use crate::support::TestDb;

/// Tickets by their number, and the tasks by theirs with what each waits for: `(1, &[(1, &[]), (2, &[1])])`.
type Tickets<'t> = &'t [(u32, &'t [(u32, &'t [u32])])];

fn plan(tickets: Tickets<'_>) -> Plan {
    let requirement: Requirement = serde_json::from_value(serde_json::json!({
        "id": "REQ-IT-FUNC-001", "title": "Keep it", "text": "THE system SHALL keep it.",
    }))
    .unwrap();
    let mut plan = Plan { title: "It".to_owned(), ..Plan::default() };
    plan.requirements.requirements.push(requirement);
    for (number, tasks) in tickets {
        let id = format!("TKT-{number:03}");
        plan.tasks.tickets.push(PlannedTicket {
            id: id.clone(),
            title: format!("Ticket {number}"),
            tasks: tasks.iter().map(|(task, _)| local(*task)).collect(),
            ..PlannedTicket::default()
        });
        plan.tasks.tasks.extend(tasks.iter().map(|(task, before)| PlannedTask {
            id: local(*task),
            title: format!("Task {task}"),
            parent_ticket: id.clone(),
            requirements_addressed: vec!["REQ-IT-FUNC-001".to_owned()],
            dependencies: TaskDependencies {
                depends_on: before.iter().copied().map(local).collect(),
                blocks: Vec::new(),
            },
            ..PlannedTask::default()
        }));
    }
    plan
}

fn local(task: u32) -> String {
    format!("TSK-{task:03}")
}

struct Story {
    db: TestDb,
    nodes: [Dispatcher; 2],
    place: Place,
    spec: SpecId,
}

impl Story {
    async fn of(tickets: Tickets<'_>) -> Self {
        let db = TestDb::new().await;
        let nodes = [node(db.store()), node(db.store())];
        let place = Place::make(&nodes[0]).await;
        let title = Name::new("It").unwrap();
        let import = Command::Import {
            title,
            layout: Layout::Document,
            gates: GateMode::Auto,
            plan: Box::new(plan(tickets)),
        };
        let spec = nodes[0].create_spec(&wish(place.org), place.project, import).await.unwrap().0;
        let story = Self { db, nodes, place, spec };
        story.follow(0).await;
        story
    }

    /// As the log has it.
    async fn load<D: commands::Handled>(&self, id: Uuid) -> D {
        let nobody = kernel::CommandId(Uuid::nil());
        let loaded = self.nodes[0].store().load::<D>(self.place.org, &id.to_string(), nobody).await.unwrap();
        loaded.aggregate.state
    }

    async fn details(&self) -> Details {
        self.load::<Spec>(self.spec.0).await.details().unwrap().clone()
    }

    async fn revise(&self, plan: Plan) {
        let base = self.details().await.plan_hash();
        let command = Command::Revise { plan: Box::new(plan), base, by: ActorId(Uuid::nil()) };
        self.nodes[0].on_spec(&wish(self.place.org), self.spec, command, None).await.unwrap();
    }

    async fn follow(&self, node: usize) -> Receipt {
        loop {
            match self.nodes[node].materialize_spec(&wish(self.place.org), self.spec).await {
                Err(CommandError::Conflict { .. }) => {}
                answer => return answer.unwrap(),
            }
        }
    }

    async fn changed_to(&self, tickets: Tickets<'_>) {
        self.revise(plan(tickets)).await;
        self.follow(1).await;
        self.agrees("").await;
    }

    /// The stream of a task of the plan.
    async fn id(&self, task: u32) -> Uuid {
        self.details().await.work.unwrap().tasks[&local(task)].id
    }

    async fn task(&self, id: Uuid) -> task::Details {
        self.load::<Task>(id).await.details().unwrap().clone()
    }

    async fn ticket(&self, number: u32) -> Ticket {
        let id = self.details().await.work.unwrap().tickets[&format!("TKT-{number:03}")].id;
        self.load::<Ticket>(id).await
    }

    async fn tell(&self, node: usize, id: Uuid, command: task::Command) -> Result<Receipt, CommandError> {
        self.nodes[node].execute::<Task>(&wish(self.place.org), id, command).await
    }

    /// As far as its state allows it.
    async fn start(&self, id: Uuid) {
        let satisfied = self.task(id).await.plan.prerequisites;
        drop(self.tell(0, id, task::Command::BecomeReady { satisfied }).await);
        drop(self.tell(0, id, task::Command::StartByPerson { actor: ActorId(Uuid::nil()) }).await);
    }

    async fn complete(&self, id: Uuid) {
        self.start(id).await;
        let command = CommandResult { cmd: CommandLine::new("true").unwrap(), exit: 0 };
        let evidence = Evidence {
            kind: EvidenceKind::Attested,
            commands: Bounded::new(vec![command]).unwrap(),
            commit: None,
            epoch: None,
            await_validation: false,
        };
        drop(self.tell(0, id, task::Command::SubmitEvidence(evidence)).await);
    }

    /// Whatever happened: spec, tasks, tickets and graph tell one story.
    async fn agrees(&self, when: &str) {
        let details = self.details().await;
        let (work, plan) = (details.work.clone().unwrap(), details.plan().tasks);
        assert!(details.is_up_to_date(), "{when}");
        let planned: BTreeSet<&String> = plan.tasks.iter().map(|task| &task.id).collect();
        assert_eq!(work.tasks.keys().collect::<BTreeSet<_>>(), planned, "{when}");
        let graph = self.load::<WorkGraph>(self.place.project.0).await;
        let mut edges: BTreeMap<Uuid, BTreeSet<Uuid>> = BTreeMap::new();
        let mut numbers = BTreeSet::new();
        for one in work.tasks.values().chain(&work.withdrawn) {
            let known = self.task(one.id).await;
            assert!(numbers.insert(one.number.clone()), "{when}: two are called {}", one.number);
            assert_eq!(known.plan.number.to_string(), one.number, "{when}");
            let own: BTreeSet<Uuid> = known.plan.prerequisites.iter().map(|on| on.0).collect();
            assert_eq!(
                graph.prerequisites_of(one.id).collect::<BTreeSet<_>>(),
                own,
                "{when}: {}",
                one.number
            );
            let card = self.load::<Ticket>(known.plan.ticket.0).await.card().cloned().unwrap();
            assert!(card.tasks.contains_key(&TaskId(one.id)), "{when}: {} is not in its ticket", one.number);
            edges.insert(one.id, own);
        }
        for planned in &plan.tasks {
            let known = self.task(work.tasks[&planned.id].id).await;
            let over = matches!(known.status, Status::Completed { .. } | Status::Cancelled);
            if over || work.kept.contains(&planned.id) {
                continue;
            }
            assert_eq!(known.plan.title.as_str(), planned.title, "{when}");
            assert_eq!(
                known.plan.ticket.0, work.tickets[&planned.parent_ticket].id,
                "{when}: {}",
                planned.id
            );
            let waits: BTreeSet<Uuid> =
                planned.dependencies.depends_on.iter().map(|on| work.tasks[on].id).collect();
            assert!(edges[&work.tasks[&planned.id].id].is_superset(&waits), "{when}: {}", planned.id);
        }
        for gone in &work.withdrawn {
            let known = self.task(gone.id).await;
            assert!(known.status == Status::Cancelled || known.epoch > 0, "{when}: {}", gone.number);
        }
        assert!(can_be_sorted(edges), "{when}: a circle");
    }
}

fn can_be_sorted(mut edges: BTreeMap<Uuid, BTreeSet<Uuid>>) -> bool {
    loop {
        let free: Vec<_> = edges.iter().filter(|(_, waits)| waits.is_empty()).map(|(id, _)| *id).collect();
        if free.is_empty() {
            return edges.is_empty();
        }
        for id in free {
            edges.remove(&id);
            edges.values_mut().for_each(|waits| {
                waits.remove(&id);
            });
        }
    }
}

const TWO: Tickets<'_> = &[(1, &[(1, &[]), (2, &[1]), (3, &[1])]), (2, &[(4, &[2, 3]), (5, &[])])];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_on_two_nodes_make_one_difference() {
    let story = Story::of(TWO).await;
    let gone = [story.id(3).await, story.id(5).await];
    story.revise(plan(&[(1, &[(1, &[]), (2, &[1])]), (3, &[(4, &[2]), (6, &[4])])])).await;
    let before = story.db.count("events").await;
    join_all((0..100).map(|n| story.follow(n % 2))).await;
    story.agrees("after a hundred").await;
    for id in gone {
        assert_eq!(story.task(id).await.status, Status::Cancelled);
    }
    let after = story.db.count("events").await;
    story.follow(0).await;
    assert_eq!(story.db.count("events").await, after, "once more changes nothing");
    assert!(after > before);
    assert_eq!(story.details().await.work.unwrap().revision, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_loses_a_task_that_they_began_in_the_same_moment() {
    let story = Story::of(&[(1, &[(1, &[])])]).await;
    let (mut taken, mut given_up) = (0, 0);
    for round in 0..20_u32 {
        let known = story.details().await.plan().tasks.tasks;
        let last: u32 = known.last().unwrap().id["TSK-".len()..].parse().unwrap();
        let id = story.id(last).await;
        story.revise(plan(&[(1, &[(last + 1, &[])])])).await;
        let start = async {
            if round % 2 == 1 {
                tokio::task::yield_now().await;
            }
            story.tell(0, id, task::Command::StartByPerson { actor: ActorId(Uuid::nil()) }).await
        };
        let (started, _) = futures::join!(start, story.follow(1));
        let known = story.task(id).await;
        match started {
            Ok(_) => assert!(matches!(known.status, Status::Running { .. }), "{known:?}"),
            Err(CommandError::Rejected { .. }) => assert_eq!(known.status, Status::Cancelled),
            // It lost to the other node again and again: nothing of it is in the log.
            Err(CommandError::Conflict { .. }) => assert_eq!(known.epoch, 0),
            Err(error) => panic!("{error}"),
        }
        taken += u32::from(known.epoch > 0);
        given_up += u32::from(known.status == Status::Cancelled);
        story.agrees(&format!("in round {round}")).await;
    }
    assert_eq!(taken + given_up, 20);
}

#[tokio::test]
async fn what_people_did_by_hand_stays_and_closes_no_circle() {
    let story = Story::of(TWO).await;
    let (first, second, last) = (story.id(1).await, story.id(2).await, story.id(5).await);
    story.tell(0, second, task::Command::Prioritise { priority: Priority::Critical }).await.unwrap();
    let (node, intent) = (&story.nodes[0], wish(story.place.org));
    node.add_task_dependency(&intent, TaskId(first), TaskId(last), None).await.unwrap();
    // The last one is to wait for the first now, which waits for it.
    story.changed_to(&[(1, &[(1, &[]), (2, &[1]), (3, &[1, 2])]), (2, &[(4, &[3]), (5, &[1])])]).await;
    let work = story.details().await.work.unwrap();
    assert_eq!(work.kept, BTreeSet::from([local(5)]));
    assert_eq!(story.task(second).await.plan.priority, Priority::Critical);
    assert_eq!(story.task(first).await.plan.prerequisites, [TaskId(last)].into());
    // Nothing is in the way any more: what stayed behind follows the next time.
    let intent = wish(story.place.org);
    node.remove_task_dependency(&intent, TaskId(first), TaskId(last), None).await.unwrap();
    story.changed_to(&[(1, &[(1, &[]), (2, &[1]), (3, &[1])]), (2, &[(4, &[3]), (5, &[1])])]).await;
    assert!(story.details().await.work.unwrap().kept.is_empty());
    assert_eq!(story.task(last).await.plan.prerequisites, [TaskId(first)].into());
}

#[tokio::test]
async fn what_comes_again_is_the_same_task_if_somebody_had_begun_it() {
    let story = Story::of(TWO).await;
    let (begun, waiting) = (story.id(1).await, story.id(5).await);
    story.start(begun).await;
    story.changed_to(&[(1, &[(2, &[]), (3, &[])]), (2, &[(4, &[2, 3])])]).await;
    assert_eq!(story.task(waiting).await.status, Status::Cancelled);
    assert!(matches!(story.task(begun).await.status, Status::Running { .. }));
    story.changed_to(TWO).await;
    assert_eq!(story.id(1).await, begun);
    assert_ne!(story.id(5).await, waiting);
    assert!(!story.details().await.work.unwrap().withdrawn.iter().any(|gone| gone.id == begun));
}

#[tokio::test]
async fn a_ticket_that_comes_again_is_the_same_if_something_in_it_was_begun() {
    let story = Story::of(TWO).await;
    let ticket = async |number: &str| story.details().await.work.unwrap().tickets[number].id;
    let (second, begun) = (ticket("TKT-002").await, story.id(5).await);
    story.start(begun).await;
    story.changed_to(&[TWO[0]]).await;
    assert!(matches!(story.load::<Ticket>(second).await, Ticket::Open(_)));
    story.changed_to(TWO).await;
    assert_eq!((ticket("TKT-002").await, story.id(5).await), (second, begun));
    let work = story.details().await.work.unwrap();
    assert_eq!(work.withdrawn_tickets, []);
    let card = story.ticket(2).await.card().cloned().unwrap();
    assert!([4, 5].iter().all(|task| card.tasks.contains_key(&TaskId(work.tasks[&local(*task)].id))));

    // Of a ticket in which nothing was begun nothing is left: it is another one.
    let first = ticket("TKT-001").await;
    story.changed_to(&[(2, &[(4, &[]), (5, &[])])]).await;
    story.changed_to(TWO).await;
    assert_ne!(ticket("TKT-001").await, first);
}

#[tokio::test]
async fn a_task_goes_to_another_ticket_until_somebody_takes_it() {
    let story = Story::of(TWO).await;
    let (waiting, begun) = (story.id(2).await, story.id(5).await);
    story.start(begun).await;
    story.changed_to(&[(1, &[(1, &[]), (3, &[1]), (5, &[])]), (2, &[(2, &[1]), (4, &[2, 3])])]).await;
    let second = story.ticket(2).await.card().cloned().unwrap();
    assert!(second.tasks.contains_key(&TaskId(waiting)) && second.tasks.contains_key(&TaskId(begun)));
    assert!(!story.ticket(1).await.card().unwrap().tasks.contains_key(&TaskId(waiting)));
    assert_eq!(story.details().await.work.unwrap().kept, BTreeSet::from([local(5)]));
    // What becomes of it is noted where it is now, also by a node that last saw it elsewhere.
    let outcome = ticket::TaskOutcome::Completed;
    let evidence = Some(ticket::EvidenceNote::Attested);
    let intent = wish(story.place.org);
    story.nodes[0].note_outcome(&intent, TaskId(waiting), outcome, evidence).await.unwrap();
    let noted = story.ticket(2).await.card().unwrap().tasks[&TaskId(waiting)].outcome;
    assert_eq!(noted, outcome);
}

#[tokio::test]
async fn a_ticket_that_somebody_gave_up_is_made_anew_for_new_work() {
    let story = Story::of(TWO).await;
    let TicketId(first) = TicketId(story.details().await.work.unwrap().tickets["TKT-002"].id);
    let cancel = ticket::Command::Cancel { reason: None };
    story.nodes[0].on_ticket(&wish(story.place.org), TicketId(first), cancel, None).await.unwrap();
    let with_new: Tickets<'_> =
        &[(1, &[(1, &[]), (2, &[1]), (3, &[1])]), (2, &[(4, &[2, 3]), (5, &[]), (6, &[5])])];
    story.revise(plan(with_new)).await;
    story.follow(1).await;
    let work = story.details().await.work.unwrap();
    assert_ne!(work.tickets["TKT-002"].id, first);
    let card = story.ticket(2).await.card().cloned().unwrap();
    assert_eq!(card.tasks.keys().copied().collect::<Vec<_>>(), [TaskId(work.tasks["TSK-006"].id)]);
}

/// Every task of twelve is in or out, in one of three tickets, after some with smaller numbers.
fn any_plan(random: &mut StdRng) -> Plan {
    let tasks: Vec<u32> = (1..=12).filter(|_| random.random_bool(0.7)).collect();
    let tasks = if tasks.is_empty() { vec![1] } else { tasks };
    let placed: Vec<(u32, u32, Vec<u32>)> = tasks
        .iter()
        .map(|task| {
            let before = tasks.iter().filter(|before| *before < task && random.random_bool(0.2)).copied();
            let before = before.collect();
            (random.random_range(1..=3), *task, before)
        })
        .collect();
    let mine = |ticket: u32| -> Vec<(u32, &[u32])> {
        let mine = placed.iter().filter(|(at, ..)| *at == ticket);
        mine.map(|(_, task, before)| (*task, before.as_slice())).collect()
    };
    let tickets: Vec<_> = (1..=3).map(|ticket| (ticket, mine(ticket))).collect();
    let tickets: Vec<_> = tickets
        .iter()
        .filter(|(_, tasks)| !tasks.is_empty())
        .map(|(n, tasks)| (*n, tasks.as_slice()))
        .collect();
    plan(&tickets)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_plan_becomes_and_whatever_people_do_the_work_agrees_with_itself() {
    for seed in 1..=4 {
        let mut random = StdRng::seed_from_u64(seed);
        let story = Story::of(TWO).await;
        for round in 0..6 {
            let when = format!("seed {seed}, round {round}");
            let tasks: Vec<_> = story.details().await.work.unwrap().tasks.into_values().collect();
            for one in &tasks {
                match random.random_range(0..8) {
                    0 => story.start(one.id).await,
                    1 => story.complete(one.id).await,
                    2 => drop(story.tell(0, one.id, task::Command::Cancel { reason: None }).await),
                    3 => {
                        let on = TaskId(tasks[random.random_range(0..tasks.len())].id);
                        let intent = wish(story.place.org);
                        drop(story.nodes[0].add_task_dependency(&intent, TaskId(one.id), on, None).await);
                    }
                    _ => {}
                }
            }
            story.revise(any_plan(&mut random)).await;
            join_all([story.follow(0), story.follow(1)]).await;
            story.agrees(&when).await;
        }
    }
}
