//! Plans by `omoi spec`: handed in, looked at, judged, written out again, and refused with exit code 2.

use std::path::Path;
use std::process::Output;
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::{Up, eventually, omoi};

const PATIENCE: Duration = Duration::from_secs(20);
/// The example of the documentation.
const KIRO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/examples/kiro-todo");

struct Story {
    up: Up,
    folder: TempDir,
}

impl Story {
    async fn begin() -> Self {
        let story =
            Self { up: Up::start().await, folder: tempfile::tempdir().expect("a temporary directory") };
        assert!(story.run(&["project", "create", "Todo"]).await.status.success());
        story
    }

    async fn run(&self, args: &[&str]) -> Output {
        let mut command = omoi();
        command.args(args).arg("--data-dir").arg(&self.up.ready.data_dir);
        command.output().await.expect("omoi starts")
    }

    /// What it says to programs, when all is well.
    async fn json(&self, args: &[&str]) -> Value {
        let done = self.run(&[args, &["--json"]].concat()).await;
        assert_eq!(done.status.code(), Some(0), "{done:?}");
        parsed(&done.stdout)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("it is writable");
        std::fs::write(&path, text).expect("it is writable");
        path.display().to_string()
    }
}

fn parsed(text: &[u8]) -> Value {
    serde_json::from_slice(text).unwrap_or_else(|_| panic!("JSON, not {}", String::from_utf8_lossy(text)))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[tokio::test]
async fn a_plan_is_handed_in_looked_at_and_written_out() {
    let story = Story::begin().await;
    let submitted = story.json(&["spec", "submit", "--project", "todo", "--import", KIRO]).await;
    assert_eq!(submitted["status"], "planned");
    assert!(submitted["problems"].is_array());
    let spec = submitted["id"].as_str().expect("an id").to_owned();

    let watched = story.run(&["spec", "watch", &spec]).await;
    let watched = text(&watched.stdout);
    assert!(watched.contains("4 tickets and 8 tasks are on the board"), "{watched}");

    let shown = text(&story.run(&["spec", "show", &spec]).await.stdout);
    for words in ["Add and finish things", "Critical path  TSK-001", "TSK-006  Parse the command line"] {
        assert!(shown.contains(words), "no {words:?} in {shown}");
    }
    let board = text(&story.run(&["board", "todo"]).await.stdout);
    assert!(board.contains("Keep the list") && board.contains("0/2 done"), "{board}");
    let list = story.json(&["spec", "list", "todo"]).await;
    assert_eq!((&list["specs"][0]["tickets"], &list["specs"][0]["tasks"]), (&4.into(), &8.into()));

    let out = story.folder.path().join("out");
    let out = out.to_str().expect("UTF-8");
    let exported = story.json(&["spec", "export", &spec, out, "--layout", "kiro"]).await;
    assert_eq!(exported["files"].as_array().map(Vec::len), Some(3), "{exported}");
    assert!(Path::new(out).join("tasks.md").is_file());
    let again = story.run(&["spec", "export", &spec, out, "--layout", "kiro"]).await;
    assert_eq!(again.status.code(), Some(2), "files that are there are not overwritten: {again:?}");
}

#[tokio::test]
async fn a_plan_that_changed_is_looked_at_and_put_in_its_place() {
    let story = Story::begin().await;
    let submitted = story.json(&["spec", "submit", "--project", "todo", "--import", KIRO]).await;
    let spec = submitted["id"].as_str().expect("an id").to_owned();
    story.run(&["spec", "watch", &spec]).await;

    let same = text(&story.run(&["spec", "revise", &spec, "--import", KIRO]).await.stdout);
    assert!(same.contains("the plan is the same"), "{same}");

    let other = |change: &dyn Fn(&str) -> String| {
        for name in ["requirements.md", "design.md", "tasks.md"] {
            let read = std::fs::read_to_string(Path::new(KIRO).join(name)).expect("the example is there");
            story.write(&format!("kiro-todo/{name}"), if name == "tasks.md" { change(&read) } else { read });
        }
        story.folder.path().join("kiro-todo").display().to_string()
    };
    let manual = "  - [ ]* 4.3 Write the manual";
    let folder = other(&|tasks| tasks.replace(manual, &format!("{manual} of all commands")));
    let looked = text(&story.run(&["spec", "revise", &spec, "--import", &folder, "--dry-run"]).await.stdout);
    for words in ["nothing was written", "~", "TSK-008", "Write the manual of all commands"] {
        assert!(looked.contains(words), "no {words:?} in {looked}");
    }
    let revised = story.json(&["spec", "revise", &spec, "--import", &folder]).await;
    assert_eq!(revised["changes"]["tasks"][0]["change"], "changed", "{revised}");
    eventually(PATIENCE, "the work follows, and it is shown", async || {
        let shown = text(&story.run(&["spec", "show", &spec]).await.stdout);
        (shown.contains("Revisions") && shown.contains("0 added, 1 changed, 0 withdrawn")).then_some(())
    })
    .await;

    let folder = other(&|tasks| tasks.replace("_Requirements: 1.1_", "_Requirements: 9.9_"));
    let refused = story.run(&["spec", "revise", &spec, "--import", &folder, "--json"]).await;
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    assert_eq!(parsed(&refused.stdout)["problems"][0]["code"], "dangling_reference");
    let refused = story.run(&["spec", "revise", &spec, "--import", &folder]).await;
    assert!(text(&refused.stderr).contains("nothing was changed"), "{refused:?}");
}

#[tokio::test]
async fn a_gate_is_answered_by_the_hash_that_is_shown() {
    let story = Story::begin().await;
    let submit = ["spec", "submit", "--project", "todo", "--import", KIRO, "--gates", "review"];
    let spec = story.json(&submit).await["id"].as_str().expect("an id").to_owned();
    let shown = text(&story.run(&["spec", "show", &spec]).await.stdout);
    let after = format!("omoi spec approve {spec} ");
    let hash = shown.split_once(&after).expect("it says what to do").1[..12].to_owned();

    let wrong = story.run(&["spec", "approve", &spec, "0123456789ab"]).await;
    assert_eq!(wrong.status.code(), Some(1));
    assert!(text(&wrong.stderr).contains("look at it again"), "{wrong:?}");
    assert_eq!(story.run(&["spec", "approve", &spec, "01"]).await.status.code(), Some(2));

    let approved = story.json(&["spec", "approve", &spec, &hash]).await;
    assert_eq!((&approved["status"], &approved["gate"]), (&"awaiting_approval".into(), &"design".into()));
    let rejected = story.run(&["spec", "reject", &spec, &hash, "--reason", "No."]).await;
    assert_eq!(rejected.status.code(), Some(1), "that hash was the one of the requirements");
}

#[tokio::test]
async fn what_is_no_plan_is_refused_with_every_problem_and_exit_code_2() {
    let story = Story::begin().await;
    story.write("empty/notes.txt", "Buy milk.");
    story.write("large/requirements.md", "x".repeat(10 * 1024 * 1024));
    story.write("latin/requirements.md", b"# Requirements\n\nCaf\xe9\n");
    story.write("half/requirements.md", "# Requirements\n");
    let folder = |name: &str| story.folder.path().join(name).display().to_string();
    for (name, code, line) in [
        ("empty", "not_a_plan", None),
        ("large", "too_large", Some(1)),
        ("latin", "not_utf8", Some(3)),
        ("half", "missing_file", None),
    ] {
        let args = ["spec", "submit", "--project", "todo", "--import", &folder(name), "--json"];
        let refused = story.run(&args).await;
        assert_eq!(refused.status.code(), Some(2), "{name}: {refused:?}");
        let told = parsed(&refused.stdout);
        assert_eq!((&told["id"], &told["status"]), (&Value::Null, &"invalid".into()), "{name}");
        let problem = &told["problems"][0];
        assert_eq!(problem["code"], code, "{name}: {told}");
        if let Some(line) = line {
            assert_eq!(problem["line"], line, "{name}: {told}");
        }
        assert!(problem["message"].as_str().is_some_and(|message| message.len() > 20), "{told}");
    }
    let people = story.run(&["spec", "submit", "--project", "todo", "--import", &folder("half")]).await;
    assert!(text(&people.stdout).contains("missing_file"), "{people:?}");
    assert!(text(&people.stderr).contains("nothing was changed"), "{people:?}");
    assert_eq!(story.json(&["spec", "list", "todo"]).await["specs"], Value::Array(vec![]));
}

#[tokio::test]
async fn an_output_is_judged_without_a_server() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../aggregates/plan/corpus/outputs");
    let judge = async |args: &[&str]| {
        let judged =
            omoi().args(["spec", "evaluate", "--json"]).args(args).output().await.expect("omoi starts");
        (judged.status.code(), judged)
    };
    for phase in ["explore", "prd", "requirements", "design", "tasks"] {
        let file = format!("{corpus}/{phase}.json");
        let (code, judged) = judge(&["--phase", phase, &file]).await;
        assert_eq!(code, Some(0), "{phase}: {judged:?}");
        let verdict = parsed(&judged.stdout);
        assert!(verdict["score"].as_f64().is_some_and(|score| score >= 0.7), "{verdict}");
        let weights: f64 = verdict["criteria"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["weight"].as_f64().expect("a number"))
            .sum();
        assert!((weights - 1.0).abs() < 1e-9, "{phase}: {weights}");
        assert_eq!(verdict["vetoes"], Value::Array(vec![]), "{phase}");
    }

    // A cyclic plan keeps its points, and is vetoed.
    let text = std::fs::read_to_string(format!("{corpus}/tasks.json")).unwrap();
    let mut tasks: Value = serde_json::from_str(&text).unwrap();
    let ids = [tasks["tasks"][0]["id"].clone(), tasks["tasks"][1]["id"].clone()];
    for (n, other) in [(0, &ids[1]), (1, &ids[0])] {
        tasks["tasks"][n]["dependencies"] = serde_json::json!({ "depends_on": [other], "blocks": [] });
    }
    let cyclic = folder.path().join("cyclic.json");
    std::fs::write(&cyclic, tasks.to_string()).expect("it is writable");
    let cyclic = cyclic.to_str().expect("UTF-8");
    let (code, judged) = judge(&["--phase", "tasks", cyclic]).await;
    assert_eq!(code, Some(1), "{judged:?}");
    let verdict = parsed(&judged.stdout);
    assert!(
        verdict["vetoes"].as_array().expect("a list").iter().any(|veto| veto["code"] == "cycle"),
        "{verdict}"
    );
    let (code, judged) = judge(&["--phase", "tasks", cyclic, "--soft-only"]).await;
    assert_eq!(code, Some(0), "{judged:?}");
    assert!(parsed(&judged.stdout)["score"].as_f64().is_some_and(|score| score <= 0.85));

    let nonsense = folder.path().join("nonsense.json");
    std::fs::write(&nonsense, "not JSON").expect("it is writable");
    let (code, judged) = judge(&["--phase", "tasks", nonsense.to_str().expect("UTF-8")]).await;
    assert_eq!(code, Some(1), "{judged:?}");
    assert_eq!(judge(&["--phase", "tasks", "/nonexistent.json"]).await.0, Some(2));
}
