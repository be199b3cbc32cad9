//! A run is shown again from the log alone, as text, as its events, and as a trajectory that other tools read: the same bytes each time.
//! What a run that explored has found out is read by people.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::workshop::{MEND, Workshop, sandboxes};
use crate::support::{answer, omoi};

/// How a command ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ended {
    fn well(self) -> String {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        self.stdout
    }
}

async fn cli(workshop: &Workshop, args: &[&str]) -> Ended {
    let mut command = omoi();
    command.args(args).arg("--data-dir").arg(&workshop.api.up.ready.data_dir);
    let output = command.output().await.expect("omoi starts");
    let text = |bytes| String::from_utf8(bytes).expect("it prints text");
    Ended { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// The same twice; what it is.
async fn twice(workshop: &Workshop, args: &[&str]) -> String {
    let first = cli(workshop, args).await.well();
    assert_eq!(first, cli(workshop, args).await.well(), "{args:?}");
    first
}

/// A run of a scripted agent, which has ended.
async fn done(workshop: &Workshop, title: &str, mode: &str, moves: Value) -> String {
    let script = json!({ "moves": moves }).to_string();
    let task = json!({ "title": title, "agent": "scripted", "mode": mode, "run": script });
    let task = workshop.task_with(task).await;
    let run = workshop.start(&task).await;
    workshop.ended(&run).await;
    workshop.waits_for(&run, "run.sandbox_released").await;
    run
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_the_log_alone_and_the_same_each_time() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let moves = json!([{ "think": "The sign is wrong." }, { "say": "I mend add." }, { "run": MEND }]);
    let run = done(&workshop, "Mend add", "implementation", moves).await;

    let text = twice(&workshop, &["replay", "run", &run]).await;
    for words in
        ["started  scripted", "· The sign is wrong.", "I mend add.", &format!("$ {MEND}"), "succeeded"]
    {
        assert!(text.contains(words), "{words}\n{text}");
    }
    assert_eq!(text, twice(&workshop, &["run", "replay", &run]).await);

    // Its events, as the API has them.
    let lines = twice(&workshop, &["run", "export", &run]).await;
    assert_eq!(lines, twice(&workshop, &["replay", "run", &run, "--format", "jsonl"]).await);
    let events: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let answered = answer(workshop.api.get(&format!("/runs/{run}/events?limit=1000"))).await.body;
    assert_eq!(Value::from(events.clone()), answered["events"]);

    at_a_position(&workshop, &run, &events).await;
    as_others_read_it(&workshop, &run).await;

    for (args, count) in
        [(["--state", "succeeded"], 1), (["--state", "lost"], 0), (["--agent", "scripted"], 1)]
    {
        let listed = twice(&workshop, &[&["run", "list", "--project", "calc"], &args[..]].concat()).await;
        assert_eq!(listed.contains(&run), count == 1, "{args:?}: {listed}");
    }
    let wrong = cli(&workshop, &["replay", "run", &run, "--speed", "0"]).await;
    assert_eq!((wrong.code, wrong.stdout.as_str()), (Some(2), ""), "{wrong:?}");
    let nobody = "00000000-0000-8000-8000-000000000007";
    for args in [["replay", "run", nobody], ["run", "export", nobody]] {
        let refused = cli(&workshop, &args).await;
        assert_eq!((refused.code, refused.stdout.as_str()), (Some(1), ""), "{refused:?}");
    }
}

/// What was so when the agent began, and before anything was.
async fn at_a_position(workshop: &Workshop, run: &str, events: &[Value]) {
    let began = events.iter().find(|event| event["type"] == "trajectory.turn_started").expect("it began");
    let at = began["position"].to_string();
    let then = twice(workshop, &["replay", "run", run, "--at", &at]).await;
    assert!(then.contains(&format!("at position {at}\n")) && then.contains("status  active"), "{then}");
    assert!(then.contains("1 turns, 0 messages") && !then.contains("succeeded"), "{then}");
    let before = twice(workshop, &["replay", "run", run, "--at", "1"]).await;
    assert!(before.contains("the run had not begun"), "{before}");
    let lines = twice(workshop, &["replay", "run", run, "--at", &at, "--json"]).await;
    let last: Value = serde_json::from_str(lines.lines().last().expect("events")).expect("JSON");
    assert_eq!(&last, began);
}

/// As a trajectory of the interchange format, by its schema.
async fn as_others_read_it(workshop: &Workshop, run: &str) {
    let document = twice(workshop, &["replay", "run", run, "--format", "atif"]).await;
    let home = tempfile::tempdir().expect("a directory");
    let file = home.path().join("trajectory.json");
    let path = file.to_str().expect("text");
    let told = cli(workshop, &["run", "export", run, "--format", "atif", "--out", path]).await.well();
    assert!(told.contains(" events, in "), "{told}");
    assert_eq!(std::fs::read_to_string(&file).expect("it is there"), document);
    assert_eq!(std::fs::read_dir(home.path()).expect("it is there").count(), 1, "nothing stands beside it");
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/run/atif/schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(schema).expect("it is there")).expect("JSON");
    let document: Value = serde_json::from_str(&document).expect("JSON");
    let faults: Vec<_> = jsonschema::validator_for(&schema)
        .expect("a schema")
        .iter_errors(&document)
        .map(|f| f.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:?}\n{document:#}");
    assert_eq!(document["schema_version"], "ATIF-v1.7");
    let said: Vec<_> =
        document["steps"].as_array().expect("steps").iter().map(|step| &step["message"]).collect();
    assert!(said.contains(&&json!("I mend add.")), "{said:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_found_out_is_read_by_people() {
    if !sandboxes() {
        return;
    }
    let workshop = Workshop::open().await;
    let report = json!({
        "summary": "The sign of add is wrong.",
        "findings": [{ "title": "add subtracts", "detail": "It has a minus.", "files": ["calc.sh"] }],
        "recommendations": ["Mend it."],
    });
    let run = done(&workshop, "Look at add", "exploration", json!([{ "say": report.to_string() }])).await;
    let position = workshop.api.last_position().await;
    let shown = workshop.api.get(&format!("/runs/{run}")).header("Omoi-Min-Position", position);
    let shown = answer(shown).await.body;
    assert_eq!(shown["evidence"]["report"], report, "{shown}");
    assert!(shown.get("report").is_none(), "sealed words are no part of the answer: {shown}");
    for args in [["run", "show", &run], ["replay", "run", &run]] {
        let text = twice(&workshop, &args).await;
        for words in ["report\n", "The sign of add is wrong.", "1. add subtracts", "in calc.sh", "- Mend it."]
        {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }
    // In the log they are sealed.
    let gathered = &workshop.events(&run, "run.evidence_gathered").await[0];
    assert!(
        gathered["payload"]["report"].is_object() && !gathered.to_string().contains("subtracts"),
        "{gathered}"
    );
}
