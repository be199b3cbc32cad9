//! What an agent finds in its environment.

use std::collections::HashMap;
use std::fs;

use adapters::agents::AcpDriver;
use ports::agent::{Act, Assignment, Model};
use ports::llm::Format;
use serde_json::{Value, json};

use super::stage::{Stage, acts, assignment, program};

/// The environment of an agent of this name, whose assignment was changed so.
async fn given(name: &str, change: impl FnOnce(&mut Assignment)) -> HashMap<String, String> {
    let home = tempfile::tempdir().unwrap();
    let mut assignment = assignment(&home, Vec::new());
    let lines =
        r#"env -0 > "$HOME/environment"; echo "$1" > "$HOME/argument"; hello; hear; end end_turn; hear"#;
    let command = program(&home, &format!("{name}.sh"), lines);
    // The program is a link to the shell, so that it has the name.
    let link = home.path().join(name);
    std::os::unix::fs::symlink("/bin/sh", &link).unwrap();
    assignment.command = vec![link.display().to_string(), command[1].clone(), "--model={model}".into()];
    change(&mut assignment);
    let (_, ended, heard) = Stage::drive(home, assignment, AcpDriver::new()).end().await;
    assert!(ended.as_ref().is_ok_and(|finished| finished.done), "{ended:?}");
    let environment = fs::read_to_string(heard.path("home/environment")).unwrap();
    let pairs = environment.split('\0').filter_map(|pair| pair.split_once('='));
    let mut all: HashMap<String, String> =
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let argument = fs::read_to_string(heard.path("home/argument")).unwrap();
    all.insert("argument".into(), argument.trim().to_owned());
    assert!(
        fs::read_dir(heard.path("workspace")).unwrap().next().is_none(),
        "nothing of it is in the workspace"
    );
    all
}

fn model(format: Format) -> Option<Model> {
    Some(Model { name: "m-1".into(), format, max_output_tokens: 4_000, context_tokens: Some(50_000) })
}

#[tokio::test]
async fn an_agent_finds_its_model_where_most_agents_look() {
    let all = given("agent", |assignment| assignment.model = model(Format::OpenAi)).await;
    assert_eq!(all["OPENAI_BASE_URL"], "http://127.0.0.1:9/llm/openai/v1");
    assert_eq!(all["OPENAI_API_KEY"], "omoi-run");
    assert_eq!(all["argument"], "--model=m-1");
    assert!(!all.contains_key("OPENCODE_CONFIG_CONTENT"));
    let all = given("agent", |assignment| assignment.model = model(Format::Anthropic)).await;
    assert_eq!(all["ANTHROPIC_BASE_URL"], "http://127.0.0.1:9/llm/anthropic");
    assert_eq!(all["ANTHROPIC_API_KEY"], "omoi-run");
    for (name, below) in [
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_CACHE_HOME", ".cache"),
        ("XDG_STATE_HOME", ".local/state"),
    ] {
        assert_eq!(all[name], format!("{}/{below}", all["HOME"]));
    }
}

#[tokio::test]
async fn what_the_profile_says_wins() {
    let all = given("opencode", |assignment| {
        assignment.model = model(Format::OpenAi);
        assignment.environment.push(("OPENAI_API_KEY".into(), "{key}-{model}".into()));
        assignment.environment.push(("OPENAI_BASE_URL".into(), "{platform}/else".into()));
        assignment.environment.push(("OPENCODE_CONFIG_CONTENT".into(), "{}".into()));
    })
    .await;
    assert_eq!(all["OPENAI_API_KEY"], "omoi-run-m-1");
    assert_eq!(all["OPENAI_BASE_URL"], "http://127.0.0.1:9/else");
    assert_eq!(all["OPENCODE_CONFIG_CONTENT"], "{}");
}

#[tokio::test]
async fn opencode_is_told_by_its_configuration() {
    let configuration = async |format, writes| {
        let all = given("opencode", |assignment| {
            assignment.model = model(format);
            assignment.writes = writes;
        });
        serde_json::from_str::<Value>(&all.await["OPENCODE_CONFIG_CONTENT"]).unwrap()
    };
    let openai = configuration(Format::OpenAi, true).await;
    assert_eq!((&openai["model"], &openai["share"]), (&json!("omoi/m-1"), &json!("disabled")));
    assert_eq!(openai["permission"], json!({"*": "allow", "edit": "allow"}));
    let provider = &openai["provider"]["omoi"];
    assert_eq!(provider["npm"], "@ai-sdk/openai-compatible");
    assert_eq!(
        provider["options"],
        json!({"baseURL": "http://127.0.0.1:9/llm/openai/v1", "apiKey": "omoi-run"})
    );
    assert_eq!(provider["models"]["m-1"]["limit"], json!({"context": 50_000, "output": 4_000}));
    let anthropic = configuration(Format::Anthropic, false).await;
    assert_eq!(anthropic["permission"]["edit"], "deny");
    let provider = &anthropic["provider"]["omoi"];
    assert_eq!(provider["npm"], "@ai-sdk/anthropic");
    assert_eq!(provider["options"]["baseURL"], "http://127.0.0.1:9/llm/anthropic/v1");
}

#[tokio::test]
async fn who_takes_tools_over_http_is_told_of_the_platforms() {
    for (lines, servers, noted) in [
        (
            "hello; hear; end end_turn; hear",
            json!([{"type": "http", "name": "omoi", "url": "http://127.0.0.1:9/mcp", "headers": []}]),
            0,
        ),
        ("begin '\"mcpCapabilities\":{\"sse\":true}'; hear; end end_turn; hear", json!([]), 1),
        ("begin ''; hear; end end_turn; hear", json!([]), 1),
    ] {
        let (seen, ended, heard) = Stage::play(lines).end().await;
        assert!(ended.as_ref().is_ok_and(|finished| finished.done), "{ended:?}");
        let opened = &heard.frames()[1];
        assert_eq!((&opened["method"], &opened["params"]["mcpServers"]), (&json!("session/new"), &servers));
        let is_told = |act: &&&Act| matches!(act, Act::Noted { code, text } if code == "no_tools" && text.contains("HTTP"));
        assert_eq!(acts(&seen).iter().filter(is_told).count(), noted, "{lines}");
    }
}

#[tokio::test]
async fn a_home_in_the_workspace_is_none() {
    let home = tempfile::tempdir().unwrap();
    let mut assignment = assignment(&home, program(&home, "agent", "hello; hear; end end_turn"));
    let inside = assignment.workspace.join("home");
    assignment.environment = vec![("HOME".into(), inside.display().to_string())];
    let (_, ended, _) = Stage::drive(home, assignment, AcpDriver::new()).end().await;
    let error = ended.unwrap_err();
    assert_eq!(error.code(), "agent_cannot_start");
    assert!(error.to_string().contains("set HOME"), "{error}");
}
