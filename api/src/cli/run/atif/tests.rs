//! Documents keep to the specification, and say what the log says.

use serde_json::{Value, json};

use super::*;

const RUN: Uuid = Uuid::from_u128(7);

/// These events, one position after the other.
fn document(events: &[(&str, Value)]) -> Value {
    let mut atif = Atif::new(RUN);
    for ((kind, payload), position) in events.iter().zip(41..) {
        let recorded_at = format!("2026-11-30T09:14:{position:02}.120031Z");
        atif.hear(&Event { position, kind: (*kind).to_owned(), payload: payload.clone(), recorded_at });
    }
    let document = serde_json::to_value(atif.document()).unwrap();
    keeps_to_the_specification(&document);
    document
}

/// By the schema that was written from its tables, and by what its words say beyond that.
fn keeps_to_the_specification(document: &Value) {
    let schema = serde_json::from_str(include_str!("schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<_> =
        validator.iter_errors(document).map(|fault| format!("{}: {fault}", fault.instance_path())).collect();
    assert!(faults.is_empty(), "{faults:?}\n{document:#}");
    for (step, id) in steps(document).iter().zip(1..) {
        assert_eq!(step["step_id"], id, "steps are numbered from 1");
        let called: Vec<_> = list(&step["tool_calls"]).iter().map(|call| &call["tool_call_id"]).collect();
        for result in list(&step["observation"]["results"]) {
            let asked = &result["source_call_id"];
            assert!(
                asked.is_null() || called.contains(&asked),
                "an answer stands where the call does: {step}"
            );
        }
    }
}

fn steps(document: &Value) -> &[Value] {
    list(&document["steps"])
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn said(text: &str) -> Value {
    json!({ "in": "event", "sealed": "c2VhbGVk", "text": text })
}

fn started(driver: &str) -> (&'static str, Value) {
    let start = json!({ "task": Uuid::from_u128(1), "epoch": 2, "agent": "builder", "driver": driver, "mode": "implementation" });
    ("run.started", start)
}

fn called(call: &str, kind: &str, input: &str) -> (&'static str, Value) {
    ("trajectory.tool_called", json!({ "call": call, "tool": "Bash", "kind": kind, "input": said(input) }))
}

fn returned(call: &str, output: &str) -> (&'static str, Value) {
    ("trajectory.tool_returned", json!({ "call": call, "ok": true, "output": said(output) }))
}

fn message(text: &str) -> (&'static str, Value) {
    ("trajectory.message_emitted", json!({ "text": said(text) }))
}

fn asks(call: &str) -> (&'static str, Value) {
    ("trajectory.llm_call_started", json!({ "call": call, "model": "a-model" }))
}

fn paid(call: &str, input: u64, cost: i64) -> (&'static str, Value) {
    let tokens = json!({ "input": input, "output": 5, "cache_read": 100, "cache_write": 7 });
    ("trajectory.usage_recorded", json!({ "call": call, "tokens": tokens, "cost": cost }))
}

fn ended() -> (&'static str, Value) {
    ("run.ended", json!({ "outcome": "succeeded", "code": "verified", "reason": "all is well" }))
}

#[test]
fn a_run_is_told_step_by_step_and_each_token_once() {
    let document = document(&[
        started("claude"),
        ("run.sandbox_ready", json!({ "level": "full", "version": "2.0.1" })),
        ("trajectory.turn_started", json!({ "turn": 1, "prompt": said("Mend add.") })),
        asks("a"),
        ("trajectory.thought_emitted", json!({ "text": said("Look first.") })),
        paid("a", 10, 2_000),
        message("I look."),
        called("t1", "read", "{\"path\":\"calc.sh\"}"),
        called("t2", "execute", "make test"),
        returned("t1", "add() {}"),
        (
            "trajectory.command_ran",
            json!({ "command": said("make test"), "exit": 2, "duration_ms": 9, "output": said("no"), "output_bytes": 2 }),
        ),
        returned("t2", "no"),
        asks("b"),
        paid("b", 20, 3_000),
        message("It is mended."),
        (
            "trajectory.file_changed",
            json!({ "path": "calc.sh", "change": "modified", "added": 1, "removed": 1, "diff": said("@@") }),
        ),
        ("trajectory.turn_ended", json!({ "turn": 1, "stop": "end_turn" })),
        ("trajectory.llm_call_ambiguous", json!({ "call": "c", "cost": 500 })),
        (
            "run.evidence_gathered",
            json!({ "commit": "c", "files": 1, "added": 1, "removed": 1, "commands": [{ "cmd": "sh check.sh", "exit": 0, "duration_ms": 7, "output": said("fine") }] }),
        ),
        ended(),
    ]);
    let told: Vec<_> = steps(&document)
        .iter()
        .map(|step| (step["source"].as_str().unwrap(), step["message"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            ("user", "Mend add."),
            ("agent", "I look."),
            ("agent", "It is mended."),
            ("system", "The work was looked at from outside."),
            ("system", "The run ended, succeeded (verified): all is well"),
        ]
    );
    let [first, second] = [&steps(&document)[1], &steps(&document)[2]];
    assert_eq!(first["reasoning_content"], "Look first.");
    assert_eq!(first["tool_calls"][0]["arguments"], json!({ "path": "calc.sh" }));
    assert_eq!(first["tool_calls"][1]["arguments"], json!({ "input": "make test" }));
    let answers: Vec<_> = list(&first["observation"]["results"])
        .iter()
        .map(|result| (result["source_call_id"].as_str().unwrap(), result["content"].as_str().unwrap()))
        .collect();
    assert_eq!(answers, [("t1", "add() {}"), ("t2", "no")]);
    assert_eq!(first["extra"]["commands"][0]["exit"], 2);
    assert_eq!(second["extra"]["files"][0]["path"], "calc.sh");
    let metrics = [first, second].map(|step| {
        (
            &step["metrics"]["prompt_tokens"],
            &step["metrics"]["cost_usd"],
            &step["llm_call_count"],
            step["model_name"].as_str(),
        )
    });
    assert_eq!(
        metrics,
        [
            (&json!(117), &json!(0.002), &json!(1), Some("a-model")),
            (&json!(127), &json!(0.003), &json!(1), Some("a-model"))
        ]
    );
    assert_eq!(first["metrics"]["cached_tokens"], 100);
    let last = &document["final_metrics"];
    assert_eq!(
        (
            &last["total_prompt_tokens"],
            &last["total_completion_tokens"],
            &last["total_cost_usd"],
            &last["total_steps"]
        ),
        (&json!(244), &json!(10), &json!(0.0055), &json!(5))
    );
    assert_eq!(
        (&document["session_id"], &document["trajectory_id"]),
        (&json!(RUN), &json!(format!("{RUN}/60")))
    );
    assert_eq!(
        (&document["agent"]["name"], &document["agent"]["version"], &document["agent"]["model_name"]),
        (&json!("builder"), &json!("2.0.1"), &json!("a-model"))
    );
}

#[test]
fn a_command_is_a_step_without_a_model() {
    let ran = json!({ "command": said("make"), "exit": 0, "duration_ms": 9, "output": said("built"), "output_bytes": 5 });
    let prompt = json!({ "turn": 1, "prompt": said("make") });
    let document = document(&[
        started("command"),
        ("trajectory.turn_started", prompt),
        ("trajectory.command_ran", ran),
        ended(),
    ]);
    let step = &steps(&document)[1];
    assert_eq!(
        (&step["llm_call_count"], &step["tool_calls"][0]["arguments"]["command"]),
        (&json!(0), &json!("make"))
    );
    assert_eq!(
        (&step["observation"]["results"][0]["content"], &step["observation"]["results"][0]["extra"]["exit"]),
        (&json!("built"), &json!(0))
    );
}

#[test]
fn a_message_is_there_once_and_only_when_the_agent_may_have_it() {
    let steer = |n: u128, text: &str| {
        ("run.steer_requested", json!({ "steer": Uuid::from_u128(n), "text": said(text), "by": Uuid::nil() }))
    };
    let became = |n: u128, state: &'static str| {
        (state, json!({ "steer": Uuid::from_u128(n), "turn": 2, "reason": "gone" }))
    };
    let turn = |turn: u32, prompt: &str| {
        ("trajectory.turn_started", json!({ "turn": turn, "prompt": said(prompt) }))
    };
    let document = document(&[
        started("opencode"),
        turn(1, "Begin."),
        message("I begin."),
        steer(1, "Mind the sign."),
        became(1, "run.steer_folded"),
        steer(2, "Then rest."),
        became(2, "run.steer_deferred"),
        turn(2, "Then rest."),
        steer(3, "Never heard."),
        became(3, "run.steer_degraded"),
        steer(4, "Who knows."),
        became(4, "run.steer_ambiguous"),
    ]);
    let told: Vec<_> = steps(&document)
        .iter()
        .map(|step| (step["message"].as_str().unwrap(), step["extra"]["delivery"].as_str()))
        .collect();
    assert_eq!(
        told,
        [
            ("Begin.", None),
            ("I begin.", None),
            ("Mind the sign.", Some("folded")),
            ("Then rest.", None),
            ("Who knows.", Some("ambiguous")),
        ]
    );
}

#[test]
fn whatever_the_log_has_makes_a_document() {
    assert_eq!(steps(&document(&[])).len(), 1, "there is no empty one");
    assert_eq!(steps(&document(&[started("command"), ended()])).len(), 1);
    // An answer to nothing, a tool without words, what is too long, and what cannot be opened any more.
    let document = document(&[
        started("acp"),
        returned("nobody", "an answer"),
        (
            "trajectory.tool_called",
            json!({ "call": "1", "tool": "Read", "kind": "read", "input": { "in": "event", "sealed": "x", "text": null } }),
        ),
        (
            "trajectory.tool_returned",
            json!({ "call": "1", "ok": false, "output": { "in": "blob", "hash": "ab", "bytes": 70_000, "text": null } }),
        ),
        ("trajectory.noted", json!({ "code": "stderr", "text": said("?") })),
        ("trajectory.what_comes_later", json!({})),
        ("trajectory.turn_ended", json!({ "turn": 1, "stop": "cancelled" })),
    ]);
    let text = document.to_string();
    assert!(text.contains("an answer") && text.contains("[70000 bytes, which are not shown]"), "{text}");
    assert!(text.contains("[words that cannot be read any more]"), "{text}");
}

#[test]
fn a_document_that_is_none_is_found_out() {
    let broken = |change: fn(&mut Value)| {
        let mut document = document(&[started("claude"), message("I begin.")]);
        change(&mut document);
        std::panic::catch_unwind(|| keeps_to_the_specification(&document)).is_err()
    };
    assert!(broken(|document| document["schema_version"] = json!("ATIF-v1.6")));
    assert!(broken(|document| document["steps"] = json!([])));
    assert!(broken(|document| document["steps"][0]["step_id"] = json!(2)));
    assert!(broken(|document| document["steps"][0]["source"] = json!("person")));
    assert!(broken(|document| document["steps"][0]["colour"] = json!("red")));
    assert!(broken(
        |document| document["steps"][0]["observation"] = json!({ "results": [{ "source_call_id": "x" }] })
    ));
    assert!(broken(|document| document["agent"]["version"] = Value::Null));
}
