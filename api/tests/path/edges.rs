//! Many clients let tasks wait for each other at random: whatever comes first, no cycle gets into the graph, and
//! each refusal names the cycle that it prevented.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rand::Rng as _;
use rand::rngs::StdRng;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::client::{Client, Reply, read};
use crate::judge::assert_whole;
use crate::proof::Proof;
use crate::site::Site;
use crate::support::eventually;

const ADDITIONS: usize = 2_000;
/// Of one graph: with so many it is crowded, so about half of the last ones are refused.
const OF_A_GRAPH: usize = 100;
const TASKS: usize = 12;
const AT_ONCE: usize = 16;

/// Who waits for whom, by number: `(prerequisite, dependant)`.
type Edges = BTreeSet<(String, String)>;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edges() {
    let mut proof = Proof::new("edges", ADDITIONS);
    let mut random = proof.random();
    let site = Site::start().await;
    let mut client = site.client("client");
    let (mut accepted, mut refused, mut graphs) = (0, 0, 0);
    let mut more = proof.next_case();
    while more {
        graphs += 1;
        let graph = Graph::begin(&mut client, graphs).await;
        let mut edges = Edges::new();
        let mut asked = 0;
        while more && asked < OF_A_GRAPH {
            let mut wishes = Vec::new();
            while more && wishes.len() < AT_ONCE {
                wishes.push(graph.wish(&mut random));
                more = proof.next_case();
            }
            asked += wishes.len();
            let refusals = graph.add(&client, wishes, &mut edges).await;
            refused += refusals.len();
            assert_eq!(cycle_in(&edges), None, "a cycle was let in");
            refusals.iter().for_each(|(wish, reply)| assert_names_the_cycle(wish, reply, &edges));
        }
        graph.shows(&client, &edges).await;
        accepted += edges.len();
    }
    assert!(refused > 0, "nothing was refused: the wishes are too tame");
    proof.figure("accepted", accepted);
    proof.figure("refused", refused);
    proof.figure("graphs", graphs);
    proof.figure("judged", assert_whole(&site.database(), &[client]).await.figures());
    proof.holds();
}

/// A project with tasks: ids by number.
struct Graph {
    project: String,
    tasks: BTreeMap<String, String>,
}

impl Graph {
    async fn begin(client: &mut Client, n: usize) -> Self {
        let project = client.done("/projects", &json!({ "name": format!("Graph {n}") })).await.id();
        let wish = json!({ "title": "Everything", "phase": "implementation" });
        let ticket = client.done(&format!("/projects/{project}/tickets"), &wish).await.id();
        let mut tasks = BTreeMap::new();
        for n in 0..TASKS {
            let wish = json!({ "title": format!("Task {n}") });
            let made = client.done(&format!("/tickets/{ticket}/tasks"), &wish).await;
            tasks.insert(made.body["number"].as_str().expect("a number").to_owned(), made.id());
        }
        Self { project, tasks }
    }

    fn wish(&self, random: &mut StdRng) -> (String, String) {
        let mut number = || self.tasks.keys().nth(random.random_range(0..TASKS)).expect("a task").clone();
        loop {
            let (from, to) = (number(), number());
            if from != to {
                return (from, to);
            }
        }
    }

    /// Asks for all of them at once; notes those that are there now, and answers the refusals.
    async fn add(
        &self,
        client: &Client,
        wishes: Vec<(String, String)>,
        edges: &mut Edges,
    ) -> Vec<((String, String), Reply)> {
        let mut asked = JoinSet::new();
        for (from, to) in wishes {
            let path = format!("/tasks/{}/dependencies", self.tasks[&to]);
            let request = client.request(Method::POST, &path).json(&json!({ "on": self.tasks[&from] }));
            asked.spawn(async move { ((from, to), read(request).await.expect("an answer")) });
        }
        let mut refusals = Vec::new();
        for (edge, reply) in asked.join_all().await {
            match (reply.status, reply.code()) {
                (200, _) => drop(edges.insert(edge)),
                (422, "cycle") => refusals.push((edge, reply)),
                _ => panic!("{edge:?}: {reply:?}"),
            }
        }
        refusals
    }

    /// The read model comes to show exactly these.
    async fn shows(&self, client: &Client, edges: &Edges) {
        let numbers: BTreeMap<_, _> = self.tasks.iter().map(|(number, id)| (id.clone(), number)).collect();
        let path = format!("/projects/{}/graph", self.project);
        eventually(Duration::from_secs(30), "the graph shows every edge", async || {
            let shown = client.get(&path).await?.body;
            let end = |edge: &Value, end: &str| Some((*numbers.get(edge[end].as_str()?)?).clone());
            let listed = shown["edges"].as_array()?.iter();
            let shown: Edges =
                listed.filter_map(|edge| Some((end(edge, "from")?, end(edge, "to")?))).collect();
            (shown == *edges).then_some(())
        })
        .await;
    }
}

/// The refusal names a way from the dependant to the prerequisite, all of it in the graph.
fn assert_names_the_cycle((from, to): &(String, String), reply: &Reply, edges: &Edges) {
    let detail = reply.body["detail"].as_str().expect("a detail");
    let named: Vec<&str> = detail.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).collect();
    let named: Vec<&str> = named.into_iter().filter(|word| word.starts_with("TSK-")).collect();
    let asked = (from.clone(), to.clone());
    let steps: Vec<_> = named.windows(2).map(|pair| (pair[0].to_owned(), pair[1].to_owned())).collect();
    assert!(steps.contains(&asked) && steps.len() > 1, "{asked:?}: {detail}");
    assert!(steps.iter().all(|step| *step == asked || edges.contains(step)), "{asked:?}: {detail}");
    assert_eq!(named.first(), named.last(), "{detail}");
}

/// The nodes that are left when, again and again, those that wait for nobody are taken out.
fn cycle_in(edges: &Edges) -> Option<Vec<String>> {
    let mut left = edges.clone();
    loop {
        let waiting: BTreeSet<String> = left.iter().map(|(_, to)| to.clone()).collect();
        let before = left.len();
        left.retain(|(from, _)| waiting.contains(from));
        if left.len() == before {
            return (before > 0).then(|| waiting.into_iter().collect());
        }
    }
}

/// The twin: one edge back, and the checker finds the cycle.
#[test]
fn a_planted_edge_is_found() {
    let mut edges: Edges =
        [("a", "b"), ("b", "c"), ("a", "c")].map(|(from, to)| (from.into(), to.into())).into();
    assert_eq!(cycle_in(&edges), None);
    edges.insert(("c".into(), "a".into()));
    assert!(cycle_in(&edges).is_some());
}
