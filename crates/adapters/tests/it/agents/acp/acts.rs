//! What is told of an agent at work.

use ports::agent::{Act, Finished, Step, ToolKind};

use super::stage::{Stage, acts};

#[tokio::test]
async fn words_come_whole_and_tools_with_what_they_are_given() {
    let stage = Stage::play(
        r#"hello; hear
        update '{"sessionUpdate":"agent_thought_chunk","content":{"type":"text","text":"Hm"}}'
        update '{"sessionUpdate":"agent_thought_chunk","content":{"type":"text","text":"m."}}'
        chunk 'I will '; chunk 'build.'
        update '{"sessionUpdate":"plan","entries":[{"content":"build","priority":"high","status":"in_progress"},{"content":"rest","priority":"low","status":"odd"}]}'
        update '{"sessionUpdate":"tool_call","toolCallId":"c1","title":"bash","kind":"execute","status":"pending","rawInput":{}}'
        update '{"sessionUpdate":"tool_call_update","toolCallId":"c1","status":"in_progress","rawInput":{"command":"make"}}'
        update '{"sessionUpdate":"tool_call_update","toolCallId":"c1","status":"in_progress","content":[{"type":"content","content":{"type":"text","text":"cc"}}]}'
        update '{"sessionUpdate":"tool_call_update","toolCallId":"c1","status":"completed","rawOutput":{"metadata":{"exit":0}}}'
        chunk 'Built.'
        end end_turn; hear"#,
    );
    let (seen, ended, _) = stage.end().await;
    let finished =
        Finished { done: true, code: "end_turn".into(), message: "the agent has ended its turn".into() };
    assert_eq!(ended, Ok(finished));
    let step = |text: &str, status: &str| Step { text: text.into(), status: status.into() };
    let acts = acts(&seen);
    let [noted, started, thought, said, plan, called, returned, ran, last, over] = &acts[..] else {
        panic!("{acts:#?}")
    };
    assert_eq!(**noted, Act::Noted { code: "agent".into(), text: "Played 7".into() });
    assert_eq!(**started, Act::TurnStarted { prompt: "Do it.".into() });
    assert_eq!(**thought, Act::Thought { text: "Hmm.".into() });
    assert_eq!(**said, Act::Message { text: "I will build.".into() });
    assert_eq!(
        **plan,
        Act::PlanUpdated { steps: vec![step("build", "in_progress"), step("rest", "pending")] }
    );
    let input = r#"{"command":"make"}"#.to_owned();
    let call = || "c1".to_owned();
    assert_eq!(
        **called,
        Act::ToolCalled { call: call(), tool: "bash".into(), kind: ToolKind::Execute, input }
    );
    assert_eq!(**returned, Act::ToolReturned { call: call(), ok: true, output: "cc".into() });
    assert!(
        matches!(ran, Act::CommandRan { command, exit: Some(0), output, .. } if command == "make" && output == "cc"),
        "{ran:?}"
    );
    assert_eq!(**last, Act::Message { text: "Built.".into() });
    assert_eq!(**over, Act::TurnEnded { stop: "end_turn".into() });
    let raw = |at: usize| seen[at].raw.as_deref().unwrap_or_default();
    assert!(raw(3).contains("build.") && !raw(3).contains("I will"), "the last frame: {}", raw(3));
    assert!(raw(5).contains("in_progress") && raw(6).contains("completed"), "{} {}", raw(5), raw(6));
    assert!(seen.iter().all(|seen| seen.turn == 1));
}

#[tokio::test]
async fn whoever_asks_may_and_whoever_wants_more_is_refused() {
    let stage = Stage::play(
        r#"hello; hear; prompt=$id
        say '{"jsonrpc":"2.0","id":"q1","method":"session/request_permission","params":{"sessionId":"s-1","toolCall":{"toolCallId":"c1","title":"rm -r build","kind":"execute","rawInput":{"command":"rm -r build"}},"options":[{"optionId":"always","name":"Always","kind":"allow_always"},{"optionId":"once","name":"This time","kind":"allow_once"}]}}'
        hear
        say '{"jsonrpc":"2.0","id":"q2","method":"fs/read_text_file","params":{"path":"/etc/passwd"}}'
        hear; id=$prompt; end end_turn; hear"#,
    );
    let (seen, ended, heard) = stage.end().await;
    assert!(ended.is_ok_and(|finished| finished.done));
    let frames = heard.frames();
    let answer = |id: &str| frames.iter().find(|frame| frame["id"] == id).unwrap();
    assert_eq!(answer("q1")["result"]["outcome"]["optionId"], "once");
    assert_eq!(answer("q2")["error"]["code"], -32601);
    let noted = seen.iter().any(|seen| {
        matches!(&seen.what, Act::Noted { code, text } if code == "permission" && text.contains("rm -r build") && text.contains("This time"))
    });
    assert!(noted, "{:#?}", acts(&seen));
}

#[tokio::test]
async fn what_is_said_after_the_answer_belongs_to_the_turn() {
    let stage = Stage::play("hello; hear; chunk 'nearly '; end end_turn; chunk 'done'; hear");
    let (seen, _, _) = stage.end().await;
    let [.., Act::Message { text }, Act::TurnEnded { .. }] = &acts(&seen)[..] else {
        panic!("{:#?}", acts(&seen))
    };
    assert_eq!(text, "nearly done");
}

#[tokio::test]
async fn only_the_end_of_a_turn_is_done() {
    for (line, code) in [
        ("end max_tokens", "max_tokens"),
        ("end max_turn_requests", "max_turn_requests"),
        ("end refusal", "refusal"),
        ("end cancelled", "cancelled"),
        ("end enlightenment", "other"),
        ("answer null", "other"),
        ("echo 'no credit' >&2; refuse -32603 'it broke'", "error"),
    ] {
        let stage = Stage::play(&format!("hello; hear; {line}; hear"));
        let (seen, ended, _) = stage.end().await;
        let finished = ended.unwrap();
        assert_eq!((finished.done, finished.code.as_str()), (false, code), "{line}");
        let stop = acts(&seen).into_iter().find_map(|act| match act {
            Act::TurnEnded { stop } => Some(stop.clone()),
            _ => None,
        });
        assert_eq!(stop.as_deref(), Some(code), "{line}");
        let complained = seen.iter().any(
            |seen| matches!(&seen.what, Act::Noted { code, text } if code == "stderr" && text == "no credit\n"),
        );
        assert_eq!(complained, code == "error", "{line}");
    }
}

#[tokio::test]
async fn a_flood_of_words_becomes_one_message_of_a_bounded_size() {
    let stage = Stage::play(
        r#"hello; hear; prompt=$id
        words=$(head -c 8000 /dev/zero | tr '\0' w)
        n=0; while [ $n -lt 2000 ]; do chunk "$words"; n=$((n + 1)); done
        end end_turn; hear"#,
    );
    let (seen, ended, _) = stage.end().await;
    assert!(ended.is_ok_and(|finished| finished.done));
    let messages: Vec<_> = acts(&seen)
        .into_iter()
        .filter_map(|act| match act {
            Act::Message { text } => Some(text),
            _ => None,
        })
        .collect();
    let [message] = &messages[..] else { panic!("{} messages", messages.len()) };
    assert!(message.len() < 140_000 && message.contains("bytes left out"), "{}", message.len());
}
