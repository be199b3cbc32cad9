//! Whoever adds dependencies at once, and on whichever node: no task ever waits for itself.

use std::collections::{BTreeMap, BTreeSet};

use commands::{CommandError, Dispatcher};
use futures::future::join_all;
use kernel::Uuid;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use vocabulary::{Phase, TaskId};
use work::task::Task;
use work::work_graph::WorkGraph;

use crate::board::Place;
use crate::projects::{node, wish};
use crate::support::TestDb;

const TASKS: usize = 30;
const ADDITIONS: usize = 200;
const SEED: u64 = 20_261_123;

/// Prerequisite and dependant, by number.
type Edge = (String, String);

struct Project {
    place: Place,
    tasks: Vec<TaskId>,
}

impl Project {
    async fn with_tasks(node: &Dispatcher) -> Self {
        let place = Place::make(node).await;
        let ticket = place.ticket(node, Phase::Backlog).await;
        let mut tasks: Vec<TaskId> = Vec::new();
        for n in 0..TASKS {
            // Some come with a dependency, which the graph knows from the plan.
            let before: Vec<_> = if n % 5 == 4 { vec![tasks[n - 1]] } else { Vec::new() };
            tasks.push(place.task(node, ticket, &before).await);
        }
        Self { place, tasks }
    }

    /// Asks until the nodes no longer lose against each other: then the answer is about the edge.
    async fn add(&self, node: &Dispatcher, task: TaskId, on: TaskId) -> Result<(), CommandError> {
        let intent = wish(self.place.org);
        loop {
            match node.add_task_dependency(&intent, task, on, None).await {
                Err(CommandError::Conflict { .. }) => {}
                answer => return answer.map(|_| ()),
            }
        }
    }

    /// What each task says itself that it waits for.
    async fn own_prerequisites(&self, node: &Dispatcher) -> BTreeMap<TaskId, BTreeSet<TaskId>> {
        let mut prerequisites = BTreeMap::new();
        for id in &self.tasks {
            let known = node.peek::<Task>(self.place.org, id.0).await.unwrap();
            prerequisites.insert(*id, known.state.details().unwrap().plan.prerequisites.clone());
        }
        prerequisites
    }

    /// What the graph says.
    async fn in_the_graph(&self, node: &Dispatcher) -> BTreeMap<TaskId, BTreeSet<TaskId>> {
        let graph = node.peek::<WorkGraph>(self.place.org, self.place.project.0).await.unwrap().state;
        let of = |id: &TaskId| graph.prerequisites_of(id.0).map(TaskId).collect();
        self.tasks.iter().map(|id| (*id, of(id))).collect()
    }

    /// The edges by the numbers that people see.
    fn named(&self, edges: &BTreeMap<TaskId, BTreeSet<TaskId>>) -> BTreeSet<Edge> {
        let number = |id: &TaskId| {
            let place = self.tasks.iter().position(|task| task == id).unwrap();
            format!("TSK-{:03}", place + 1)
        };
        let pairs = edges.iter().flat_map(|(to, froms)| froms.iter().map(move |from| (from, to)));
        pairs.map(|(from, to)| (number(from), number(to))).collect()
    }
}

/// Whether the tasks can be put into an order in which each comes after all that it waits for.
fn can_be_sorted(edges: &BTreeMap<TaskId, BTreeSet<TaskId>>) -> bool {
    let mut left = edges.clone();
    loop {
        let free: Vec<_> = left.iter().filter(|(_, waits)| waits.is_empty()).map(|(id, _)| *id).collect();
        if free.is_empty() {
            return left.is_empty();
        }
        for id in free {
            left.remove(&id);
            left.values_mut().for_each(|waits| waits.retain(|on| *on != id));
        }
    }
}

/// The cycle that a refusal names: it begins with the refused edge, and the rest is there.
fn assert_names_a_cycle(refusal: &CommandError, (from, to): (&str, &str), edges: &BTreeSet<Edge>) {
    let CommandError::Rejected { code, message, repeated: false } = refusal else { panic!("{refusal:?}") };
    assert_eq!(code, "cycle", "{message}");
    let (_, path) = message.split_once("circle: ").unwrap();
    let (path, _) = path.split_once(';').unwrap();
    let path: Vec<&str> = path.split(" -> ").collect();
    assert_eq!((path[0], path[1], path[path.len() - 1]), (from, to, from), "{message}");
    for pair in path[1..].windows(2).filter(|pair| pair.iter().all(|name| name.starts_with("TSK-"))) {
        assert!(edges.contains(&(pair[0].to_owned(), pair[1].to_owned())), "{pair:?} of {message}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_dependencies_added_at_once_close_no_cycle() {
    let db = TestDb::new().await;
    let nodes = [node(db.store()), node(db.store())];
    let project = Project::with_tasks(&nodes[0]).await;
    let mut random = StdRng::seed_from_u64(SEED);
    let wanted: Vec<(usize, usize)> = (0..ADDITIONS)
        .map(|_| {
            let task = random.random_range(0..TASKS);
            (task, (task + random.random_range(1..TASKS)) % TASKS)
        })
        .collect();
    let additions = wanted.iter().zip(nodes.iter().cycle());
    let additions =
        additions.map(|((task, on), node)| project.add(node, project.tasks[*task], project.tasks[*on]));
    let answers = join_all(additions).await;

    let fresh = node(db.store());
    let graph = project.in_the_graph(&fresh).await;
    assert!(can_be_sorted(&graph), "seed {SEED}: {graph:?}");
    assert_eq!(project.own_prerequisites(&fresh).await, graph, "the tasks and the graph say the same");

    let edges = project.named(&graph);
    let mut refused = 0;
    for ((task, on), answer) in wanted.iter().zip(&answers) {
        let (from, to) = (format!("TSK-{:03}", on + 1), format!("TSK-{:03}", task + 1));
        match answer {
            Ok(()) => assert!(edges.contains(&(from, to)), "an accepted dependency is there"),
            Err(refusal) => {
                assert_names_a_cycle(refusal, (&from, &to), &edges);
                assert!(!edges.contains(&(from, to)), "a refused dependency is not there");
                refused += 1;
            }
        }
    }
    assert!(refused > 0 && refused < ADDITIONS, "{refused} of {ADDITIONS} were refused: no test of both");
    every_edge_is_in_the_log_once(&db, edges.len()).await;
}

async fn every_edge_is_in_the_log_once(db: &TestDb, edges: usize) {
    let (of_tasks, of_graph): (i64, i64) = sqlx::query_as(
        "select count(*) filter (where event_type = 'task.dependency_added'), \
         count(*) filter (where event_type = 'work_graph.edge_added') from es.events",
    )
    .fetch_one(&mut db.admin().await)
    .await
    .unwrap();
    let planned = i64::try_from(TASKS / 5).unwrap();
    let added = i64::try_from(edges).unwrap() - planned;
    assert_eq!((of_tasks, of_graph), (added, added));
}

#[test]
fn the_check_finds_a_cycle() {
    let [a, b, c] = [1_u128, 2, 3].map(|n| TaskId(Uuid::from_u128(n)));
    let waits = |pairs: [(TaskId, &[TaskId]); 3]| {
        BTreeMap::from(pairs.map(|(id, on)| (id, on.iter().copied().collect::<BTreeSet<_>>())))
    };
    assert!(can_be_sorted(&waits([(a, &[]), (b, &[a]), (c, &[a, b])])));
    assert!(!can_be_sorted(&waits([(a, &[]), (b, &[c]), (c, &[a, b])])));
}
