//! Agents that do not do what agents should, each in another way: every run ends with its own name and a word of what to do, and what
//! was done until then is kept.

use serde_json::{Value, json};

use crate::support::workshop::{Workshop, sandboxes};
use crate::support::{Api, Up, omoi};

const BAD: &str = include_str!("bad_agents.json");
/// What the played ones can do: `hello` and `hear` are the way to the first prompt by ACP, `greet` is that of Claude Code, and `half`
/// is half of the work.
const WORDS: &str = r#"
hear() { IFS= read -r line || exit 0; id=${line#*\"id\":}; id=${id%%,*}; }
answer() { printf '{"jsonrpc":"2.0","id":%s,"result":%s}\n' "$id" "$1"; }
hello() {
  hear; answer '{"protocolVersion":1,"agentInfo":{"name":"Played","version":"7.1"},"agentCapabilities":{}}'
  hear; answer '{"sessionId":"s-1"}'
}
plan() { echo '{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s-1","update":{"sessionUpdate":"plan","entries":[]}}}'; }
may() {
  echo '{"jsonrpc":"2.0","id":"q","method":"session/request_permission","params":{"sessionId":"s-1","toolCall":{"toolCallId":"c1"},"options":[{"optionId":"o","name":"Yes","kind":"allow_once"}]}}'
}
greet() {
  IFS= read -r line; id=${line#*\"request_id\":\"}; id=${id%%\"*}
  printf '{"type":"control_response","response":{"subtype":"success","request_id":"%s","response":{}}}\n' "$id"
  IFS= read -r line; IFS= read -r line
}
half() { echo half > half.txt; }
"#;

/// A server with a profile for each of them.
async fn workshop(bad: &[Value]) -> (Workshop, tempfile::TempDir) {
    let home = tempfile::tempdir().expect("a temporary directory");
    let config = home.path().join("omoi.toml");
    let profiles: Vec<String> = bad.iter().map(profile).collect();
    std::fs::write(&config, profiles.concat()).expect("the settings are written");
    let mut command = omoi();
    command.env("OMOI_CONFIG", &config);
    command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(home.path().join("data"));
    (Workshop::open_at(Api::of(Up::start_command(command).await)).await, home)
}

fn profile(agent: &Value) -> String {
    let command = match agent["lines"].as_str() {
        Some(lines) => json!(["/bin/sh", "-c", format!("{WORDS}{lines}")]),
        None => agent.get("command").cloned().unwrap_or_else(|| json!([])),
    };
    let mut profile =
        format!("[agents.{}]\ndriver = {}\ncommand = {command}\n", text(agent, "name"), agent["driver"]);
    for setting in ["version", "silent_after"] {
        if let Some(value) = agent.get(setting) {
            profile.push_str(&format!("{setting} = {value}\n"));
        }
    }
    profile
}

fn text<'a>(agent: &'a Value, field: &str) -> &'a str {
    agent[field].as_str().unwrap_or_else(|| panic!("{agent} has a {field}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_ends_by_its_name_and_keeps_what_was_done() {
    if !sandboxes() {
        return;
    }
    let bad: Vec<Value> = serde_json::from_str(BAD).expect("a list");
    let (workshop, _home) = workshop(&bad).await;
    for agent in &bad {
        let mut task = json!({ "title": text(agent, "name"), "agent": agent["name"] });
        if let Some(run) = agent.get("run") {
            task["run"] = run.clone();
        }
        let task = workshop.task_with(task).await;
        let run = workshop.start(&task).await;
        if let Some(event) = agent.get("stop_after") {
            workshop.waits_for(&run, event.as_str().expect("a type")).await;
            workshop.api.done(&format!("/runs/{run}/stop"), &json!({ "reason": agent["says"] })).await;
        }
        let ended = workshop.ended(&run).await;
        let outcome = agent.get("outcome").cloned().unwrap_or_else(|| json!("failed"));
        assert_eq!((&ended["outcome"], &ended["code"]), (&outcome, &agent["code"]), "{agent}: {ended}");
        assert!(text(&ended, "reason").contains(text(agent, "says")), "{agent}: {ended}");
        assert_ne!(workshop.shown(&task).await["status"], "completed", "{agent}");
        let refs = format!("refs/omoi/runs/{run}");
        let kept = workshop.git(&["for-each-ref", "--format=%(refname)", &refs]).await;
        let half = match kept.lines().last() {
            Some(kept) => workshop.git(&["show", &format!("{kept}:half.txt")]).await,
            None => String::new(),
        };
        assert_eq!(half == "half", agent["kept"] == true, "{agent}: {kept} {half}");
    }
    assert!(workshop.api.newest("&limit=10&type=task.completed").await.is_empty());
}
