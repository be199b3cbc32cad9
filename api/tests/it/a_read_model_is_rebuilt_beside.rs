//! A read model is rebuilt beside the one that serves, from the command line and over HTTP, while the board is read
//! all the time; what is parked goes on when it is asked to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, postgres::PgConnectOptions};

use crate::support::{Answer, Api, answer, eventually, omoi};

const PATIENCE: Duration = Duration::from_secs(30);

struct Story {
    api: Arc<Api>,
    project: String,
}

impl Story {
    async fn begin() -> Self {
        let api = Arc::new(Api::start().await);
        let project = api.done("/projects", &json!({ "name": "Payments" })).await.id().to_owned();
        let story = Self { api, project };
        story.ticket("Take cards").await;
        // Until then the board is not there.
        story.has_caught_up().await;
        story
    }

    async fn ticket(&self, title: &str) {
        let path = format!("/projects/{}/tickets", self.project);
        self.api.done(&path, &json!({ "title": title, "phase": "design" })).await;
    }

    /// Runs `omoi projections`; its exit code, and what it printed as JSON.
    async fn omoi(&self, args: &[&str]) -> (Option<i32>, Value, String) {
        let mut command = omoi();
        command.arg("projections").args(args).args(["--json", "--data-dir"]).arg(&self.api.up.ready.data_dir);
        let output = command.output().await.expect("omoi starts");
        let said = String::from_utf8(output.stderr).expect("text");
        (output.status.code(), serde_json::from_slice(&output.stdout).unwrap_or(Value::Null), said)
    }

    /// The board of the catalogue: generations by state, and what is parked.
    async fn board(&self) -> Value {
        let listed = answer(self.api.get("/projections")).await;
        assert_eq!(listed.status, 200, "{listed:?}");
        let models = listed.body["projections"].as_array().expect("a list");
        models.iter().find(|model| model["name"] == "board").expect("there is a board").clone()
    }

    async fn has_caught_up(&self) {
        let settled = async || {
            let ready: Value =
                reqwest::get(format!("{}/readyz", self.api.up.ready.url)).await.ok()?.json().await.ok()?;
            assert_eq!(ready["ready"], true, "being behind is no reason: {ready}");
            (ready["behind"] == json!([])).then_some(())
        };
        eventually(PATIENCE, "nothing is behind", settled).await;
    }

    async fn ask(&self, verb: &str, body: &Value) -> Answer {
        answer(self.api.post(&format!("/projections/board/{verb}"), body)).await
    }
}

fn states(board: &Value) -> Vec<(&Value, &Value)> {
    let generations = board["generations"].as_array().expect("a list");
    generations.iter().map(|generation| (&generation["gen"], &generation["state"])).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_read_model_is_rebuilt_beside_the_one_that_serves() {
    let story = Story::begin().await;
    let stop = Arc::new(AtomicBool::new(false));
    let reading = tokio::spawn(read_without_a_pause(story.api.clone(), story.project.clone(), stop.clone()));
    what_cannot_be_is_refused(&story).await;
    the_command_line_rebuilds_and_switches(&story).await;
    http_rebuilds_and_switches_by_itself(&story).await;
    stop.store(true, Ordering::SeqCst);
    assert!(reading.await.expect("no read failed") > 0);
    what_is_parked_goes_on(&story).await;
    who_may_only_look_does_not_rebuild(&story).await;
}

async fn read_without_a_pause(api: Arc<Api>, project: String, stop: Arc<AtomicBool>) -> u64 {
    let mut reads = 0;
    while !stop.load(Ordering::SeqCst) {
        let board = answer(api.get(&format!("/projects/{project}/board"))).await;
        assert_eq!(board.status, 200, "{board:?}");
        reads += 1;
    }
    reads
}

async fn what_cannot_be_is_refused(story: &Story) {
    let refused = story.ask("switch", &json!({})).await;
    assert_eq!(refused.problem(), (409, "nothing_to_switch_to"), "{refused:?}");
    let unknown = answer(story.api.post("/projections/boards/rebuild", &json!({}))).await;
    assert_eq!(unknown.problem(), (404, "not_found"), "{unknown:?}");
    let (code, _, said) = story.omoi(&["rebuild", "boards"]).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("no read model boards") && said.contains("omoi projections list"), "{said}");
}

async fn the_command_line_rebuilds_and_switches(story: &Story) {
    let (code, rebuilt, said) = story.omoi(&["rebuild", "board"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(states(&rebuilt), [(&json!(1), &json!("live")), (&json!(2), &json!("building"))]);
    story.has_caught_up().await;
    let (code, switched, said) = story.omoi(&["switch", "board"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(states(&switched), [(&json!(1), &json!("retired")), (&json!(2), &json!("live"))]);
    story.ticket("Give change").await;
    let (code, listed, said) = story.omoi(&["list"]).await;
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(listed["position"], story.api.last_position().await);
}

async fn http_rebuilds_and_switches_by_itself(story: &Story) {
    let begun = story.ask("rebuild", &json!({ "switch": true })).await;
    assert_eq!(begun.status, 202, "{begun:?}");
    let serves = async || (story.board().await["generations"][0]["state"] == "live").then_some(());
    eventually(PATIENCE, "the first generation serves again", serves).await;
    let board = story.board().await;
    assert_eq!(states(&board), [(&json!(1), &json!("live")), (&json!(2), &json!("retired"))]);
    story.has_caught_up().await;
    let path = format!("/projects/{}/board", story.project);
    let shown = answer(story.api.get(&path)).await;
    let cards: Vec<_> = shown.body["columns"][1]["cards"].as_array().expect("a list").iter().collect();
    assert_eq!(cards.len(), 2, "{shown:?}");
}

/// As if the project had met an event that an older program could not read, and this one can.
async fn what_is_parked_goes_on(story: &Story) {
    let head = story.api.last_position().await;
    let url = embedded::inspect::app_url(&story.api.up.ready.data_dir).expect("it runs");
    let options: PgConnectOptions = url.parse().expect("a URL");
    let mut database =
        PgConnection::connect_with(&options.options([("role", "omoi_project")])).await.expect("the database");
    for root in [story.project.as_str(), "00000000-0000-0000-0000-00000000000f"] {
        sqlx::query(
            "insert into es.parked (consumer, log_id, root, position, error, parked_at) \
             values ('board/1', 1, $1::uuid, $2, 'planted', omoi_now())",
        )
        .bind(root)
        .bind(head + 1)
        .execute(&mut database)
        .await
        .expect("planted");
    }
    story.ticket("While it stands still").await;
    story.has_caught_up().await;
    let path = format!("/projects/{}/board", story.project);
    let shown = answer(story.api.get(&path)).await;
    assert_eq!(shown.header("omoi-stale"), Some((head + 1).to_string().as_str()), "{shown:?}");
    let board = story.board().await;
    assert_eq!(board["generations"][0]["parked"], 2, "how many there are is told");
    let parked = board["parked"].as_array().expect("a list");
    assert_eq!(parked.len(), 1, "what belongs to another organization is not named: {board}");
    assert_eq!((&parked[0]["root"], &parked[0]["error"]), (&json!(story.project), &json!("planted")));

    let foreign = json!({ "root": "00000000-0000-0000-0000-00000000000f" });
    assert_eq!(story.ask("unpark", &foreign).await.problem(), (404, "not_found"));
    let unparked = story.ask("unpark", &json!({})).await;
    assert_eq!((unparked.status, &unparked.body["roots"]), (200, &json!([story.project])), "{unparked:?}");
    let shown = answer(story.api.get(&path)).await;
    assert_eq!(shown.header("omoi-stale"), None, "{shown:?}");
    assert_eq!(shown.body["columns"][1]["cards"].as_array().map(Vec::len), Some(3), "{shown:?}");
    // The operator at the machine sees the other one, and lets it go on as well.
    let (code, unparked, said) = story.omoi(&["unpark", "board"]).await;
    assert_eq!((code, &unparked["roots"]), (Some(0), &json!([foreign["root"]])), "{said}");
}

async fn who_may_only_look_does_not_rebuild(story: &Story) {
    let viewer = story.api.key("local", "viewer").await;
    let viewer = viewer["key"].as_str().expect("a key");
    let post = story.api.request_with(Some(viewer), Method::POST, "/projections/board/rebuild");
    assert_eq!(answer(post).await.status, 403);
}
