//! A real agent: OpenCode, whose models are played. `cargo xtask test` installs it (`tests/opencode/`).

use std::env;
use std::fs;

use adapters::agents::AcpDriver;
use ports::agent::{Act, Assignment, Delivery, Model, ToolKind};
use ports::llm::Format;
use serde_json::json;
use simulators::llm::{Fault, Llm, Request, Rule};
use tokio::time::timeout;

use super::stage::{SOON, Stage, acts, all, assignment};

/// It at work with these models, whose assignment was changed so.
fn stage(llm: &Llm, format: Format, change: impl FnOnce(&mut Assignment)) -> Stage {
    let program = env::var("OMOI_TEST_OPENCODE")
        .expect("OMOI_TEST_OPENCODE is not set: run this by `cargo xtask test`, or set it to what `cargo xtask agents` prints");
    let home = tempfile::tempdir().unwrap();
    let mut assignment = assignment(&home, vec![program, "acp".into()]);
    assignment.platform = llm.platform_url();
    assignment.prompt = "Write a greeting into hello.txt.".into();
    assignment.model =
        Some(Model { name: "m-1".into(), format, max_output_tokens: 4_000, context_tokens: Some(100_000) });
    // It would fetch packages for plugins that nobody has.
    assignment.environment.push(("NPM_CONFIG_OFFLINE".into(), "true".into()));
    change(&mut assignment);
    Stage::drive(home, assignment, AcpDriver::new())
}

/// It asks for a title beside its work.
fn a_title() -> Rule {
    Rule::new("a title").when_system_contains("title generator").says("A greeting")
}

/// Writes a file, runs a command, and ends; says something else to who steers.
fn rules(llm: &Llm) {
    let content = json!({"filePath": "hello.txt", "content": "hello\n"});
    let command = json!({"command": "cat hello.txt; echo $((40 + 2)) >&2; exit 3", "description": "look"});
    llm.rule(a_title())
        .rule(Rule::new("steered").when_last_contains("Say goodbye.").says("Goodbye."))
        .rule(Rule::new("looked").when_last_contains("hello\n42").says("It is written."))
        .rule(Rule::new("wrote").when_last_contains("Wrote file").uses("bash", command))
        .rule(Rule::new("begin").when_contains("hello.txt").says("I write.").uses("write", content));
}

#[tokio::test]
async fn it_writes_runs_and_takes_a_message() {
    let llm = Llm::start().await;
    rules(&llm);
    let mut stage = stage(&llm, Format::OpenAi, |_| {});
    // It is held up until we go on reading: its turn cannot be over.
    stage.until("a tool", |act| matches!(act, Act::ToolCalled { .. })).await;
    let states = stage.steer("Say goodbye.").await;
    let (seen, ended, heard) = stage.end().await;
    let finished = ended.unwrap();
    assert_eq!((finished.done, finished.code.as_str()), (true, "end_turn"));
    assert_eq!(fs::read_to_string(heard.path("workspace/hello.txt")).unwrap(), "hello\n");
    let files: Vec<_> = fs::read_dir(heard.path("workspace")).unwrap().collect();
    assert_eq!(files.len(), 1, "nothing else is in the workspace: {files:?}");

    let acts = acts(&seen);
    let version = Act::Noted { code: "agent".into(), text: "OpenCode 1.18.33".into() };
    assert!(acts.contains(&&version), "{acts:#?}");
    let work: Vec<_> =
        acts.iter().filter(|act| !matches!(act, Act::Noted { .. } | Act::TurnStarted { .. })).collect();
    let [said, write, wrote, bash, looked, ran, done, _, goodbye, _] = &work[..] else { panic!("{work:#?}") };
    assert_eq!(***said, Act::Message { text: "I write.".into() });
    assert!(
        matches!(write, Act::ToolCalled { tool, kind: ToolKind::Edit, input, .. } if tool == "write" && input.contains("hello.txt")),
        "{write:?}"
    );
    assert!(matches!(wrote, Act::ToolReturned { ok: true, .. }), "{wrote:?}");
    assert!(
        matches!(bash, Act::ToolCalled { tool, kind: ToolKind::Execute, .. } if tool == "bash"),
        "{bash:?}"
    );
    assert!(matches!(looked, Act::ToolReturned { ok: true, .. }), "{looked:?}");
    assert!(
        matches!(ran, Act::CommandRan { command, exit: Some(3), output, .. }
            if command.starts_with("cat hello.txt") && output == "hello\n42\n"),
        "{ran:?}"
    );
    assert_eq!(***done, Act::Message { text: "It is written.".into() });
    assert_eq!(***goodbye, Act::Message { text: "Goodbye.".into() });
    let written = Delivery::Written { mechanism: "next_turn".into() };
    assert_eq!(all(states).await, [written, Delivery::Deferred { turn: 2 }]);

    let requests = llm.requests();
    for request in &requests {
        assert_eq!(request.header("authorization"), Some("Bearer omoi-run"));
        assert_eq!(request.asked().model, "m-1");
    }
    let told = requests.iter().filter(|request| request.asked().last_text().contains("Say goodbye."));
    let told: Vec<_> = told.map(Request::asked).filter(|asked| !asked.tools.is_empty()).collect();
    let [told] = &told[..] else { panic!("{told:#?}") };
    assert!(told.text().contains("hello\n42"), "it remembers the turn before");
}

#[tokio::test]
async fn it_speaks_to_models_of_anthropic_as_well() {
    let llm = Llm::start().await;
    rules(&llm);
    let (_, ended, heard) = stage(&llm, Format::Anthropic, |_| {}).end().await;
    assert!(ended.as_ref().is_ok_and(|finished| finished.done), "{ended:?}");
    assert_eq!(fs::read_to_string(heard.path("workspace/hello.txt")).unwrap(), "hello\n");
    let requests = llm.requests();
    assert!(requests.iter().all(|request| request.header("x-api-key") == Some("omoi-run")));
}

#[tokio::test]
async fn it_uses_the_platforms_tools() {
    let llm = Llm::start().await;
    llm.tools().offer("get_task", json!({"type": "object"}), "canary-task");
    llm.rule(a_title())
        .rule(Rule::new("knows").when_last_contains("canary-task").says("I know it."))
        .rule(Rule::new("asks").uses("omoi_get_task", json!({})));
    let (seen, ended, _) = stage(&llm, Format::OpenAi, |_| {}).end().await;
    assert!(ended.as_ref().is_ok_and(|finished| finished.done), "{ended:?}");
    assert_eq!(llm.tools().uses(), [("get_task".to_owned(), json!({}))]);
    let acts = acts(&seen);
    let returned = |act: &&&Act| matches!(act, Act::ToolReturned { ok: true, output, .. } if output.contains("canary-task"));
    assert!(acts.iter().any(|act| returned(&act)), "{acts:#?}");
    assert!(!acts.iter().any(|act| matches!(act, Act::Noted { code, .. } if code == "no_tools")));
}

#[tokio::test]
async fn one_that_may_not_write_is_not_offered_to() {
    let llm = Llm::start().await;
    llm.rule(a_title()).rule(Rule::new("look").says("I only look."));
    let (_, ended, _) = stage(&llm, Format::OpenAi, |assignment| assignment.writes = false).end().await;
    assert!(ended.is_ok_and(|finished| finished.done));
    let tools: Vec<_> = llm.requests().iter().flat_map(|request| request.asked().tools).collect();
    assert!(tools.iter().any(|tool| tool == "read"), "{tools:?}");
    assert!(!tools.iter().any(|tool| tool == "write" || tool == "edit"), "{tools:?}");
}

#[tokio::test]
async fn its_turn_ends_when_somebody_wants_it_to() {
    let llm = Llm::start().await;
    llm.rule(Rule::new("ponder").misbehaves(Fault::Hangs));
    let stage = stage(&llm, Format::OpenAi, |_| {});
    // Its work, and the title.
    timeout(SOON, llm.busy(2)).await.unwrap();
    let done = stage.interrupt().await;
    let (seen, ended, _) = stage.end().await;
    timeout(SOON, done).await.unwrap().unwrap();
    let finished = ended.unwrap();
    assert_eq!((finished.done, finished.code.as_str()), (false, "cancelled"));
    assert_eq!(finished.message, "it was interrupted", "it ended its turn by itself");
    assert_eq!(acts(&seen).last(), Some(&&Act::TurnEnded { stop: "cancelled".into() }), "{seen:#?}");
}
