//! Tasks are done by agents that ask models: our own, and OpenCode, which nobody here wrote. What they ask goes through the
//! gateway, what they do is seen, what people say reaches them, and what they made is judged like any other work.

use std::path::Path;

use serde_json::{Value, json};
use simulators::llm::{Llm, Pace, Rule, Script};
use tempfile::TempDir;

use crate::support::workshop::{Workshop, sandboxes};
use crate::support::{Api, Up, answer, omoi};

const KEY: &str = "sk-canary-41bd";
/// What a person says while the agent works.
const WORDS: &str = "Also create the file thanks.txt with the content canary-thanks.";
/// A model that thinks, so that there is time to speak to its agent.
const THINKS: Pace = Pace { chunk_chars: 16, first_ms: 1_500, delay_ms: 0, bytes: 0, whole_ms: 0 };

/// A workshop whose model is a coder without a mind, and whose agents are these profiles; it speaks the format of OpenAI.
async fn workshop(profiles: &str) -> (Workshop, Llm, TempDir) {
    workshop_speaking("openai", profiles).await
}

/// The same with a model that speaks this format.
pub(crate) async fn workshop_speaking(format: &str, profiles: &str) -> (Workshop, Llm, TempDir) {
    let model = Llm::start_on("127.0.0.1:0".parse().expect("an address"), Script::default()).await;
    let model = model.expect("a free port");
    model.rule(Rule::new("title").codes().when_system_contains("title"));
    model.rule(Rule::new("coder").codes().at_pace(THINKS));
    let home = tempfile::tempdir().expect("a temporary directory");
    let config = home.path().join("omoi.toml");
    let url = if format == "openai" { model.openai_url() } else { model.anthropic_url() };
    let server = format!(
        "llm_url = \"{url}\"\nllm_kind = \"{format}\"\nllm_model = \"scripted\"\nllm_price = \"200000/1200000\"\n{profiles}"
    );
    std::fs::write(&config, server).expect("the settings are written");
    let mut command = omoi();
    command.env("OMOI_CONFIG", &config).env("OMOI_LLM_KEY", KEY);
    command.args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"]).arg(home.path().join("data"));
    (Workshop::open_at(Api::of(Up::start_command(command).await)).await, model, home)
}

/// One that says in plain words what is to be done.
fn task(agent: &str) -> Value {
    json!({
        "title": "Mend add", "agent": agent,
        "description": "Create the file calc.sh with the content `add() { echo $(($1 + $2)); }`",
    })
}

/// The task is done by the agent, who hears a message on the way.
pub(crate) async fn does_it(workshop: &Workshop, model: &Llm, agent: &str) -> String {
    let task = workshop.task_with(task(agent)).await;
    let run = workshop.start(&task).await;
    workshop.waits_for(&run, "trajectory.turn_started").await;
    let said = workshop.api.done(&format!("/runs/{run}/messages"), &json!({ "text": WORDS })).await;
    assert!(matches!(said.status, 200..=202), "{said:?}");
    let ended = workshop.ended(&run).await;
    assert_eq!((&ended["outcome"], &ended["code"]), (&json!("succeeded"), &json!("verified")), "{ended}");
    assert_eq!(workshop.shown(&task).await["status"], "completed");
    let read = async |file: &str| workshop.git(&["show", &format!("omoi/TSK-001-mend-add:{file}")]).await;
    assert_eq!(read("calc.sh").await, "add() { echo $(($1 + $2)); }");
    assert_eq!(read("thanks.txt").await, "canary-thanks");

    // What people said reached the model, and what the agent did stands in the log.
    let requests = model.requests();
    assert!(requests.iter().any(|request| request.body.to_string().contains("canary-thanks")));
    let bearer = format!("Bearer {KEY}");
    assert!(requests.iter().all(|request| request.header("authorization") == Some(&bearer)
        || request.header("x-api-key") == Some(KEY)));
    let knows =
        requests.iter().any(|request| request.asked().tools.iter().any(|tool| tool.ends_with("get_task")));
    assert!(knows, "it was told of the platform's tools: {:?}", requests[0].asked().tools);
    let edits = workshop.events(&run, "trajectory.tool_called").await;
    let kinds: Vec<&str> = edits.iter().filter_map(|event| event["payload"]["kind"].as_str()).collect();
    assert!(kinds.contains(&"edit") && kinds.contains(&"execute"), "{kinds:?}");
    for event in ["trajectory.command_ran", "trajectory.file_changed", "trajectory.message_emitted"] {
        assert!(!workshop.events(&run, event).await.is_empty(), "{event}");
    }
    let steered = workshop.events(&run, "run.steer_requested").await;
    assert_eq!(steered.len(), 1, "{steered:?}");

    // Every token that was served is counted, call by call.
    let started = workshop.events(&run, "trajectory.llm_call_started").await;
    let used = workshop.events(&run, "trajectory.usage_recorded").await;
    assert_eq!((started.len(), used.len()), (requests.len(), requests.len()));
    let counted = |name: &str| -> u64 {
        used.iter().filter_map(|event| event["payload"]["tokens"][name].as_u64()).sum()
    };
    let served = model.exchanges().into_iter().fold((0, 0), |(input, output), exchange| {
        let tokens = exchange.response.usage;
        (input + tokens.input_tokens, output + tokens.output_tokens)
    });
    assert_eq!((counted("input"), counted("output")), served);
    assert!(used.iter().all(|event| event["payload"]["tokens"].get("estimated").is_none()), "{used:?}");
    run
}

/// The agent looks, and hands in its report by the platform's tool.
pub(crate) async fn explores(workshop: &Workshop, agent: &str) {
    let task = json!({ "title": "Find out what is here", "agent": agent, "mode": "exploration" });
    let run = workshop.start(&workshop.task_with(task).await).await;
    let ended = workshop.ended(&run).await;
    assert_eq!((&ended["outcome"], &ended["code"]), (&json!("succeeded"), &json!("verified")), "{ended}");
    let evidence = &workshop.events(&run, "run.evidence_gathered").await[0]["payload"];
    assert!(evidence["report"].is_object() && evidence["files"] == 0, "{evidence}");
    let called = &workshop.events(&run, "trajectory.mcp_call_made").await;
    let handed_in =
        |event: &Value| event["payload"]["tool"] == "submit_report" && event["payload"]["ok"] == true;
    assert!(called.iter().any(handed_in), "{called:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_agent_explores_and_hands_in_a_report() {
    if !sandboxes() {
        return;
    }
    let (workshop, _model, _home) = workshop("").await;
    explores(&workshop, "native").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn our_own_agent_does() {
    if !sandboxes() {
        return;
    }
    let (workshop, model, _home) = workshop("").await;
    let run = does_it(&workshop, &model, "native").await;
    assert_eq!(workshop.events(&run, "run.steer_folded").await.len(), 1, "it heard it in the same turn");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_that_nobody_here_wrote_does() {
    if !sandboxes() {
        return;
    }
    let program = std::env::var("OMOI_TEST_OPENCODE").expect(
        "OMOI_TEST_OPENCODE is not set: run this by `cargo xtask test`, or set it to what `cargo xtask agents` prints",
    );
    assert!(Path::new(&program).is_file(), "{program}");
    let profile = format!("[agents.opencode]\ncommand = [\"{program}\", \"acp\"]\n");
    let (workshop, model, _home) = workshop(&profile).await;
    let run = does_it(&workshop, &model, "opencode").await;
    assert_eq!(workshop.events(&run, "run.steer_deferred").await.len(), 1, "it heard it in its next turn");
    let page = answer(workshop.api.get(&format!("/runs/{run}/events?limit=1000"))).await.body;
    assert!(page.to_string().contains("OpenCode 1.18.33"), "{page}");
}
