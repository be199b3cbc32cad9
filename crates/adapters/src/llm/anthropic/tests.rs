use std::collections::VecDeque;

use ports::llm::{Message, Piece, Stop, Tool, Usage};
use proptest::prelude::*;
use serde_json::json;

use super::super::http::Decode as _;
use super::super::sse::{Event, Limits, Parser, cut};
use super::*;

fn decoded(structured_by_tool: bool, events: &[Value]) -> (Vec<Piece>, Option<LlmError>) {
    let mut decoder = Decoder::new(9, structured_by_tool, Some("hunter2".into()));
    let mut pieces = VecDeque::new();
    for event in events {
        if let Err(error) = decoder.event(&Event { data: event.to_string() }, &mut pieces) {
            return (pieces.into(), Some(error));
        }
    }
    (pieces.into(), None)
}

fn start() -> Value {
    let usage = json!({"input_tokens": 5, "cache_read_input_tokens": 2, "cache_creation_input_tokens": 3, "output_tokens": 1});
    json!({"type": "message_start", "message": {"model": "a-model-1", "usage": usage}})
}

fn block(index: u64, block: &Value) -> Value {
    json!({"type": "content_block_start", "index": index, "content_block": block})
}

fn delta(index: u64, delta: &Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}

fn end(reason: &str) -> [Value; 2] {
    [
        json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 20}}),
        json!({"type": "message_stop"}),
    ]
}

const ALL: Usage = Usage {
    input_tokens: 5,
    output_tokens: 20,
    cache_read_tokens: 2,
    cache_write_tokens: 3,
    estimated: false,
};

fn finished(stop: Stop) -> Piece {
    Piece::Finished { stop, usage: ALL, model: "a-model-1".into() }
}

#[test]
fn text_and_tools_and_thoughts_are_understood() {
    let mut events = vec![
        start(),
        json!({"type": "ping"}),
        block(0, &json!({"type": "thinking", "thinking": ""})),
        delta(0, &json!({"type": "thinking_delta", "thinking": "Let me see"})),
        delta(0, &json!({"type": "signature_delta", "signature": "abc"})),
        block(1, &json!({"type": "text", "text": ""})),
        delta(1, &json!({"type": "text_delta", "text": "Hel"})),
        delta(1, &json!({"type": "text_delta", "text": "lo"})),
        json!({"type": "content_block_stop", "index": 1}),
        block(2, &json!({"type": "tool_use", "id": "t1", "name": "read", "input": {}})),
        delta(2, &json!({"type": "input_json_delta", "partial_json": ""})),
        delta(2, &json!({"type": "input_json_delta", "partial_json": "{\"a\":1}"})),
        json!({"type": "something_new"}),
    ];
    events.extend(end("tool_use"));
    let (pieces, error) = decoded(false, &events);
    assert_eq!(error, None);
    let expected = [
        Piece::Used(Usage { output_tokens: 1, estimated: true, ..ALL }),
        Piece::TextDelta("Hel".into()),
        Piece::TextDelta("lo".into()),
        Piece::ToolUseStarted { index: 2, id: "t1".into(), name: "read".into() },
        Piece::ToolInputDelta { index: 2, json: "{\"a\":1}".into() },
        finished(Stop::ToolUse),
    ];
    assert!(pieces == expected, "{pieces:?}");
}

#[test]
fn the_input_of_the_tool_of_a_schema_is_the_answer() {
    let mut events = vec![
        start(),
        block(0, &json!({"type": "text", "text": "I will use the tool"})),
        block(1, &json!({"type": "tool_use", "id": "t1", "name": "plan", "input": {}})),
        delta(1, &json!({"type": "input_json_delta", "partial_json": "{\"a\":"})),
        delta(1, &json!({"type": "input_json_delta", "partial_json": "1}"})),
    ];
    events.extend(end("tool_use"));
    let (pieces, _) = decoded(true, &events);
    let expected = [Piece::TextDelta("{\"a\":".into()), Piece::TextDelta("1}".into()), finished(Stop::End)];
    assert!(pieces[1..] == expected, "{pieces:?}");
}

#[test]
fn every_reason_for_an_end_is_known_or_kept() {
    for (reason, stop) in [
        ("end_turn", Stop::End),
        ("stop_sequence", Stop::End),
        ("max_tokens", Stop::MaxTokens),
        ("refusal", Stop::Refusal),
        ("pause_turn", Stop::Other(ports::llm::Said::new("pause_turn"))),
    ] {
        let (pieces, _) = decoded(false, &[&[start()], end(reason).as_slice()].concat());
        assert!(pieces[1..] == [finished(stop)], "{reason}: {pieces:?}");
    }
    let (_, error) = decoded(false, &[start(), json!({"type": "message_stop"})]);
    assert!(matches!(error, Some(LlmError::BadAnswer { .. })), "{error:?}");
}

#[test]
fn an_answer_that_breaks_off_is_counted_by_what_was_said() {
    let mut decoder = Decoder::new(9, false, None);
    assert_eq!(decoder.used(), None);
    let mut pieces = VecDeque::new();
    let said = delta(0, &json!({"type": "text_delta", "text": "a".repeat(41)}));
    for event in [start(), said] {
        decoder.event(&Event { data: event.to_string() }, &mut pieces).unwrap();
    }
    assert_eq!(decoder.used(), Some(Usage { output_tokens: 11, estimated: true, ..ALL }));
    assert_eq!(decoder.end(&mut pieces), Err(LlmError::Cut));
}

#[test]
fn a_prompt_that_nobody_counted_is_guessed() {
    let start = json!({"type": "message_start", "message": {"model": "a-model-1"}});
    let (pieces, _) = decoded(false, &[&[start], end("end_turn").as_slice()].concat());
    let Some(Piece::Finished { usage, .. }) = pieces.last() else { panic!("{pieces:?}") };
    let guessed = Usage { input_tokens: 9, output_tokens: 20, estimated: true, ..Usage::default() };
    assert_eq!(*usage, guessed);
}

#[test]
fn an_error_in_the_middle_is_sorted_and_holds_no_key() {
    let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    assert_eq!(decoded(false, &[start(), error]).1, Some(LlmError::Overloaded { retry_after: None }));
    let error =
        json!({"type": "error", "error": {"type": "invalid_request_error", "message": "hunter2 is bad"}});
    let said = decoded(false, &[start(), error]).1.unwrap().to_string();
    assert!(said.contains("[key] is bad"), "{said}");
}

#[test]
fn a_conversation_with_tools_is_written_as_anthropic_reads_it() {
    let mut request = Request::new("a-model", "Read it", 100).with_system("Be brief");
    let used = Block::ToolUse { id: "t1".into(), name: "read".into(), input: json!({"a": 1}) };
    let result = Block::ToolResult { tool_use_id: "t1".into(), content: "no".into(), is_error: true };
    request.messages.push(Message { role: Role::Assistant, content: vec![used] });
    request.messages.push(Message { role: Role::User, content: vec![result] });
    request.tools.push(Tool {
        name: "read".into(),
        description: "Reads".into(),
        input_schema: json!({"type": "object"}),
    });
    request.tool_choice = ToolChoice::Required("read".into());
    request.temperature = Some(0.5);
    let expected = json!({
        "model": "a-model",
        "max_tokens": 100,
        "stream": true,
        "temperature": 0.5,
        "system": [{"type": "text", "text": "Be brief"}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Read it"}]},
            {"role": "assistant", "content": [{"type": "tool_use", "id": "t1", "name": "read", "input": {"a": 1}}]},
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "no", "is_error": true}]}
        ],
        "tools": [{"name": "read", "description": "Reads", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "tool", "name": "read"}
    });
    assert_eq!(Value::Object(body(&request, None)), expected);
}

#[test]
fn a_schema_is_asked_for_in_three_ways() {
    let schema = json!({"type": "object", "properties": {}});
    let output = Output::JsonSchema { name: "plan".into(), schema: schema.clone() };
    let request = Request::new("a-model", "Plan", 100).with_output(output);
    let by_schema = body(&request, Some(Structured::Schema));
    assert_eq!(by_schema["output_config"]["format"]["schema"]["additionalProperties"], json!(false));
    let by_tool = body(&request, Some(Structured::Tool));
    assert_eq!(by_tool["tools"][0]["input_schema"], schema);
    assert_eq!(by_tool["tool_choice"], json!({"type": "tool", "name": "plan"}));
    let by_prompt = body(&request, Some(Structured::Prompt));
    assert!(by_prompt["system"][0]["text"].as_str().unwrap().contains("JSON Schema"));
    assert!(!by_prompt.contains_key("tools") && !by_prompt.contains_key("output_config"));
}

fn conversation() -> Vec<Value> {
    let mut events = vec![
        start(),
        block(0, &json!({"type": "text", "text": "Grüße "})),
        delta(0, &json!({"type": "text_delta", "text": "aus 東京 🦀"})),
        block(1, &json!({"type": "tool_use", "id": "t1", "name": "read", "input": {}})),
        delta(1, &json!({"type": "input_json_delta", "partial_json": "{\"ü\":1}"})),
    ];
    events.extend(end("tool_use"));
    events
}

/// The pieces of these bytes, as they come in chunks.
fn pieces<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> Vec<Piece> {
    let mut parser = Parser::new(Limits { answer_bytes: 100_000, line_bytes: 10_000 });
    let mut decoder = Decoder::new(9, false, None);
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
        let text: String = conversation().iter().map(|event| format!("event: {}\r\ndata: {event}\r\n\r\n", event["type"])).collect();
        let whole = pieces([text.as_bytes()]);
        prop_assert!(whole == decoded(false, &conversation()).0);
        let is_whole = matches!(whole.last(), Some(Piece::Finished { .. }));
        prop_assert!(is_whole);
        prop_assert!(pieces(cut(&text, &cuts)) == whole);
        prop_assert!(pieces(text.as_bytes().chunks(1)) == whole);
    }
}
