//! What is answered, and to whom.

use serde_json::{Value, json};
use simulators::llm::{Fault, Llm, Pace, Rule, Wire};

use super::{answer, good, message, posted};

fn asking(wire: Wire, question: &str) -> Value {
    let mut body = good(wire);
    let last = body["messages"].as_array().unwrap().len() - 1;
    body["messages"][last]["content"] = question.into();
    body
}

#[tokio::test]
async fn an_answer_without_a_stream_is_whole_and_counted() {
    let llm = Llm::start().await;
    llm.rule(Rule::new("all").says("Hi there").uses("read", json!({"a": 1})));
    let (_, said) = answer(posted(&llm, Wire::Anthropic, &good(Wire::Anthropic))).await;
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["content"][0], json!({"type": "text", "text": "Hi there"}));
    assert_eq!(said["content"][1]["input"], json!({"a": 1}));
    // "You are brief." and "Hello" are 19 characters, "Hi there" and {"a":1} are 15.
    assert_eq!((&said["usage"]["input_tokens"], &said["usage"]["output_tokens"]), (&json!(5), &json!(4)));
    assert_eq!(said["stop_reason"], "tool_use");
    let (_, said) = answer(posted(&llm, Wire::OpenAi, &good(Wire::OpenAi))).await;
    let said: Value = serde_json::from_str(&said).unwrap();
    let choice = &said["choices"][0];
    assert_eq!(
        (&choice["message"]["content"], &choice["finish_reason"]),
        (&json!("Hi there"), &json!("tool_calls"))
    );
    assert_eq!(choice["message"]["tool_calls"][0]["function"]["arguments"], "{\"a\":1}");
    assert_eq!(
        (&said["usage"]["prompt_tokens"], &said["usage"]["completion_tokens"]),
        (&json!(5), &json!(4))
    );
}

#[tokio::test]
async fn the_events_of_a_stream_are_those_of_the_format() {
    let llm = Llm::start().await;
    llm.rule(Rule::new("all").says("Hi there").at_pace(Pace { chunk_chars: 5, ..Pace::default() }));
    let streamed = |wire| {
        let mut body = good(wire);
        body["stream"] = json!(true);
        answer(posted(&llm, wire, &body))
    };
    let (_, said) = streamed(Wire::Anthropic).await;
    let names: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("event: ")).collect();
    let delta = "content_block_delta";
    let expected = [
        "message_start",
        "ping",
        "content_block_start",
        delta,
        delta,
        "content_block_stop",
        "message_delta",
        "message_stop",
    ];
    assert_eq!(names, expected);
    let (_, said) = streamed(Wire::OpenAi).await;
    assert!(said.ends_with("data: [DONE]\n\n"), "{said}");
    assert!(!said.contains("prompt_tokens"), "nobody asked for a count: {said}");
}

#[tokio::test]
async fn the_first_rule_that_matches_wins_and_no_rule_is_a_refusal_that_says_why() {
    let llm = Llm::start().await;
    llm.rule(Rule::new("cats").when_contains("cat").when_not_contains("dog").says("Meow"));
    llm.rule(Rule::new("last").when_last_contains("Hello").when_system_contains("rude").says("Go away"));
    llm.rule(Rule::new("cats too").when_contains("cat").says("Both"));
    for wire in [Wire::Anthropic, Wire::OpenAi] {
        assert!(answer(posted(&llm, wire, &asking(wire, "a cat"))).await.1.contains("Meow"));
        assert!(answer(posted(&llm, wire, &asking(wire, "a cat, a dog"))).await.1.contains("Both"));
        let (status, said) = answer(posted(&llm, wire, &asking(wire, "Hello"))).await;
        let said = message(&said);
        assert_eq!(status, 400);
        for why in ["`cats`: the conversation lacks `cat`", "`last`: the system lacks `rude`", "`cats too`"] {
            assert!(said.contains(why), "{said}");
        }
    }
}

/// The count belongs to the body: what others ask in between changes nothing.
#[tokio::test]
async fn a_fault_that_passes_passes_for_each_body() {
    let llm = Llm::start().await;
    llm.rule(
        Rule::new("all").says("Hi").misbehaves_times(Fault::RateLimited { retry_after: Some("7".into()) }, 2),
    );
    let mut seen = Vec::new();
    for question in ["a", "b", "a", "b", "a", "b"] {
        let request = posted(&llm, Wire::OpenAi, &asking(Wire::OpenAi, question)).send().await.unwrap();
        let retry_after =
            request.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned());
        seen.push((request.status().as_u16(), retry_after));
    }
    let limited = (429, Some("7".to_owned()));
    assert_eq!(seen, [limited.clone(), limited.clone(), limited.clone(), limited, (200, None), (200, None)]);
    assert_eq!(llm.requests().len(), 6);
    assert_eq!(llm.exchanges().len(), 2);
}

#[tokio::test]
async fn a_cut_lets_through_what_came_before_it() {
    let llm = Llm::start().await;
    let pace = Pace { chunk_chars: 1, ..Pace::default() };
    llm.rule(Rule::new("all").says("abcdef").at_pace(pace).misbehaves(Fault::Cut { after: 3 }));
    for wire in [Wire::Anthropic, Wire::OpenAi] {
        let mut body = good(wire);
        body["stream"] = json!(true);
        let mut response = posted(&llm, wire, &body).send().await.unwrap();
        let mut text = String::new();
        let end = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => text.push_str(&String::from_utf8_lossy(&chunk)),
                end => break end,
            }
        };
        assert!(end.is_err(), "{wire:?}: it ends as if it were whole: {text}");
        assert!(text.contains("\"c\"") && !text.contains("\"d\""), "{wire:?}: {text}");
        llm.quiet().await;
    }
}
