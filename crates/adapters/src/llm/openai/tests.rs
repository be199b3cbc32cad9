use std::collections::VecDeque;

use ports::llm::{Message, Piece, Stop, Tool, Usage};
use proptest::prelude::*;
use serde_json::json;

use super::super::http::Decode as _;
use super::super::sse::{Event, Limits, Parser, cut};
use super::*;

fn decoded(events: &[Value]) -> (Vec<Piece>, Option<LlmError>) {
    let mut decoder = Decoder::new(9, Some("hunter2".into()));
    let mut pieces = VecDeque::new();
    for event in events {
        let data = event.as_str().map_or_else(|| event.to_string(), str::to_owned);
        if let Err(error) = decoder.event(&Event { data }, &mut pieces) {
            return (pieces.into(), Some(error));
        }
    }
    (pieces.into(), None)
}

fn chunk(delta: &Value) -> Value {
    json!({"model": "a-model-1", "choices": [{"index": 0, "delta": delta, "finish_reason": null}]})
}

fn end(reason: &str) -> [Value; 3] {
    let usage =
        json!({"prompt_tokens": 10, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 4}});
    [
        json!({"model": "a-model-1", "choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}),
        json!({"model": "a-model-1", "choices": [], "usage": usage}),
        json!("[DONE]"),
    ]
}

const ALL: Usage = Usage {
    input_tokens: 6,
    output_tokens: 20,
    cache_read_tokens: 4,
    cache_write_tokens: 0,
    estimated: false,
};

fn finished(stop: Stop) -> Piece {
    Piece::Finished { stop, usage: ALL, model: "a-model-1".into() }
}

fn started() -> Piece {
    Piece::Used(Usage { input_tokens: 9, estimated: true, ..Usage::default() })
}

#[test]
fn text_and_tools_and_thoughts_are_understood() {
    let call = |index: u64, id: Value, name: Value, arguments: &str| {
        let function = json!({"name": name, "arguments": arguments});
        chunk(&json!({"tool_calls": [{"index": index, "id": id, "function": function}]}))
    };
    let mut events = vec![
        chunk(&json!({"role": "assistant", "content": ""})),
        chunk(&json!({"reasoning_content": "Let me see"})),
        chunk(&json!({"content": "Hello"})),
        call(0, json!("t0"), json!("read"), ""),
        call(1, json!("t1"), json!("write"), "{"),
        call(0, Value::Null, Value::Null, "{\"a\":1}"),
        call(1, Value::Null, Value::Null, "}"),
    ];
    events.extend(end("tool_calls"));
    let (pieces, error) = decoded(&events);
    assert_eq!(error, None);
    let tool =
        |index, id: &str, name: &str| Piece::ToolUseStarted { index, id: id.into(), name: name.into() };
    let input = |index, json: &str| Piece::ToolInputDelta { index, json: json.into() };
    let expected = [
        started(),
        Piece::TextDelta("Hello".into()),
        tool(0, "t0", "read"),
        tool(1, "t1", "write"),
        input(1, "{"),
        input(0, "{\"a\":1}"),
        input(1, "}"),
        finished(Stop::ToolUse),
    ];
    assert!(pieces == expected, "{pieces:?}");
}

#[test]
fn servers_that_leave_things_out_are_understood() {
    let call = |name: &str| json!({"function": {"name": name, "arguments": "{}"}});
    let events = [
        chunk(&json!({"tool_calls": [call("read")]})),
        chunk(&json!({"tool_calls": [call("write")]})),
        json!({"model": "m", "choices": [{"delta": {}, "finish_reason": "stop"}]}),
    ];
    let mut decoder = Decoder::new(9, None);
    let mut pieces = VecDeque::new();
    for event in events {
        decoder.event(&Event { data: event.to_string() }, &mut pieces).unwrap();
    }
    decoder.end(&mut pieces).unwrap();
    assert!(decoder.is_finished());
    let names = pieces.iter().filter_map(|piece| match piece {
        Piece::ToolUseStarted { id, name, .. } => Some((id.as_str(), name.as_str())),
        _ => None,
    });
    assert_eq!(names.collect::<Vec<_>>(), [("call_0", "read"), ("call_1", "write")]);
    let Some(Piece::Finished { stop, usage, .. }) = pieces.back() else { panic!("{pieces:?}") };
    assert_eq!((stop, usage.input_tokens, usage.estimated), (&Stop::ToolUse, 9, true));
}

#[test]
fn every_reason_for_an_end_is_known_or_kept() {
    for (reason, stop) in [
        ("stop", Stop::End),
        ("length", Stop::MaxTokens),
        ("function_call", Stop::ToolUse),
        ("content_filter", Stop::Refusal),
        ("eos", Stop::Other(ports::llm::Said::new("eos"))),
    ] {
        let (pieces, _) = decoded(&end(reason));
        assert!(pieces == [started(), finished(stop)], "{reason}: {pieces:?}");
    }
    let (pieces, _) = decoded(&[&[chunk(&json!({"refusal": "No"}))], end("stop").as_slice()].concat());
    assert!(pieces.last() == Some(&finished(Stop::Refusal)), "{pieces:?}");
}

#[test]
fn counts_that_come_with_every_chunk_are_not_added() {
    let counted = |tokens: u64| {
        let mut chunk = chunk(&json!({"content": "a"}));
        chunk["usage"] = json!({"prompt_tokens": 10, "completion_tokens": tokens, "prompt_tokens_details": {"cached_tokens": 4}});
        chunk
    };
    let (pieces, _) = decoded(&[&[counted(1), counted(2)], end("stop").as_slice()].concat());
    assert!(pieces.last() == Some(&finished(Stop::End)), "{pieces:?}");
}

#[test]
fn what_is_no_chunk_is_no_answer() {
    for event in [json!("<html>"), json!({}), json!({"choices": {}}), json!([1])] {
        let (pieces, error) = decoded(std::slice::from_ref(&event));
        assert!(pieces.is_empty() && matches!(error, Some(LlmError::BadAnswer { .. })), "{event}: {error:?}");
    }
    assert_eq!(decoded(&[json!("[DONE]")]).1, Some(LlmError::Cut));
    let error = json!({"error": {"code": 429, "message": "hunter2"}});
    assert_eq!(decoded(&[error]).1, Some(LlmError::RateLimited { retry_after: None }));
}

#[test]
fn a_conversation_with_tools_is_written_as_openai_reads_it() {
    let mut request = Request::new("a-model", "Read it", 100).with_system("Be brief");
    let used = Block::ToolUse { id: "t1".into(), name: "read".into(), input: json!({"a": 1}) };
    let result = Block::ToolResult { tool_use_id: "t1".into(), content: "no".into(), is_error: true };
    request.messages.push(Message { role: Role::Assistant, content: vec![used] });
    request.messages.push(Message { role: Role::User, content: vec![Block::text("And?"), result] });
    request.tools.push(Tool {
        name: "read".into(),
        description: "Reads".into(),
        input_schema: json!({"type": "object"}),
    });
    request.tool_choice = ToolChoice::Required("read".into());
    let call =
        json!({"id": "t1", "type": "function", "function": {"name": "read", "arguments": "{\"a\":1}"}});
    let expected = json!({
        "model": "a-model",
        "max_tokens": 100,
        "stream": true,
        "stream_options": {"include_usage": true},
        "messages": [
            {"role": "system", "content": "Be brief"},
            {"role": "user", "content": "Read it"},
            {"role": "assistant", "content": null, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "t1", "content": "The tool failed: no"},
            {"role": "user", "content": "And?"}
        ],
        "tools": [{"type": "function", "function": {"name": "read", "description": "Reads", "parameters": {"type": "object"}}}],
        "tool_choice": {"type": "function", "function": {"name": "read"}}
    });
    assert_eq!(Value::Object(body(&request, Structured::Schema, "max_tokens")), expected);
}

#[test]
fn a_schema_is_asked_for_in_three_ways() {
    let output = Output::JsonSchema { name: "plan".into(), schema: json!({"type": "object"}) };
    let request = Request::new("a-model", "Plan", 100).with_output(output);
    let of = |structured| body(&request, structured, "max_tokens");
    let schema = &of(Structured::Schema)["response_format"]["json_schema"];
    assert_eq!(schema, &json!({"name": "plan", "schema": {"type": "object"}, "strict": false}));
    let object = of(Structured::JsonObject);
    assert_eq!(object["response_format"], json!({"type": "json_object"}));
    assert!(object["messages"][0]["content"].as_str().unwrap().contains("JSON Schema"));
    let prompt = of(Structured::Prompt);
    assert!(!prompt.contains_key("response_format"));
    assert!(prompt["messages"][0]["content"].as_str().unwrap().contains("JSON Schema"));
}

fn conversation() -> Vec<Value> {
    let function = json!({"name": "read", "arguments": "{\"ü\":1}"});
    let mut events = vec![
        chunk(&json!({"content": "Grüße aus 東京 🦀"})),
        chunk(&json!({"tool_calls": [{"index": 0, "id": "t1", "function": function}]})),
    ];
    events.extend(end("tool_calls"));
    events
}

/// The pieces of these bytes, as they come in chunks.
fn pieces<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Piece> {
    let mut parser = Parser::new(Limits { answer_bytes: 100_000, line_bytes: 10_000 });
    let mut decoder = Decoder::new(9, None);
    let (mut events, mut pieces) = (VecDeque::new(), VecDeque::new());
    for chunk in chunks {
        parser.feed(chunk, &mut events).unwrap();
        for event in events.drain(..) {
            decoder.event(&event, &mut pieces).unwrap();
        }
    }
    pieces.into()
}

proptest! {
    #[test]
    fn any_cut_of_the_bytes_gives_the_same_pieces(cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..40)) {
        let text: String = conversation().iter().map(|event| format!("data: {}\n\n: ping\n\n", event.as_str().map_or_else(|| event.to_string(), str::to_owned))).collect();
        let whole = pieces([text.as_bytes()]);
        prop_assert!(whole == decoded(&conversation()).0);
        let is_whole = matches!(whole.last(), Some(Piece::Finished { .. }));
        prop_assert!(is_whole);
        prop_assert!(pieces(cut(&text, &cuts)) == whole);
        prop_assert!(pieces(text.as_bytes().chunks(1)) == whole);
    }
}
