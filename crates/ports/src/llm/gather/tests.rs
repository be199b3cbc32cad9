use std::time::Duration;

use serde_json::json;

use super::super::Reply;
use super::*;

const USED: Usage =
    Usage { input_tokens: 3, output_tokens: 1, cache_read_tokens: 0, cache_write_tokens: 0, estimated: true };
const ALL: Usage = Usage { output_tokens: 7, estimated: false, ..USED };

fn text(text: &str) -> Piece {
    Piece::TextDelta(text.into())
}

fn used_tool(index: u32, json: &[&str]) -> Vec<Piece> {
    let started = Piece::ToolUseStarted { index, id: format!("id-{index}"), name: "read".into() };
    let deltas = json.iter().map(|json| Piece::ToolInputDelta { index, json: (*json).into() });
    std::iter::once(started).chain(deltas).collect()
}

fn end(stop: Stop) -> Piece {
    Piece::Finished { stop, usage: ALL, model: "a-model-1".into() }
}

async fn collected(pieces: Vec<Result<Piece, LlmError>>) -> Result<Answer, Unfinished> {
    Reply::new(futures::stream::iter(pieces)).collect().await
}

fn now<T>(future: impl Future<Output = T>) -> T {
    futures::FutureExt::now_or_never(future).expect("nothing here waits")
}

#[test]
fn pieces_become_an_answer_and_usage_is_replaced_not_added() {
    let retry = Retry {
        attempt: 1,
        after: Duration::from_secs(2),
        reason: LlmError::RateLimited { retry_after: None },
    };
    let pieces =
        vec![Piece::Retrying(retry.clone()), Piece::Used(USED), text("Hel"), text("lo"), end(Stop::End)];
    let answer = now(collected(pieces.into_iter().map(Ok).collect())).unwrap();
    assert_eq!((answer.text.as_str(), answer.stop, answer.usage), ("Hello", Stop::End, ALL));
    assert_eq!((answer.model.as_str(), answer.retries), ("a-model-1", vec![retry]));
}

#[test]
fn tools_that_are_used_at_once_are_kept_apart() {
    let mut pieces = used_tool(1, &["{\"a\"", ":1}"]);
    pieces.splice(1..1, used_tool(0, &[]));
    pieces.push(end(Stop::ToolUse));
    let answer = now(collected(pieces.into_iter().map(Ok).collect())).unwrap();
    let uses: Vec<_> = answer.tool_uses.into_iter().map(|tool| (tool.id, tool.input)).collect();
    assert_eq!(uses, [("id-0".to_owned(), json!({})), ("id-1".to_owned(), json!({"a": 1}))]);
}

#[test]
fn a_use_without_an_object_is_no_answer_and_costs() {
    for json in ["[1]", "{\"a\":"] {
        let mut pieces = used_tool(0, &[json]);
        pieces.push(end(Stop::MaxTokens));
        let failed = now(collected(pieces.into_iter().map(Ok).collect())).unwrap_err();
        assert!(matches!(failed.error, LlmError::BadAnswer { .. }), "{failed:?}");
        assert_eq!(failed.usage, ALL);
    }
}

#[test]
fn what_came_before_an_error_counts() {
    let pieces = vec![Ok(Piece::Used(USED)), Ok(text("Hel")), Err(LlmError::Cut)];
    let failed = now(collected(pieces)).unwrap_err();
    assert_eq!((failed.error.clone(), failed.text.as_str(), failed.usage), (LlmError::Cut, "Hel", USED));
    assert_eq!(failed.to_string(), LlmError::Cut.to_string());
}

#[test]
fn pieces_without_an_end_are_a_cut() {
    assert_eq!(now(collected(vec![Ok(text("Hel"))])).unwrap_err().error, LlmError::Cut);
    assert_eq!(now(collected(vec![])).unwrap_err().error, LlmError::Cut);
}

#[test]
fn json_is_read_with_and_without_a_fence() {
    let answer = |said: &str| {
        now(collected(vec![Ok(text(said)), Ok(end(Stop::End))])).unwrap().json().map_err(|e| e.to_string())
    };
    for said in ["{\"a\":1}", " {\"a\":1}\n", "```json\n{\"a\":1}\n```", "```\n{\"a\":1}```"] {
        assert_eq!(answer(said), Ok(json!({"a": 1})), "{said}");
    }
    let refused = answer("{\"secret\": hunter2}").unwrap_err();
    assert!(refused.contains("line 1") && !refused.contains("hunter2"), "{refused}");
}

#[test]
fn what_a_model_says_is_never_printed() {
    let mut pieces = used_tool(0, &["{\"a\":\"hunter2\"}"]);
    pieces.extend([text("hunter3"), end(Stop::End)]);
    let printed = format!("{pieces:?}");
    let answer = now(collected(pieces.into_iter().map(Ok).collect())).unwrap();
    let printed = format!("{printed} {answer:?} {:?}", Gathering::default().broken(LlmError::Cut));
    assert!(!printed.contains("hunter") && printed.contains("a-model-1"), "{printed}");
}
