//! Repositories that are not as they should be, each in another way: a run of it works, or ends with its own name and a word of what to
//! do. What was done until then is kept, and nothing that a repository holds runs on the host.

use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use futures::{FutureExt as _, StreamExt as _, stream};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::process::Command;

use crate::support::workshop::{Workshop, sandboxes};
use crate::support::{answer, omoi};

const BAD: &str = include_str!("bad_repositories.json");
/// Rows that are tried side by side.
const AT_ONCE: usize = 3;
/// Most memory that the server may have taken, whatever its repositories and agents hold.
const MOST_MEMORY_KIB: u64 = 600 << 10;
/// What rows are written in.
const WORDS: &str = r#"
set -e
begin() { git init -q --initial-branch=main .; echo '# Calc' > README.md; save; }
save() { git add --all; git commit -q -m Save; }
"#;

/// One of them; all in shell.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bad {
    name: String,
    /// Makes it; a README by itself.
    #[serde(default = "begin")]
    make: String,
    /// The branch that the project is linked with.
    branch: Option<String>,
    /// Spoils it once it is linked.
    #[serde(default)]
    spoil: String,
    /// Spoils it once half of the work is done.
    spoil_at_work: Option<String>,
    /// What the agent does, and what says whether it did.
    #[serde(default = "done")]
    run: String,
    #[serde(default = "is_done")]
    verify: String,
    /// How the run ends: its code, and what its reason has in it.
    code: String,
    #[serde(default)]
    says: String,
    /// Whether half of the work is kept in the repository.
    #[serde(default)]
    kept: bool,
    /// What people are told of what is not in the workspace.
    noted: Option<String>,
    /// What the command said.
    heard: Option<String>,
    /// How many files the record names as changed, each with what became of it.
    changes: Option<usize>,
    /// What is so in the repository at the end.
    there: Option<String>,
}

fn begin() -> String {
    "begin".into()
}

fn done() -> String {
    "echo done > done.txt".into()
}

fn is_done() -> String {
    "ls | grep -q done".into()
}

/// Where a row is.
struct Place {
    here: PathBuf,
    proof: PathBuf,
}

impl Place {
    fn of(bad: &Bad, home: &Path) -> Self {
        let here = home.join(&bad.name).join("repository");
        std::fs::create_dir_all(&here).expect("made");
        Self { here, proof: home.join(&bad.name).join("proof") }
    }

    /// Runs shell in it.
    async fn shell(&self, script: &str) {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("{WORDS}{script}")]).current_dir(&self.here);
        command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("HERE", &self.here).env("PROOF", &self.proof);
        for who in ["AUTHOR", "COMMITTER"] {
            command.env(format!("GIT_{who}_NAME"), "Ada").env(format!("GIT_{who}_EMAIL"), "ada@example.org");
        }
        let output = command.output().await.expect("a shell starts");
        assert!(output.status.success(), "{script}: {output:?}");
    }
}

/// The run of a row, from its link to its end.
async fn ends_by_name(workshop: &Workshop, bad: &Bad, home: &Path) {
    let (api, place) = (&workshop.api, Place::of(bad, home));
    place.shell(&bad.make).await;
    let project = api.done("/projects", &json!({ "name": bad.name })).await.id().to_owned();
    let link = json!({ "url": place.here, "branch": bad.branch });
    let linked = api.request(Method::PUT, &format!("/projects/{project}/repository")).json(&link);
    let linked = answer(linked).await;
    assert_eq!(linked.status, 200, "{bad:?}: {linked:?}");
    let settings = json!({ "agent": { "kind": "profile", "name": "command" }, "verify": [bad.verify] });
    api.done(&format!("/projects/{project}/settings"), &settings).await;
    let ticket = json!({ "title": bad.name, "phase": "implementation" });
    let ticket = api.done(&format!("/projects/{project}/tickets"), &ticket).await.id().to_owned();
    let mut task = json!({ "title": bad.name, "run": bad.run });
    if bad.spoil_at_work.is_some() {
        let moves = json!([{ "run": "echo half > half.txt" }, { "say": "It is half done." },
            { "wait_for_message": { "path": "advice.txt" } }]);
        task["agent"] = "scripted".into();
        task["run"] = json!({ "moves": moves }).to_string().into();
    }
    let task = api.done(&format!("/tickets/{ticket}/tasks"), &task).await.id().to_owned();
    place.shell(&bad.spoil).await;
    let run = workshop.start(&task).await;
    if let Some(spoil) = &bad.spoil_at_work {
        workshop.waits_for(&run, "trajectory.message_emitted").await;
        place.shell(spoil).await;
        api.done(&format!("/runs/{run}/messages"), &json!({ "text": "Go on." })).await;
    }
    let ended = workshop.ended(&run).await;
    let outcome = if bad.code == "verified" { "succeeded" } else { "failed" };
    let told = [&ended["outcome"], &ended["code"]];
    assert_eq!(told, [&json!(outcome), &json!(bad.code)], "{bad:?}: {ended}");
    let reason = ended["reason"].as_str().unwrap_or_default();
    assert!(reason.contains(&bad.says), "{bad:?}: {ended}");
    shown_to_people(workshop, bad, &run, reason).await;
    in_the_record(workshop, bad, &run).await;
    if bad.kept {
        let half = format!("test \"$(git show refs/omoi/runs/{run}/1:half.txt)\" = half");
        place.shell(&half).await;
    }
    if let Some(there) = &bad.there {
        place.shell(there).await;
    }
    assert!(!place.proof.exists(), "{bad:?}: something of it ran on the host");
}

/// Whoever looks at the run in a terminal reads why it ended, and nothing that moves the terminal.
async fn shown_to_people(workshop: &Workshop, bad: &Bad, run: &str, reason: &str) {
    let position = workshop.api.last_position().await;
    let seen = workshop.api.get(&format!("/runs/{run}")).header("Omoi-Min-Position", position);
    assert_eq!(answer(seen).await.body["status"], "ended", "{bad:?}");
    for arguments in [["run", "show", run].as_slice(), &["run", "watch", run]] {
        let mut command = omoi();
        let shown = command.args(arguments).arg("--data-dir").arg(&workshop.api.up.ready.data_dir);
        let shown = shown.output().await.expect("omoi starts");
        let text = String::from_utf8(shown.stdout).expect("text");
        assert!(text.contains(reason), "{bad:?} {arguments:?}: {text} {:?}", shown.stderr);
        let moves = |c: char| (c.is_control() && c != '\n') || c == '\u{202e}';
        assert!(!text.contains(moves), "{bad:?}: {text:?}");
    }
}

/// What of the run stands in its record.
async fn in_the_record(workshop: &Workshop, bad: &Bad, run: &str) {
    let position = workshop.api.last_position().await;
    let page = workshop.api.get(&format!("/runs/{run}/events?limit=1000"));
    let page = answer(page.header("Omoi-Min-Position", position)).await.body;
    let of = |kind: &str| -> Vec<Value> {
        let events = page["events"].as_array().expect("events").iter();
        events.filter(|event| event["type"] == kind).map(|event| event["payload"].clone()).collect()
    };
    let text = |words: &Value| words["text"].as_str().unwrap_or_default().to_owned();
    let noted = of("trajectory.noted").into_iter().filter(|note| note["code"] == "absent");
    let noted: Vec<String> = noted.map(|note| text(&note["text"])).collect();
    match &bad.noted {
        Some(words) => assert!(noted.iter().any(|note| note.contains(words)), "{bad:?}: {noted:?}"),
        None => assert!(noted.is_empty(), "{bad:?}: {noted:?}"),
    }
    if let Some(words) = &bad.heard {
        let ran = of("trajectory.command_ran");
        assert!(ran.iter().any(|ran| text(&ran["output"]).contains(words)), "{bad:?}: {ran:?}");
    }
    let Some(changes) = bad.changes else { return };
    let changed = of("trajectory.file_changed");
    assert_eq!(changed.len(), changes, "{bad:?}: {changed:?}");
    for file in &changed {
        let diff = text(&file["diff"]);
        // Of what is no text there is no diff; of all else it is there, and no link was followed.
        assert_eq!(diff.is_empty(), file["added"].is_null(), "{bad:?}: {file}");
        assert!(!diff.contains("root:"), "{bad:?}: {file}");
    }
    let evidence = of("run.evidence_gathered");
    assert_eq!(evidence.len(), 1, "{bad:?}");
    assert_eq!(evidence[0]["files"], changes, "{bad:?}: {}", evidence[0]);
    assert_eq!(evidence[0]["changed"].as_array().map(Vec::len), Some(changes), "{bad:?}: {}", evidence[0]);
}

/// The most memory that the server has had.
fn peak_kib(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("the system counts it");
    peak.trim().trim_end_matches("kB").trim().parse().expect("a number")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_works_or_ends_by_its_name() {
    if !sandboxes() {
        return;
    }
    let bad: Vec<Bad> = serde_json::from_str(BAD).expect("a list");
    let workshop = Workshop::open().await;
    let home = tempfile::tempdir().expect("a temporary directory");
    let home = home.path().canonicalize().expect("it is there");
    // One that fails does not keep the others from being tried.
    let rows = stream::iter(&bad).map(async |bad| {
        let tried = AssertUnwindSafe(ends_by_name(&workshop, bad, &home)).catch_unwind().await;
        tried.is_err().then_some(&bad.name)
    });
    let failed: Vec<_> = rows.buffer_unordered(AT_ONCE).filter_map(std::future::ready).collect().await;
    assert!(failed.is_empty(), "{failed:?}: see above");
    let peak = peak_kib(workshop.api.up.ready.pid);
    println!("the server has taken {} MiB at most", peak >> 10);
    assert!(peak < MOST_MEMORY_KIB, "{peak} KiB");
}
