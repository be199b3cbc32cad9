//! A task is done, and told.

use std::fs;

use ports::agent::{Act, AgentError, ToolKind};
use ports::llm::Format;
use serde_json::json;
use simulators::llm::{Llm, Rule};

use super::{Stage, says};

#[tokio::test]
async fn what_it_does_is_done_and_told() {
    let stage = Stage::set(&json!([
        {"think": "Let me see."},
        {"say": "I begin."},
        {"plan": ["write", "look"]},
        {"write": {"path": "a.txt", "content": "hello"}},
        {"bash": "cat a.txt"},
        {"bash": "exit 3"},
        {"say": "I am done."}
    ]));
    let (seen, finished) = stage.begin().end().await;
    let finished = finished.unwrap();
    assert_eq!((finished.done, finished.code.as_str()), (true, "end_turn"), "{finished:?}");
    assert_eq!(fs::read_to_string(stage.path("a.txt")).unwrap(), "hello");
    let told: Vec<String> = seen.iter().map(|seen| told(&seen.what)).collect();
    let expected = [
        "turn Begin the task.",
        "session",
        "agent",
        // Nobody listens at its platform.
        "no_tools",
        "Let me see.",
        "I begin.",
        "uses TodoWrite Think",
        "plan 2",
        "returned true",
        "uses Write Edit",
        "returned true",
        "uses Bash Execute",
        "ran hello Some(0)",
        "returned true",
        "uses Bash Execute",
        "ran Exit code 3 Some(3)",
        "returned false",
        "I am done.",
        "ended end_turn",
    ];
    assert_eq!(told, expected);
    let raw = seen[5].raw.as_deref().unwrap();
    assert!(raw.contains("\"type\":\"assistant\"") && raw.contains("I begin."), "{raw}");
}

fn told(act: &Act) -> String {
    match act {
        Act::TurnStarted { prompt } => format!("turn {prompt}"),
        Act::TurnEnded { stop } => format!("ended {stop}"),
        Act::Message { text } | Act::Thought { text } => text.clone(),
        Act::ToolCalled { tool, kind, .. } => format!("uses {tool} {kind:?}"),
        Act::ToolReturned { ok, .. } => format!("returned {ok}"),
        Act::PlanUpdated { steps } => format!("plan {}", steps.len()),
        Act::CommandRan { output, exit, .. } => format!("ran {} {exit:?}", output.trim()),
        Act::Noted { code, .. } => code.clone(),
        act => format!("{act:?}"),
    }
}

#[tokio::test]
async fn it_finds_its_model_over_the_platform_and_a_place_of_its_own() {
    let stage = Stage::set(&json!([]));
    assert!(stage.done().await.1.done);
    let record = stage.record();
    let (started, told) = (&record[0], &record[1..]);
    let environment = &started["env"];
    assert_eq!(environment["ANTHROPIC_BASE_URL"], "http://127.0.0.1:7007/llm/anthropic");
    assert_eq!(
        (&environment["ANTHROPIC_API_KEY"], &environment["ANTHROPIC_MODEL"]),
        (&json!("omoi-run"), &json!("a-model"))
    );
    assert_eq!((&environment["DISABLE_AUTOUPDATER"], &environment["CLAUDECODE"]), (&json!("1"), &json!("")));
    let own = stage.house.path().join("home/.claude");
    assert_eq!(environment["CLAUDE_CONFIG_DIR"], own.to_str().unwrap());
    assert!(own.is_dir());
    let argv = started["argv"].to_string();
    for flag in [
        "--permission-mode=bypassPermissions",
        "--replay-user-messages",
        "--model=a-model",
        "--disallowedTools=AskUserQuestion\"",
        "--strict-mcp-config",
    ] {
        assert!(argv.contains(flag), "{flag}: {argv}");
    }
    let subtypes: Vec<_> = told.iter().map(|line| &line["in"]["request"]["subtype"]).collect();
    assert_eq!(subtypes[..2], [&json!("initialize"), &json!("set_permission_mode")]);
    assert_eq!(told[2]["in"]["message"]["content"], "Begin the task.");
}

#[tokio::test]
async fn the_platforms_tools_are_its_own_and_no_others() {
    let llm = Llm::start().await;
    llm.tools().offer("get_task", json!({"type": "object"}), "canary-task");
    llm.rule(Rule::new("knows").when_last_contains("canary-task").says("I know it."))
        .rule(Rule::new("asks").uses("mcp__omoi__get_task", json!({})));
    let tool = "mcp__omoi__get_task";
    let mut stage =
        Stage::set(&json!([{"use": {"tool": tool}}, "ask_model", {"use": {"tool": "mcp__theirs__x"}}]));
    stage.assignment.platform = llm.platform_url();
    fs::write(stage.path(".mcp.json"), json!({"mcpServers": {"theirs": {}}}).to_string()).unwrap();
    let (acts, finished) = stage.done().await;
    assert!(finished.done, "{finished:?}");
    let used = || ("get_task".to_owned(), json!({}));
    assert_eq!(llm.tools().uses(), [used(), used()], "once by the script, and once for the model");
    let returned: Vec<_> = acts
        .iter()
        .filter_map(|act| match act {
            Act::ToolReturned { ok, output, .. } => Some((*ok, output.as_str())),
            _ => None,
        })
        .collect();
    let none = "No such tool available: mcp__theirs__x";
    assert_eq!(returned, [(true, "canary-task"), (true, "canary-task"), (false, none)]);
    assert!(acts.contains(&says("I know it.")));
    assert!(llm.requests()[0].asked().tools.iter().any(|known| known == tool));
    assert!(!acts.iter().any(|act| matches!(act, Act::Noted { code, .. } if code == "no_tools")));
}

#[tokio::test]
async fn who_only_looks_has_nothing_to_write_with() {
    let mut stage = Stage::set(&json!([]));
    stage.assignment.writes = false;
    assert!(stage.done().await.1.done);
    let argv = stage.record()[0]["argv"].to_string();
    assert!(argv.contains("--disallowedTools=AskUserQuestion,Edit,Write,NotebookEdit"), "{argv}");
}

#[tokio::test]
async fn what_cannot_be_driven_is_told() {
    let mut stage = Stage::set(&json!([]));
    stage.assignment.model.as_mut().unwrap().format = Format::OpenAi;
    let error = stage.fails().await;
    assert!(
        matches!(&error, AgentError::BadAssignment { said } if said.as_str().contains("format of Anthropic")),
        "{error:?}"
    );
    let mut stage = Stage::set(&json!([]));
    stage.assignment.environment.push(("HOME".into(), stage.path("").to_str().unwrap().into()));
    let error = stage.fails().await;
    assert!(
        matches!(&error, AgentError::CannotStart { said } if said.as_str().contains("is in the workspace")),
        "{error:?}"
    );
}

#[tokio::test]
async fn it_may_do_what_it_asks_for_and_what_is_not_known_is_let_be() {
    let stage = Stage::set(&json!([
        {"ask": 3},
        {"frame": {"type": "from_the_future", "x": 1}},
        {"frame": {"type": "stream_event", "event": {"type": "x"}}},
        {"frame": {"type": "control_request", "request_id": "q", "request": {"subtype": "mcp_message"}}},
        {"line": ""},
        {"line": "npm warn something"},
        {"frame": {"type": "rate_limit_event", "rate_limit_info": {"status": "rejected"}}},
        {"say": "Done."}
    ]));
    let (acts, finished) = stage.done().await;
    assert!(finished.done, "{finished:?}");
    let noted = |wanted: &str| {
        acts.iter().filter(|act| matches!(act, Act::Noted { code, .. } if code == wanted)).count()
    };
    assert_eq!((noted("permission"), noted("garbage"), noted("rate_limit")), (3, 1, 1));
    assert!(acts.contains(&says("Done.")));
    let answers: Vec<_> =
        stage.record().into_iter().filter(|line| line["in"]["type"] == "control_response").collect();
    assert_eq!(answers[0]["in"]["response"]["response"]["behavior"], "allow");
    assert!(
        answers.iter().any(|line| line["in"]["response"]["subtype"] == "error"
            && line["in"]["response"]["request_id"] == "q")
    );
    assert!(!acts.iter().any(|act| matches!(act, Act::ToolCalled { kind: ToolKind::Other, .. })));
}

#[tokio::test]
async fn an_end_that_is_none_is_told_by_its_name() {
    for (end, code, message) in [
        (json!({"subtype": "error_max_turns"}), "max_turns", "could not go on: max_turns"),
        (
            json!({"subtype": "success", "is_error": true, "text": "API Error: 402 no money"}),
            "error",
            "402 no money",
        ),
        (json!({"subtype": "error_max_budget_usd", "is_error": true}), "max_budget_usd", "max_budget_usd"),
    ] {
        let stage = Stage::set(&json!([{"end_as": end}]));
        let (acts, finished) = stage.done().await;
        assert_eq!((finished.done, finished.code.as_str()), (false, code));
        assert!(finished.message.contains(message), "{finished:?}");
        assert!(acts.contains(&Act::TurnEnded { stop: code.into() }));
    }
}
