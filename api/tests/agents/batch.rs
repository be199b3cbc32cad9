//! A few tasks that are done at once by agents that commit as they go, and what has to be true of them afterwards, whatever
//! happened meanwhile: each task is completed once, each run ended once, no claim was used twice, and what an agent had committed
//! before it went on is on the branch of its task.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::marks::{marked, until_gone};
use crate::place::ticket;
use crate::support::workshop::{MEND, Workshop};
use crate::support::{answer, eventually};

/// Steps of a task.
pub(crate) const STEPS: usize = 4;
/// For all tasks of a batch, through the silence of a lease and the pause before another attempt, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);
/// Commits a token that nobody else has, and says so once it is committed.
const COMMIT: &str = "t=$(od -An -N12 -tx4 /dev/urandom | tr -d ' \\n') && echo $t > kept-$t && git add --all && \
                      git -c user.name=Agent -c user.email=agent@example.org commit -qm kept-$t && echo kept-$t";

/// What a batch is judged by.
const OF_RUNS: &str = "task.claimed,task.completed,run.started,run.ended";

/// Tasks that were planned together.
pub(crate) struct Batch {
    tasks: Vec<String>,
    /// Where the log ended before them.
    from: i64,
    /// The argument of a process that each agent leaves behind.
    mark: String,
}

/// What was found of a batch.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) runs: usize,
    /// How the runs ended, by their codes.
    pub(crate) codes: BTreeMap<String, usize>,
    /// Tokens that were committed and told of.
    pub(crate) tokens: usize,
}

impl Batch {
    /// Plans so many tasks; `number` tells it from others.
    pub(crate) async fn plan(workshop: &Workshop, tasks: usize, number: u32) -> Self {
        let from = workshop.api.last_position().await;
        let mark = format!("98765.{number:010}");
        let mut moves = vec![json!({ "run": format!("setsid sleep {mark} > /dev/null 2>&1 &") })];
        for _ in 0..STEPS {
            moves.extend([json!({ "run": COMMIT }), json!({ "wait_ms": 100 })]);
        }
        moves.push(json!({ "run": MEND }));
        let run = json!({ "moves": moves }).to_string();
        let tasks_of = format!("/tickets/{}/tasks", ticket(workshop).await);
        let mut planned = Vec::new();
        for _ in 0..tasks {
            let task = json!({ "title": "Mend add", "agent": "scripted", "run": run });
            planned.push(workshop.api.done(&tasks_of, &task).await.id().to_owned());
        }
        Self { tasks: planned, from, mark }
    }

    /// The argument that tells the processes of its agents.
    pub(crate) fn mark(&self) -> &str {
        &self.mark
    }

    /// Waits until its agents have done so many steps, or all is done.
    pub(crate) async fn has_done(&self, workshop: &Workshop, steps: usize) {
        eventually(PATIENCE, &format!("{steps} steps"), async || {
            let events = self.events(workshop, "trajectory.command_ran,task.completed").await;
            let (done, ran): (Vec<_>, Vec<_>) =
                events.iter().partition(|event| event["type"] == "task.completed");
            (ran.len() >= steps || done.len() == self.tasks.len()).then_some(())
        })
        .await;
    }

    /// Whether all of it is done.
    pub(crate) async fn is_done(&self, workshop: &Workshop) -> bool {
        self.events(workshop, "task.completed").await.len() >= self.tasks.len()
    }

    /// Waits until all of it is done, and judges it.
    pub(crate) async fn judged(&self, workshop: &Workshop) -> Found {
        eventually(PATIENCE, &format!("all of {} tasks are completed", self.tasks.len()), async || {
            let events = self.events(workshop, "task.completed,task.failed").await;
            let failed = events.iter().find(|event| event["type"] == "task.failed");
            assert!(failed.is_none(), "{failed:?}");
            (events.len() >= self.tasks.len()).then_some(())
        })
        .await;
        let events = self.events(workshop, OF_RUNS).await;
        assert_eq!(self.doubled(&events), [""; 0]);
        until_gone(&marked(&self.mark), Instant::now()).await;
        let (tokens, lost) = self.kept(workshop, &events).await;
        assert_eq!(lost, [""; 0], "committed, told of, and not on the branch of the task");
        let mut codes = BTreeMap::new();
        for event in events.iter().filter(|event| event["type"] == "run.ended") {
            *codes.entry(event["payload"]["code"].as_str().expect("a code").to_owned()).or_default() += 1;
        }
        Found { runs: codes.values().sum(), codes, tokens }
    }

    /// The twin: what was judged is found wanting once any of it is missing, or is there twice.
    pub(crate) async fn finds_planted_defects(&self, workshop: &Workshop) {
        let events = self.events(workshop, OF_RUNS).await;
        for kind in OF_RUNS.split(',') {
            let at = events.iter().position(|event| event["type"] == kind).expect("one of each");
            let (mut twice, mut never) = (events.clone(), events.clone());
            twice.push(events[at].clone());
            never.remove(at);
            assert!(!self.doubled(&twice).is_empty(), "nobody sees that {kind} is there twice");
            assert!(!self.doubled(&never).is_empty(), "nobody sees that {kind} is missing");
        }
        let number = self.number(workshop, &self.tasks[0]).await;
        workshop.git(&["update-ref", &format!("refs/heads/omoi/{number}-mend-add"), "main"]).await;
        assert!(
            !self.kept(workshop, &events).await.1.is_empty(),
            "nobody sees that a branch has lost its work"
        );
    }

    /// Of each task one completion, of each run one end, and of each claim one run and one epoch; what is otherwise.
    fn doubled(&self, events: &[Value]) -> Vec<String> {
        let ids = |kind: &str| -> Vec<&str> {
            let mut ids: Vec<&str> = events.iter().filter(|event| event["type"] == kind).map(id).collect();
            ids.sort_unstable();
            ids
        };
        let claims = |kind: &str, task: fn(&Value) -> &str| -> Vec<(String, Option<i64>)> {
            let claims = events.iter().filter(|event| event["type"] == kind);
            let mut claims: Vec<_> =
                claims.map(|event| (task(event).to_owned(), event["payload"]["epoch"].as_i64())).collect();
            claims.sort_unstable();
            claims
        };
        let mut planned: Vec<&str> = self.tasks.iter().map(String::as_str).collect();
        planned.sort_unstable();
        let claimed = claims("task.claimed", id);
        let of_runs = claims("run.started", |event| event["payload"]["task"].as_str().expect("an id"));
        let verified = events.iter().filter(|event| event["payload"]["code"] == "verified").count();
        let faults = [
            (ids("task.completed") != planned, "each task is completed once"),
            (ids("run.ended") != ids("run.started"), "each run ends once"),
            (claimed.windows(2).any(|pair| pair[0] == pair[1]), "no epoch is used twice"),
            (of_runs != claimed, "a run for each claim, and no other"),
            (verified != planned.len(), "as many runs are verified as there are tasks"),
        ];
        faults.into_iter().filter(|(is, _)| *is).map(|(_, what)| format!("not so: {what}")).collect()
    }

    /// How many tokens an agent had committed and told of, and those of them that are not on the branch of its task.
    async fn kept(&self, workshop: &Workshop, events: &[Value]) -> (usize, Vec<String>) {
        let (mut tokens, mut lost) = (0, Vec::new());
        for run in events.iter().filter(|event| event["type"] == "run.started") {
            let number = self.number(workshop, run["payload"]["task"].as_str().expect("an id")).await;
            let kept = workshop.git(&["log", "--format=%s", &format!("omoi/{number}-mend-add")]).await;
            let kept: BTreeSet<&str> = kept.lines().collect();
            let told = told_by(workshop, id(run)).await;
            tokens += told.len();
            lost.extend(told.into_iter().filter(|token| !kept.contains(token.as_str())));
        }
        (tokens, lost)
    }

    async fn number(&self, workshop: &Workshop, task: &str) -> String {
        let shown = read(workshop, &format!("/tasks/{task}")).await;
        shown["number"].as_str().expect("a number").to_owned()
    }

    /// Its events of these types, in their order.
    async fn events(&self, workshop: &Workshop, types: &str) -> Vec<Value> {
        let (mut all, mut after) = (Vec::new(), self.from);
        loop {
            let page = read(workshop, &format!("/events?after={after}&limit=1000&type={types}")).await;
            let events = page["events"].as_array().expect("a list");
            all.extend(events.iter().cloned());
            if events.len() < 1000 {
                return all;
            }
            after = page["next"].as_i64().expect("a position");
        }
    }
}

/// What the agent of a run says it has committed.
async fn told_by(workshop: &Workshop, run: &str) -> Vec<String> {
    let page = read(workshop, &format!("/runs/{run}/events?limit=1000")).await;
    let ran = page["events"].as_array().expect("a list").iter();
    let ran = ran.filter(|event| event["type"] == "trajectory.command_ran" && event["payload"]["exit"] == 0);
    let said = ran.filter_map(|event| event["payload"]["output"]["text"].as_str());
    said.map(str::trim).filter(|said| said.starts_with("kept-")).map(str::to_owned).collect()
}

/// As of everything that has happened until now; asked for again while the database, or what is read, is not there yet.
async fn read(workshop: &Workshop, path: &str) -> Value {
    eventually(PATIENCE, path, async || {
        let newest = answer(workshop.api.get(&format!("/events?limit=1&before={}", i64::MAX))).await;
        let position = newest.body["events"][0]["position"].as_i64()?;
        let read = answer(workshop.api.get(path).header("Omoi-Min-Position", position)).await;
        assert!(matches!(read.status, 200 | 503), "{path}: {read:?}");
        (read.status == 200).then_some(read.body)
    })
    .await
}

fn id(event: &Value) -> &str {
    event["aggregate_id"].as_str().expect("an id")
}
