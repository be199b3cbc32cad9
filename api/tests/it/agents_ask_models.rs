//! What an agent asks models goes through its worker and the run's socket: with the installation's key, announced, within the
//! budget, and counted as the provider counts. The key is nowhere in the sandbox, and the run's own way out is closed to the agent.

use serde_json::{Value, json};
use simulators::llm::{Llm, Rule, Tokens};
use tempfile::TempDir;

use crate::support::workshop::{MEND, Workshop, sandboxes};
use crate::support::{Api, Up, answer, omoi};

const KEY: &str = "sk-canary-77aa";

/// A workshop whose models are a script; a million tokens of an answer cost two thousand dollars.
async fn workshop(model: &Llm) -> (Workshop, TempDir) {
    let home = tempfile::tempdir().expect("a temporary directory");
    let mut command = omoi();
    command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(home.path().join("data"));
    command.env("OMOI_LLM_URL", model.openai_url()).env("OMOI_LLM_MODEL", "scripted");
    command.env("OMOI_LLM_KEY", KEY).env("OMOI_LLM_PRICE", "1000000000/2000000000");
    (Workshop::open_at(Api::of(Up::start_command(command).await)).await, home)
}

/// A line of the shell that asks what listens on the loopback, and writes down what it says.
fn asks(file: &str, request: &str, body: &Value) -> String {
    let body = body.to_string();
    let head = format!(
        "{request} HTTP/1.1\\r\\nHost: x\\r\\nConnection: close\\r\\nAuthorization: Bearer omoi-run\\r\\nContent-Type: application/json\\r\\nContent-Length: {}\\r\\n\\r\\n",
        body.len()
    );
    let script = format!("exec 3<>/dev/tcp/127.0.0.1/7007; printf \"{head}%s\" \"$0\" >&3; cat <&3 > {file}");
    format!("bash -c '{script}' '{body}'")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_passed_on_and_counted() {
    if !sandboxes() {
        return;
    }
    let model = Llm::start().await;
    let served = Tokens { input_tokens: 123, output_tokens: 45, ..Tokens::default() };
    model.rule(Rule::new("all").says("forty-two").counts(served));
    let (workshop, _home) = workshop(&model).await;
    let question = json!({"model": "scripted", "max_tokens": 60, "stream": true,
        "messages": [{"role": "user", "content": "How many?"}]});
    let line = [
        asks("answer", "POST /llm/openai/v1/chat/completions", &question),
        asks("models", "GET /llm/openai/v1/models", &json!({})),
        asks("other", "POST /llm/anthropic/v1/messages", &question),
        asks("beat", "POST /run/beat", &json!({})),
        "env > environment".to_owned(),
        MEND.to_owned(),
    ]
    .join(" && ");
    let task = workshop.task(&line).await;
    let run = workshop.start(&task).await;
    let ended = workshop.ended(&run).await;
    assert_eq!(ended["code"], "verified", "{ended}");

    let branch = "omoi/TSK-001-mend-add";
    let read = async |file: &str| workshop.git(&["show", &format!("{branch}:{file}")]).await;
    let told = read("answer").await;
    assert!(told.contains("forty") && told.contains("[DONE]"), "{told}");
    assert!(read("models").await.contains("\"scripted\""));
    let other = read("other").await;
    assert!(other.contains("404") && other.contains("there is no model scripted here"), "{other}");
    let beat = read("beat").await;
    assert!(beat.contains("404") && beat.contains("nothing here but /llm and /mcp"), "{beat}");
    let environment = read("environment").await;
    assert!(!environment.contains(KEY) && !told.contains(KEY), "{environment}");

    // The provider heard the key, and one question.
    let heard = model.requests();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert_eq!(heard[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));

    // It stands in the log: announced, ended, and what it used.
    let started = &workshop.events(&run, "trajectory.llm_call_started").await;
    let finished = &workshop.events(&run, "trajectory.llm_call_finished").await;
    let used = &workshop.events(&run, "trajectory.usage_recorded").await;
    assert_eq!((started.len(), finished.len(), used.len()), (1, 1, 1));
    let (started, finished, used) = (&started[0]["payload"], &finished[0]["payload"], &used[0]["payload"]);
    assert_eq!(started["call"], used["call"], "{started} {used}");
    assert_eq!(finished["outcome"]["kind"], "answered", "{finished}");
    assert_eq!((&used["tokens"]["input"], &used["tokens"]["output"]), (&json!(123), &json!(45)), "{used}");
    assert!(used["tokens"].get("estimated").is_none(), "{used}");
    // 123 * 1000 + 45 * 2000 micro-dollars.
    assert_eq!(used["cost"], json!(213_000), "{used}");
    assert!(started["reserved"].as_i64() > used["cost"].as_i64(), "{started}");
    let shown = answer(workshop.api.get(&format!("/runs/{run}"))).await.body;
    assert_eq!(shown["cost"], json!(213_000), "{shown}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_over_the_budget_is_not_made_and_ends_the_run() {
    if !sandboxes() {
        return;
    }
    let model = Llm::start().await;
    model.rule(Rule::new("all").says("forty-two"));
    let (workshop, _home) = workshop(&model).await;
    // The longest answer costs 32 dollars, and a run has 20.
    let question = json!({"model": "scripted", "messages": [{"role": "user", "content": "How many?"}]});
    let ask = asks("answer", "POST /llm/openai/v1/chat/completions", &question);
    let task = workshop.task(&format!("{ask} && cat answer && sleep 60")).await;
    let run = workshop.start(&task).await;
    let ended = workshop.ended(&run).await;
    assert_eq!((&ended["outcome"], &ended["code"]), (&json!("timed_out"), &json!("budget")), "{ended}");
    let reason = ended["reason"].as_str().unwrap_or_default();
    assert!(reason.contains("the budget of this run is") && reason.contains("larger budget"), "{reason}");
    assert!(model.requests().is_empty(), "nobody was asked");
    assert!(workshop.events(&run, "trajectory.llm_call_started").await.is_empty());
    assert_eq!(workshop.shown(&task).await["status"], "failed");
    // What it had done until then is kept.
    workshop.git(&["cat-file", "-e", "omoi/TSK-001-mend-add:answer"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_ask_the_platform_about_their_task() {
    if !sandboxes() {
        return;
    }
    let model = Llm::start().await;
    let (workshop, _home) = workshop(&model).await;
    let call = |name: &str, input: Value| json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": input}});
    let ask = |file: &str, body: &Value| {
        asks(file, "POST /mcp", body)
            .replace("Content-Type:", "Accept: application/json, text/event-stream\\r\\nContent-Type:")
    };
    let listed = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    let line = [
        ask("tools", &listed),
        ask("task", &call("get_task", json!({}))),
        ask("spec", &call("read_spec", json!({"part": "design"}))),
        ask("asked", &call("ask_human", json!({"question": "Red or green, canary-9?"}))),
        ask("none", &call("spawn_agent", json!({}))),
        MEND.to_owned(),
    ]
    .join(" && ");
    let task = workshop.task(&line).await;
    let run = workshop.start(&task).await;
    assert_eq!(workshop.ended(&run).await["code"], "verified");
    let read = async |file: &str| workshop.git(&["show", &format!("omoi/TSK-001-mend-add:{file}")]).await;
    let tools = read("tools").await;
    for tool in ["get_task", "read_spec", "list_files_owned", "report_progress", "ask_human"] {
        assert!(tools.contains(tool), "{tools}");
    }
    assert!(read("task").await.contains("Mend add"));
    let spec = read("spec").await;
    assert!(spec.contains("comes from no spec") && spec.contains("\"isError\":true"), "{spec}");
    assert!(read("none").await.contains("there is no tool spawn_agent"));
    // Each use is in the record, and the question is sealed.
    let calls = workshop.events(&run, "trajectory.mcp_call_made").await;
    let mut used: Vec<(&str, bool)> = calls
        .iter()
        .map(|call| (call["payload"]["tool"].as_str().expect("a name"), call["payload"]["ok"] == json!(true)))
        .collect();
    used.reverse();
    assert_eq!(used, [("get_task", true), ("read_spec", false), ("ask_human", true), ("spawn_agent", false)]);
    let question = &workshop.events(&run, "trajectory.question_raised").await[0];
    assert!(!question.to_string().contains("canary-9"), "{question}");
    let page = answer(workshop.api.get(&format!("/runs/{run}/events?limit=1000"))).await.body;
    assert!(page.to_string().contains("Red or green, canary-9?"), "{page}");
}
