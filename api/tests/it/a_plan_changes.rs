//! An accepted plan changes: its work follows, once, and what does not follow shows.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Answer, Api, answer, eventually};

const PATIENCE: Duration = Duration::from_secs(20);

struct Story {
    api: Api,
    project: String,
    spec: String,
}

impl Story {
    /// The example of the documentation, as work.
    async fn begin() -> Self {
        let api = Api::start().await;
        let project = api.done("/projects", &json!({ "name": "Todo" })).await.id().to_owned();
        let path = format!("/projects/{project}/specs/import");
        let imported = answer(api.post(&path, &json!({ "files": files(&tasks(&[])) }))).await;
        let story = Self { api, project, spec: imported.id().to_owned() };
        story.settled("the plan became work", |spec| !spec["work"].is_null()).await;
        story
    }

    /// As of everything that has happened until now.
    async fn show(&self, path: &str) -> Value {
        let position = self.api.last_position().await;
        let shown = answer(self.api.get(path).header("Omoi-Min-Position", position)).await;
        assert_eq!(shown.status, 200, "{shown:?}");
        shown.body
    }

    async fn spec(&self) -> Value {
        self.show(&format!("/specs/{}", self.spec)).await
    }

    async fn settled(&self, what: &str, so: impl Fn(&Value) -> bool) -> Value {
        eventually(PATIENCE, what, async || Some(self.spec().await).filter(|spec| so(spec))).await
    }

    async fn followed(&self, revisions: usize) -> Value {
        self.settled("the work followed", |spec| {
            let known = list(&spec["revisions"]);
            known.len() == revisions && known.iter().all(|revision| !revision["work"].is_null())
        })
        .await
    }

    async fn revise(&self, tasks: &str, query: &str) -> Answer {
        let base = self.spec().await["plan_hash"].clone();
        self.revise_from(&base, tasks, query).await
    }

    async fn revise_from(&self, base: &Value, tasks: &str, query: &str) -> Answer {
        let body = json!({ "content_hash": base, "files": files(tasks) });
        answer(self.api.post(&format!("/specs/{}/revise{query}", self.spec), &body)).await
    }

    /// The id of a task by its title.
    async fn task(&self, title: &str) -> String {
        let spec = self.spec().await;
        let planned = list(&spec["tasks"]).iter().find(|task| task["title"] == title);
        let local = &planned.unwrap_or_else(|| panic!("a task {title:?} in {}", spec["tasks"]))["id"];
        let one = list(&spec["work"]["tasks"]).iter().find(|one| one["local"] == *local);
        one.expect("it became work")["id"].as_str().expect("a text").to_owned()
    }

    async fn start(&self, title: &str) -> String {
        let task = self.task(title).await;
        let started = answer(self.api.post(&format!("/tasks/{task}/start"), &json!({}))).await;
        assert_eq!(started.status, 200, "{started:?}");
        task
    }

    async fn complete(&self, task: &str) {
        let evidence = json!({ "commands": [{ "cmd": "true", "exit": 0 }] });
        let done = answer(self.api.post(&format!("/tasks/{task}/submit-evidence"), &evidence)).await;
        assert_eq!(done.status, 200, "{done:?}");
    }

    async fn becomes(&self, task: &str, status: &str) -> Value {
        eventually(PATIENCE, status, async || {
            Some(self.show(&format!("/tasks/{task}")).await).filter(|task| task["status"] == status)
        })
        .await
    }

    /// The numbers of the tasks that a task waits for in the graph.
    async fn waits_for(&self, task: &str) -> Vec<String> {
        let graph = self.show(&format!("/projects/{}/graph", self.project)).await;
        let edges = list(&graph["edges"]).iter().filter(|edge| edge["to"] == task);
        edges.map(|edge| edge["from"].as_str().expect("a text").to_owned()).collect()
    }

    /// The board comes to have these tickets, in the order of their numbers, with so many tasks each.
    async fn has_cards(&self, tasks: &[u64]) {
        let path = format!("/projects/{}/board", self.project);
        eventually(PATIENCE, "the board shows it", async || {
            let board = self.show(&path).await;
            let mut cards: Vec<_> =
                list(&board["columns"]).iter().flat_map(|column| list(&column["cards"])).collect();
            cards.sort_by_key(|card| card["number"].as_str().map(str::to_owned));
            let shown: Vec<_> = cards.iter().filter_map(|card| card["tasks"]["total"].as_u64()).collect();
            (shown == tasks).then_some(())
        })
        .await;
    }

    async fn drift(&self) -> Vec<String> {
        let spec = self.spec().await;
        list(&spec["drift"]).iter().map(|one| one["code"].as_str().expect("a text").to_owned()).collect()
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn ids(value: &Value) -> Vec<&str> {
    list(value).iter().map(|id| id.as_str().expect("a text")).collect()
}

/// The tasks of the example with words put in the place of others.
fn tasks(changes: &[(&str, &str)]) -> String {
    let text = include_str!("../../../docs/examples/kiro-todo/tasks.md").to_owned();
    changes.iter().fold(text, |text, (from, to)| {
        assert!(text.contains(from), "{from:?} is not in the example");
        text.replacen(from, to, 1)
    })
}

fn files(tasks: &str) -> Value {
    let file = |name: &str, text: &str| json!({ "path": format!("todo/{name}"), "text": text });
    json!([
        file("requirements.md", include_str!("../../../docs/examples/kiro-todo/requirements.md")),
        file("design.md", include_str!("../../../docs/examples/kiro-todo/design.md")),
        file("tasks.md", tasks),
    ])
}

/// A task in the middle is new, one says something else, and two are gone: `2.2 Survive …` and `3.2 Show …`.
fn another_plan() -> String {
    const CRASH: &str = "  - [ ] 2.2 Survive a crash while writing
    - Write beside the file, then rename
    - _Requirements: 1.3_
    - _Depends: 2.1_
    - _Components: Store_
    - _Files: src/store.rs_
    - _Hours: 2_
    - _Validate: cargo test store_
";
    const SHOW: &str = "  - [ ] 3.2 Show the list
    - _Requirements: 2.1, 2.2, 2.3_
    - _Depends: 1.1_
    - _Components: View_
    - _Creates: src/view.rs_
    - _Hours: 1.5_
    - _Validate: cargo test view_
";
    const USAGE: &str = "  - [ ] 4.1 Write the usage
    - _Requirements: 2.1_
    - _Depends: 1.1_
    - _Creates: src/usage.rs_
  - [ ] 4.2 Parse";
    tasks(&[
        (CRASH, ""),
        (SHOW, ""),
        ("src/commands.rs_\n    - _Hours: 2_", "src/commands.rs_\n    - _Hours: 4_"),
        ("4.2 Test", "4.3 Test"),
        ("4.3 Write", "4.4 Write"),
        ("_Depends: 2.2, 4.1_", "_Depends: 4.2_"),
        ("_Depends: 4.1_", "_Depends: 4.2_"),
        ("_Depends: 2.1, 3.1, 3.2_", "_Depends: 2.1, 3.1_"),
        ("  - [ ] 4.1 Parse", USAGE),
    ])
}

#[tokio::test]
async fn a_changed_plan_changes_its_work_and_what_was_begun_stays_and_shows() {
    let story = Story::begin().await;
    let [crash, show, add, parse, outside] = [
        story.task("Survive a crash while writing").await,
        story.task("Show the list").await,
        story.task("Add and finish things").await,
        story.task("Parse the command line").await,
        story.task("Test it from the outside").await,
    ];
    let model = story.start("Set up the crate and the model of a thing").await;
    story.complete(&model).await;
    story.becomes(&show, "ready").await;
    story.start("Show the list").await;
    story.becomes(&show, "running").await;
    story.settled("it is worked on", |spec| spec["status"] == "executing").await;

    let before = story.api.last_position().await;
    let looked = story.revise(&another_plan(), "?dry_run=true").await;
    assert_eq!((looked.status, &looked.body["status"]), (200, &json!("executing")), "{looked:?}");
    let changes: Vec<_> = list(&looked.body["changes"]["tasks"])
        .iter()
        .map(|it| json!([it["change"], it["id"], it["number"], it["stays"]]))
        .collect();
    let expected = [
        json!(["added", "TSK-009", null, false]),
        json!(["changed", "TSK-004", "TSK-004", false]),
        json!(["changed", "TSK-006", "TSK-006", false]),
        json!(["changed", "TSK-007", "TSK-007", false]),
        json!(["withdrawn", "TSK-003", "TSK-003", false]),
        json!(["withdrawn", "TSK-005", "TSK-005", true]),
    ];
    assert_eq!(changes, expected);
    assert_eq!(story.api.last_position().await, before, "a look changes nothing");

    let revised = story.revise(&another_plan(), "").await;
    assert_eq!((revised.status, &revised.body["status"]), (200, &json!("executing")), "{revised:?}");
    assert_eq!(revised.body["changes"], looked.body["changes"]);
    let spec = story.followed(1).await;
    let work = &spec["revisions"][0]["work"];
    assert_eq!(ids(&work["added"]), ["TSK-009"], "{work}");
    assert_eq!(ids(&work["withdrawn"]), ["TSK-003", "TSK-005"], "{work}");
    assert_eq!(ids(&work["changed"]), ["TKT-004", "TSK-004", "TSK-006", "TSK-007"], "{work}");

    story.becomes(&crash, "cancelled").await;
    assert_eq!(story.becomes(&show, "running").await["number"], "TSK-005");
    assert_eq!(story.becomes(&add, "ready").await["estimate"], 4.0);
    let usage = story.task("Write the usage").await;
    story.becomes(&usage, "ready").await;
    assert_eq!(story.task("Parse the command line").await, parse, "a task in the middle leaves the others");
    assert_eq!(story.waits_for(&outside).await, std::slice::from_ref(&parse));
    assert!(!story.waits_for(&parse).await.contains(&show));
    assert_eq!(story.waits_for(&usage).await, [model]);
    assert_eq!(story.drift().await, ["withdrawn_but_begun"]);
    story.complete(&show).await;
    // What was given up does not count.
    story.has_cards(&[1, 1, 2, 4]).await;
}

#[tokio::test]
async fn the_same_plan_changes_nothing_and_a_stale_look_is_told_so() {
    let story = Story::begin().await;
    let base = story.spec().await["plan_hash"].clone();
    let before = story.api.last_position().await;
    let same = story.revise(&tasks(&[]), "").await;
    assert_eq!((same.status, &same.body["position"]), (200, &Value::Null), "{same:?}");
    assert_eq!(
        same.body["changes"],
        json!({ "requirements": [], "design": false, "tickets": [], "tasks": [] })
    );
    assert_eq!(story.api.last_position().await, before);

    let other = tasks(&[("_Hours: 1.5_", "_Hours: 3_")]);
    assert_eq!(story.revise_from(&base, &other, "").await.status, 200);
    story.followed(1).await;
    assert_eq!(story.revise_from(&base, &other, "").await.body["position"], Value::Null, "a repeat");
    let third = tasks(&[("_Hours: 1.5_", "_Hours: 5_")]);
    assert_eq!(story.revise_from(&base, &third, "").await.problem(), (422, "content_changed"));
    assert_eq!(story.revise_from(&base, &third, "?dry_run=true").await.problem(), (422, "content_changed"));

    let dangling = tasks(&[("_Requirements: 1.1_", "_Requirements: 9.9_")]);
    let refused = story.revise(&dangling, "").await;
    assert_eq!(refused.problem(), (422, "invalid_plan"), "{refused:?}");
    assert_eq!(refused.body["problems"][0]["file"], "todo/tasks.md");
    assert_eq!(story.api.newest("&type=spec.work_revised").await.len(), 1);
}

#[tokio::test]
async fn whoever_asks_the_work_to_follow_however_often_it_follows_once() {
    let story = Story::begin().await;
    let revised = story.revise(&another_plan(), "").await;
    assert_eq!(revised.status, 200, "{revised:?}");
    let path = format!("/specs/{}/materialize", story.spec);
    let asked = (0..100).map(|_| answer(story.api.post(&path, &json!({}))));
    for told in futures::future::join_all(asked).await {
        assert_eq!(told.status, 200, "{told:?}");
    }
    let spec = story.followed(1).await;
    assert_eq!(list(&spec["work"]["tasks"]).len(), 7);
    assert_eq!(story.api.newest("&type=spec.work_revised").await.len(), 1);
    assert_eq!(story.api.newest("&type=task.planned").await.len(), 9);
    assert_eq!(story.api.newest("&type=task.cancelled").await.len(), 2);
}

#[tokio::test]
async fn a_ticket_that_is_gone_is_given_up_and_one_that_was_done_is_open_again() {
    let story = Story::begin().await;
    let model = story.start("Set up the crate and the model of a thing").await;
    story.complete(&model).await;
    let ticket = story.show(&format!("/tasks/{model}")).await["ticket"].as_str().expect("a text").to_owned();
    let status = async |ticket: &str, status: &str| {
        eventually(PATIENCE, status, async || {
            Some(story.show(&format!("/tickets/{ticket}")).await).filter(|ticket| ticket["status"] == status)
        })
        .await
    };
    status(&ticket, "done").await;
    let view = story.show(&format!("/tasks/{}", story.task("Show the list").await)).await;
    let surface = view["ticket"].as_str().expect("a text").to_owned();

    // The third ticket is gone, the fourth does its work, and the first has another task.
    let text = tasks(&[
        (
            "\n- [ ] 2. Keep the list",
            "  - [ ] 1.2 Say what a thing is
    - _Requirements: 1.2, 2.1, 2.2, 2.3, 3.1, 3.2_
    - _Depends: 1.1_
    - _Components: Commands, View_
    - _Creates: THING.md_

- [ ] 2. Keep the list",
        ),
        ("_Depends: 2, 3_", "_Depends: 2_"),
        ("_Depends: 2.1, 3.1, 3.2_", "_Depends: 2.1_"),
    ]);
    let begin = text.find("- [ ] 3. Change").expect("the third ticket");
    let end = text.find("- [ ] 4. The program").expect("the fourth ticket");
    let text = format!("{}{}", &text[..begin], &text[end..]);
    let text = text
        .replace(" 4. The", " 3. The")
        .replace(" 4.1 ", " 3.1 ")
        .replace(" 4.2 ", " 3.2 ")
        .replace(" 4.3 ", " 3.3 ");
    let revised = story.revise(&text.replace("4.1_", "3.1_"), "").await;
    assert_eq!(revised.status, 200, "{revised:?}");
    story.followed(1).await;
    status(&surface, "cancelled").await;
    let open = status(&ticket, "implementation").await;
    assert_eq!(open["tasks"].as_object().map(serde_json::Map::len), Some(2), "{open}");
    story.becomes(&story.task("Say what a thing is").await, "ready").await;
    story.has_cards(&[2, 2, 3]).await;
}
