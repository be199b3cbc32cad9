//! The walk of the README by the command line alone: what it prints for programs and for people, and how it refuses.

use std::process::{Output, Stdio};

use rustix::process::Signal;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

use crate::support::{Up, omoi, signal};

/// A running installation, spoken to by `omoi` alone.
struct Story {
    up: Up,
    elsewhere: TempDir,
}

/// How a command ended.
#[derive(Debug)]
struct Ended {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("it prints text");
        Self { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }
}

impl Ended {
    /// The one line of JSON on stdout.
    fn json(&self) -> Value {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        assert_eq!(self.stdout.lines().count(), 1, "one line an answer: {self:?}");
        serde_json::from_str(&self.stdout).expect("JSON")
    }

    /// The one problem object on stderr.
    fn problem(&self) -> Value {
        assert_eq!((self.code, self.stdout.as_str()), (Some(1), ""), "{self:?}");
        assert_eq!(self.stderr.lines().count(), 1, "one line a refusal: {self:?}");
        serde_json::from_str(&self.stderr).expect("JSON")
    }

    /// What people read.
    fn text(&self) -> &str {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        &self.stdout
    }

    /// The sentence of a refusal.
    fn refusal(&self) -> &str {
        assert_eq!((self.code, self.stdout.as_str()), (Some(1), ""), "{self:?}");
        self.stderr.strip_prefix("omoi: ").expect("it says who speaks")
    }
}

impl Story {
    async fn begin() -> Self {
        Self { up: Up::start().await, elsewhere: tempfile::tempdir().expect("a temporary directory") }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = omoi();
        command.args(args).arg("--data-dir").arg(&self.up.ready.data_dir);
        command
    }

    async fn run(&self, args: &[&str]) -> Ended {
        self.command(args).output().await.expect("omoi starts").into()
    }

    /// With `--json`.
    async fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--json"]].concat()).await.json()
    }

    async fn problem(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--json"]].concat()).await.problem()
    }

    /// Somewhere without an installation, with these variables.
    async fn elsewhere(&self, variables: &[(&str, &str)], args: &[&str]) -> Ended {
        let mut command = omoi();
        command.args(args).current_dir(self.elsewhere.path()).envs(variables.iter().copied());
        command.output().await.expect("omoi starts").into()
    }

    fn key(&self) -> String {
        std::fs::read_to_string(self.up.ready.data_dir.join("operator.key")).expect("omoi up made the key")
    }
}

#[tokio::test]
async fn the_command_line_does_what_the_api_does() {
    let story = Story::begin().await;
    a_project_is_called_by_its_name(&story).await;
    a_ticket_is_called_by_its_number(&story).await;
    tasks_wait_for_each_other_and_are_completed(&story).await;
    what_people_read_is_harmless(&story).await;
    a_refusal_says_why(&story).await;
    a_number_in_two_projects_needs_its_project(&story).await;
    a_server_elsewhere_needs_an_address_and_a_key(&story).await;
    a_project_is_set_up_as_it_is_shown(&story).await;
    the_log_is_followed_until_somebody_stops(&story).await;
    a_reader_that_leaves_is_no_fault(&story).await;
    nobody_answers_after_the_end(story).await;
}

async fn a_project_is_called_by_its_name(story: &Story) {
    let once = ["project", "create", "Billing 2", "--idempotency-key", "my-first-project"];
    let made = story.json(&once).await;
    assert_eq!((&made["name"], &made["slug"]), (&json!("Billing 2"), &json!("billing-2")));
    assert_eq!(story.json(&once).await, made, "the same key acts once");
    let other = story.problem(&["project", "create", "Else", "--idempotency-key", "my-first-project"]).await;
    assert_eq!((&other["status"], &other["code"]), (&json!(422), &json!("idempotency_mismatch")));

    for name in ["billing-2", "BILLING 2", made["id"].as_str().expect("an id")] {
        let shown = story.json(&["project", "show", name]).await;
        assert_eq!((&shown["id"], &shown["status"]), (&made["id"], &json!("active")), "{name}");
    }
    let listed = story.run(&["project", "list"]).await;
    assert!(listed.text().starts_with("Billing 2  billing-2  active  "), "{listed:?}");
}

async fn a_ticket_is_called_by_its_number(story: &Story) {
    let wish = ["ticket", "create", "Billing 2", "Send invoices", "--phase", "implementation"];
    let ticket = story.json(&wish).await;
    assert_eq!((&ticket["number"], &ticket["priority"]), (&json!("TKT-001"), &json!("medium")));
    let position = ticket["position"].to_string();

    let board = story.json(&["board", "billing-2", "--min-position", &position]).await;
    assert_eq!(board["columns"][2]["cards"][0]["id"], ticket["id"], "{board}");
    // At once: a number that the board does not show yet is looked for at the end of the log.
    let refined = story.json(&["ticket", "refine", "tkt-1", "--priority", "high", "--if-match", "1"]).await;
    assert_eq!((&refined["priority"], &refined["version"]), (&json!("high"), &json!(2)));
    let late = story.problem(&["ticket", "refine", "TKT-001", "--title", "Late", "--if-match", "1"]).await;
    assert_eq!((&late["status"], &late["code"]), (&json!(412), &json!("precondition_failed")));

    let blocked = story.run(&["ticket", "block", "TKT-001", "--reason", "No bank"]).await;
    assert!(blocked.text().contains("blocked: No bank"), "{blocked:?}");
    assert_eq!(story.json(&["ticket", "unblock", "TKT-001"]).await["blocked"], Value::Null);
    let other = story.json(&["ticket", "create", "billing-2", "Print them"]).await;
    let waits = story.json(&["ticket", "depend", "TKT-002", "TKT-001"]).await;
    assert_eq!((&waits["id"], &waits["number"]), (&other["id"], &json!("TKT-002")));
    assert!(story.json(&["ticket", "undepend", "TKT-002", "TKT-001"]).await["position"].is_number());
}

async fn tasks_wait_for_each_other_and_are_completed(story: &Story) {
    let form = story.json(&["task", "create", "TKT-001", "Write the form", "--hours", "1.5"]).await;
    assert_eq!((&form["number"], &form["status"]), (&json!("TSK-001"), &json!("ready")));
    let wish = ["task", "create", "TKT-001", "Check it", "--depends-on", "TSK-001", "--validate", "true"];
    let check = story.json(&wish).await;
    assert_eq!((&check["status"], &check["depends_on"]), (&json!("planned"), &json!([form["id"]])));
    let circle = story.problem(&["task", "depend", "TSK-001", "TSK-002"]).await;
    assert_eq!((&circle["status"], &circle["code"]), (&json!(422), &json!("cycle")));

    let position = check["position"].to_string();
    let graph = story.run(&["graph", "billing-2", "--min-position", &position]).await;
    let lines: Vec<&str> = graph.text().lines().collect();
    assert_eq!(lines[1], "  *  TSK-001  Write the form  ready  1.5 h");
    assert_eq!(lines[3], "  *  TSK-002  Check it  planned  -  after TSK-001");
    assert_eq!(lines[4], "* critical path: TSK-001 -> TSK-002");

    assert_eq!(story.json(&["task", "start", "TSK-001"]).await["status"], "running");
    let evidence = ["task", "submit-evidence", "TSK-001", "--command", "make test=0"];
    let done = story.json(&evidence).await;
    assert_eq!(done["status"], "completed");
    let position = done["position"].to_string();
    let shown = story.run(&["task", "show", "TSK-001", "--min-position", &position]).await;
    assert!(shown.text().contains("completed") && shown.text().contains("1.5 h"), "{shown:?}");
    assert_eq!(story.json(&["task", "prioritise", "TSK-002", "critical"]).await["priority"], "critical");
}

async fn what_people_read_is_harmless(story: &Story) {
    // Turns the reading direction and is invisible: no title for a terminal.
    let hostile = "tx\u{202e}gpj";
    let made = story.json(&["ticket", "create", "billing-2", hostile]).await;
    assert_eq!(made["title"], hostile, "JSON is what was said");
    let position = made["position"].to_string();
    let board = story.run(&["board", "billing-2", "--min-position", &position]).await;
    assert!(board.text().contains("TKT-003  tx\u{fffd}gpj"), "{board:?}");
    assert!(board.text().contains("Implementation  1/10"), "{board:?}");
    assert!(!board.stdout.contains(['\u{1b}', '\u{202e}']), "no colours into a pipe: {board:?}");
    let talk = story.json(&["ticket", "comment", "TKT-003", "one\ntwo\u{202e}"]).await;
    let position = talk["position"].to_string();
    let shown = story.run(&["ticket", "show", "TKT-003", "--min-position", &position]).await;
    assert!(shown.text().contains("one two\u{fffd}"), "{shown:?}");
    let activity = story.run(&["activity", "billing-2", "--limit", "1", "--min-position", &position]).await;
    assert_eq!(activity.text().lines().count(), 3, "a line, where the next page begins, how far it goes");
}

async fn a_refusal_says_why(story: &Story) {
    let gate = story.run(&["ticket", "move", "TKT-001", "testing"]).await;
    let why = gate.refusal();
    assert!(why.contains("TSK-002 is open") && why.trim_end().ends_with("(gate_closed)"), "{why}");
    let forced = story.json(&["ticket", "move", "TKT-001", "testing", "--force"]).await;
    assert_eq!(forced["phase"], "testing");
    let unknown = story.run(&["ticket", "show", "TKT-099"]).await;
    assert!(unknown.refusal().contains("there is no TKT-099 on the board"), "{unknown:?}");
    assert_eq!(story.problem(&["project", "show", "nowhere"]).await["code"], "unknown");
    let nothing = story.problem(&["task", "show", "00000000-0000-0000-0000-000000000000"]).await;
    assert_eq!((&nothing["status"], &nothing["code"]), (&json!(404), &json!("not_found")));

    for usage in [
        &["ticket", "move", "TKT-001", "shipping"][..],
        &["task", "fail", "TSK-002", "--reason", "x", "--class", "odd"],
        &["task", "submit-evidence", "TSK-001", "--command", "make"],
        &["ticket", "unblock", "TKT-001", "--key", "secret"],
        &["ticket"],
    ] {
        let ended = story.run(usage).await;
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{usage:?}: {ended:?}");
    }
}

async fn a_number_in_two_projects_needs_its_project(story: &Story) {
    story.json(&["project", "create", "Payments"]).await;
    let which = story.run(&["task", "start", "TSK-002"]).await;
    for project in ["--project", "Billing 2 (billing-2, ", "Payments (payments, "] {
        assert!(which.refusal().contains(project), "{which:?}");
    }
    let started = story.json(&["task", "start", "TSK-002", "--project", "billing 2"]).await;
    assert_eq!(started["status"], "running");
    let failed =
        ["task", "fail", "TSK-002", "--project", "billing-2", "--reason", "No net", "--class", "permanent"];
    assert_eq!(story.json(&failed).await["status"], "failed");
    story.json(&["project", "archive", "payments"]).await;
    assert_eq!(story.json(&["task", "retry", "TSK-002", "--project", "billing-2"]).await["status"], "ready");
}

async fn a_server_elsewhere_needs_an_address_and_a_key(story: &Story) {
    let (url, key) = (story.up.ready.url.as_str(), story.key());
    let list = ["project", "list", "--json"];
    let listed = story.elsewhere(&[("OMOI_URL", url), ("OMOI_KEY", &key)], &list).await;
    assert_eq!(listed.json()["projects"].as_array().map(Vec::len), Some(2));
    assert_eq!(story.elsewhere(&[("OMOI_URL", url)], &list).await.problem()["code"], "no_key");
    let refused =
        story.elsewhere(&[("OMOI_KEY", "a-key-of-nobody")], &["project", "list", "--url", url]).await;
    assert!(refused.refusal().contains("does not accept the key of the variable OMOI_KEY"), "{refused:?}");
    assert!(!refused.stderr.contains("a-key-of-nobody"));
    let nowhere =
        story.elsewhere(&[("OMOI_KEY", &key)], &["project", "list", "--url", "http://127.0.0.1:1"]).await;
    assert!(nowhere.refusal().contains("`omoi up`"), "{nowhere:?}");
    let nobody = story.elsewhere(&[], &["board", "billing-2"]).await;
    assert!(nobody.refusal().contains("nobody serves .omoi; start it with `omoi up"), "{nobody:?}");
}

async fn a_project_is_set_up_as_it_is_shown(story: &Story) {
    let set = async |words: &[&str]| story.json(&[&["project"], words].concat()).await["position"].clone();
    set(&["restore", "payments"]).await;
    set(&["settings", "payments", "--max-concurrent-runs", "2", "--agent", "careful"]).await;
    set(&["settings", "payments", "--verify", "make test", "--verify", "make lint", "--no-agent"]).await;
    let open = "In work=backlog,requirements,design,implementation,testing,deployment:5";
    set(&["columns", "payments", open, "Done=done"]).await;
    let gates = ["implementation=tasks_done,evidence:verified", "testing=approval"];
    set(&["gates", "payments", gates[1], gates[0]]).await;
    let position = set(&["autonomy", "payments", "on"]).await.to_string();

    let shown = story.run(&["project", "show", "payments", "--min-position", &position]).await;
    let facts: Vec<_> = shown.text().lines().filter_map(|line| line.trim_start().split_once("  ")).collect();
    for (what, is) in [
        ("autonomy", "on: agents start work"),
        ("runs", "2 at a time"),
        ("agent", "-"),
        ("verify", "make test"),
        ("verify", "make lint"),
        ("column", open),
        ("column", "Done=done"),
        ("gate", gates[0]),
        ("gate", gates[1]),
    ] {
        assert!(
            facts.iter().any(|(of, fact)| (*of, fact.trim_start()) == (what, is)),
            "{what} {is}: {facts:?}"
        );
    }
    let missing = story.problem(&["project", "columns", "payments", "Done=done"]).await;
    assert_eq!((&missing["status"], &missing["code"]), (&json!(422), &json!("invalid_body")));
    let cleared = ["settings", "payments", "--no-verify", "--agent", "careful"];
    let position = set(&cleared).await.to_string();
    let shown = story.json(&["project", "show", "payments", "--min-position", &position]).await;
    let settings = json!({ "max_concurrent_runs": 2, "agent": "careful", "verify": [] });
    assert_eq!(shown["settings"], settings);
}

async fn the_log_is_followed_until_somebody_stops(story: &Story) {
    let all = story.run(&["events", "tail", "--after", "0", "--no-follow", "--json"]).await;
    let events: Vec<Value> =
        all.text().lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let positions: Vec<_> =
        events.iter().map(|event| event["position"].as_i64().expect("a number")).collect();
    assert!(positions.is_sorted_by(|a, b| a < b) && positions.len() > 10, "{positions:?}");
    let recent = story.run(&["events", "tail", "--no-follow"]).await;
    assert_eq!(recent.text().lines().count(), 10);

    let head = positions.last().expect("there are events").to_string();
    let follow = ["events", "tail", "--after", &head, "--type", "project.created", "--json"];
    let mut tail =
        story.command(&follow).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("omoi starts");
    let mut lines = BufReader::new(tail.stdout.take().expect("stdout is piped")).lines();
    let made = story.json(&["project", "create", "Later"]).await;
    let line = lines.next_line().await.expect("it is text").expect("the event comes");
    let event: Value = serde_json::from_str(&line).expect("JSON");
    assert_eq!((&event["position"], &event["type"]), (&made["position"], &json!("project.created")));
    signal(tail.id().expect("it runs"), Signal::INT);
    let ended: Ended = tail.wait_with_output().await.expect("it ends").into();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(130), ""), "{ended:?}");
}

async fn a_reader_that_leaves_is_no_fault(story: &Story) {
    let mut command = story.command(&["events", "tail", "--after", "0", "--no-follow"]);
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let ended: Ended = command.stdout(writer).output().await.expect("omoi starts").into();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
}

async fn nobody_answers_after_the_end(mut story: Story) {
    let file = story.up.ready.data_dir.join("api.url");
    assert_eq!(std::fs::read_to_string(&file).expect("it is served").trim(), story.up.ready.url);
    signal(story.up.ready.pid, Signal::TERM);
    let (status, _) = story.up.ended(std::time::Duration::from_secs(60)).await;
    assert!(status.success(), "{status}");
    assert!(!file.exists(), "the address went with the server");
    let late = story.problem(&["project", "list"]).await;
    assert_eq!(late["code"], "not_running");
}
