//! Rules from files, and conversations into files.

use std::fs;

use serde_json::json;
use simulators::llm::{
    Fault, Llm, Rule, Script, ScriptError, Wire, WrongJson, read_recording, write_recording,
};

use super::{answer, good, posted};

const SCRIPT: &str = r#"
[[rule]]
name = "a plan"
when = { model = "a-model", system_contains = "brief", contains = ["Hel", "lo"] }
reply = { file = "plan.json", usage = { input_tokens = 10, output_tokens = 20 } }
pace = { chunk_chars = 8, delay_ms = 1 }
faults = [
    { kind = "rate_limited", retry_after = "0", times = 1 },
    { kind = "cut", after = 2, times = 1 },
    { kind = "wrong_json", wrong = "truncated" },
]

[[rule]]
name = "tools"
reply = { chunks = ["Let ", "me see"], tools = [{ name = "read", input = { path = "a" } }] }
"#;

#[test]
fn a_script_is_read_with_its_files() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("script.toml"), SCRIPT).unwrap();
    fs::write(dir.path().join("plan.json"), "{\"title\": \"a\"}").unwrap();
    let script = Script::load(&dir.path().join("script.toml")).unwrap();
    assert_eq!(script.rules[0].reply.text.as_deref(), Some("{\"title\": \"a\"}"));
    let faults: Vec<_> = script.rules[0].faults.iter().map(|at| (at.fault.clone(), at.times)).collect();
    let expected = [
        (Fault::RateLimited { retry_after: Some("0".into()) }, Some(1)),
        (Fault::Cut { after: 2 }, Some(1)),
        (Fault::WrongJson { wrong: WrongJson::Truncated }, None),
    ];
    assert_eq!(faults, expected);
    assert_eq!(script.rules[1].reply.tools[0].input, json!({"path": "a"}));

    let as_json = r#"{"rule": [{"name": "a", "when": {"contains": "b"}, "reply": {"json": {"c": 1}}}]}"#;
    fs::write(dir.path().join("script.json"), as_json).unwrap();
    let script = Script::load(&dir.path().join("script.json")).unwrap();
    assert_eq!(script.rules, [Rule::new("a").when_contains("b").says_json(json!({"c": 1}))]);
}

#[test]
fn a_file_that_is_no_script_is_refused_by_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let load = |name: &str, text: &str| {
        fs::write(dir.path().join(name), text).unwrap();
        Script::load(&dir.path().join(name)).unwrap_err()
    };
    assert!(matches!(load("a.toml", "[[rule]]\nname = 1"), ScriptError::Toml { .. }));
    assert!(matches!(load("b.toml", "[[rule]]\nwen = { }"), ScriptError::Toml { .. }), "a field is misspelt");
    assert!(matches!(load("c.toml", "[[rule]]\nreply = { file = \"gone\" }"), ScriptError::Io { .. }));
    assert!(matches!(load("a.json", "{"), ScriptError::Json { .. }));
    assert!(matches!(load("a.jsonl", "\n{}"), ScriptError::Recording { source, .. } if source.line == 2));
    assert!(matches!(load("a.txt", ""), ScriptError::Kind { .. }));
    assert!(matches!(Script::load(&dir.path().join("gone.toml")), Err(ScriptError::Io { .. })));
}

#[tokio::test]
async fn what_was_said_once_is_said_again_in_either_format() {
    let llm = Llm::start().await;
    llm.rule(Rule::new("all").says("Hi\nthere").uses("read", json!({"path": "a"})));
    answer(posted(&llm, Wire::OpenAi, &good(Wire::OpenAi))).await;
    let written = write_recording(&llm.exchanges());
    assert_eq!(written.lines().count(), 1);
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("hello.jsonl"), &written).unwrap();
    assert_eq!(read_recording(&written).unwrap(), llm.exchanges());

    let replay =
        Llm::start_on(([127, 0, 0, 1], 0).into(), Script::load(&dir.path().join("hello.jsonl")).unwrap());
    let replay = replay.await.unwrap();
    for wire in [Wire::OpenAi, Wire::Anthropic] {
        let (status, said) = answer(posted(&replay, wire, &good(wire))).await;
        assert!(
            status == 200 && said.contains("Hi\\nthere") && said.contains("\"read\""),
            "{wire:?}: {said}"
        );
        let mut other = good(wire);
        other["messages"][0]["content"] = "Something else".into();
        assert_eq!(answer(posted(&replay, wire, &other)).await.0, 400);
    }
    assert_eq!(replay.exchanges()[0].response, llm.exchanges()[0].response);
}

#[tokio::test]
async fn two_servers_do_not_share_an_address() {
    let llm = Llm::start().await;
    let address = llm.anthropic_url().trim_start_matches("http://").parse().unwrap();
    assert!(Llm::start_on(address, Script::default()).await.is_err());
    llm.stop().await;
    assert!(
        Llm::start_on(address, Script::default()).await.is_ok(),
        "it is free when the first one has ended"
    );
}
