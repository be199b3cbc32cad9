//! Claude Code, played by a program that speaks its protocol, does a task and explores: it asks its model through the gateway and the
//! platform by its tools, hears after the use of a tool what a person says, and its work is judged like any other.

use serde_json::json;
use simulators::llm::Llm;
use tempfile::TempDir;

use crate::agents_with_models_do_tasks::{does_it, explores, workshop_speaking};
use crate::support::omoi;
use crate::support::workshop::{Workshop, sandboxes};

/// It does what its model wants, and then asks the platform something.
const SCRIPT: &str =
    r#"{"moves": ["ask_model", {"use": {"tool": "mcp__omoi__list_files_owned"}}, {"say": "I am done."}]}"#;

/// A workshop with it, and a model that speaks as its own do.
async fn workshop() -> (Workshop, Llm, TempDir) {
    let omoi = omoi();
    let program = std::path::Path::new(omoi.as_std().get_program()).with_file_name("simulated-claude");
    let program = program.to_str().expect("a path");
    let is_there = std::fs::exists(program).is_ok_and(|is_there| is_there);
    assert!(is_there, "build it: `cargo build -p simulators` ({program})");
    let profile = format!(
        "[agents.claude]\ncommand = [\"{program}\"]\nenvironment = {{ SIMULATED_CLAUDE_SCRIPT = '''{SCRIPT}''' }}\n"
    );
    workshop_speaking("anthropic", &profile).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_does_a_task() {
    if !sandboxes() {
        return;
    }
    let (workshop, model, _home) = workshop().await;
    let run = does_it(&workshop, &model, "claude").await;
    assert_eq!(workshop.events(&run, "run.steer_folded").await.len(), 1, "it heard it in the same turn");
    let written = &workshop.events(&run, "run.steer_written").await[0]["payload"];
    assert_eq!(written["mechanism"], "hook", "{written}");
    let called = &workshop.events(&run, "trajectory.mcp_call_made").await[0]["payload"];
    assert_eq!((&called["tool"], &called["ok"]), (&json!("list_files_owned"), &json!(true)), "{called}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_explores() {
    if !sandboxes() {
        return;
    }
    let (workshop, _model, _home) = workshop().await;
    explores(&workshop, "claude").await;
}
