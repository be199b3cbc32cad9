//! What people say to an agent at work, and what becomes of it.

use std::path::Path;
use std::time::Duration;

use adapters::agents::AcpDriver;
use ports::agent::{Act, Delivery};
use tokio::time::timeout;

use super::stage::{SOON, Stage, acts, all};

fn written(mechanism: &str) -> Delivery {
    Delivery::Written { mechanism: mechanism.into() }
}

#[tokio::test]
async fn messages_wait_for_the_end_of_the_turn_and_keep_their_order() {
    let mut stage = Stage::play(
        r#"hello; hear; chunk 'at work'
        update '{"sessionUpdate":"tool_call","toolCallId":"c1","title":"x","status":"in_progress"}'
        while [ ! -e "$HOME/go" ]; do sleep 0.05; done
        end end_turn; hear; chunk 'heard it'; end end_turn; hear; end end_turn; hear"#,
    );
    stage.until_said("at work").await;
    let first = stage.steer("Use tabs.").await;
    let second = stage.steer("/etc/hosts is wrong.").await;
    std::fs::write(stage.home.path().join("home/go"), "").unwrap();
    let (seen, ended, heard) = stage.end().await;
    assert!(ended.is_ok_and(|finished| finished.done));
    assert_eq!(all(first).await, [written("next_turn"), Delivery::Deferred { turn: 2 }]);
    assert_eq!(all(second).await, [written("next_turn"), Delivery::Deferred { turn: 3 }]);
    assert_eq!(heard.prompts(), ["Do it.", "Use tabs.", "Message:\n/etc/hosts is wrong."]);
    let started: Vec<_> = seen.iter().filter(|seen| matches!(seen.what, Act::TurnStarted { .. })).collect();
    assert_eq!(started.iter().map(|seen| seen.turn).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(started[1].what, Act::TurnStarted { prompt: "Use tabs.".into() });
}

#[tokio::test]
async fn an_agent_that_takes_prompts_while_one_runs_is_told_at_once() {
    let mut stage = Stage::play(
        r#"hello "$QUEUES"; hear; prompt=$id; chunk 'at work'
        update '{"sessionUpdate":"plan","entries":[]}'
        hear; end end_turn; chunk 'with tabs'; id=$prompt; end end_turn; hear"#,
    );
    stage.until_said("at work").await;
    let states = stage.steer("Use tabs.").await;
    let (seen, ended, _) = stage.end().await;
    assert!(ended.is_ok_and(|finished| finished.done));
    let folded = Delivery::Folded { turn: 1 };
    assert_eq!(all(states).await, [written("prompt_queueing"), Delivery::Accepted, folded]);
    assert!(seen.iter().all(|seen| seen.turn == 1), "{seen:#?}");
}

#[tokio::test]
async fn a_turn_that_is_handed_on_to_a_message_becomes_the_next() {
    let mut stage = Stage::play(
        r#"hello "$QUEUES"; hear; prompt=$id; chunk 'at work'
        update '{"sessionUpdate":"plan","entries":[]}'
        hear; message=$id; id=$prompt; end end_turn; chunk 'with tabs'; id=$message; end end_turn; hear"#,
    );
    stage.until_said("at work").await;
    let states = stage.steer("Use tabs.").await;
    let (seen, ended, _) = stage.end().await;
    assert!(ended.is_ok_and(|finished| finished.done));
    let deferred = Delivery::Deferred { turn: 2 };
    assert_eq!(all(states).await, [written("prompt_queueing"), Delivery::Accepted, deferred]);
    let last = seen.iter().find(|seen| seen.what == Act::Message { text: "with tabs".into() });
    assert_eq!(last.map(|seen| seen.turn), Some(2));
}

#[tokio::test]
async fn what_an_agent_refuses_is_not_sent_again() {
    for (refusal, is_degraded) in [("refuse -32602 'busy'", true), ("refuse -32603 'it broke'", false)] {
        let mut stage = Stage::play(&format!(
            r#"hello "$QUEUES"; hear; prompt=$id; chunk 'at work'
            update '{{"sessionUpdate":"plan","entries":[]}}'
            hear; {refusal}; id=$prompt; end end_turn; hear"#,
        ));
        stage.until_said("at work").await;
        let states = stage.steer("Use tabs.").await;
        let (_, _, heard) = stage.end().await;
        let states = all(states).await;
        let [first, last] = &states[..] else { panic!("{states:?}") };
        assert_eq!(*first, written("prompt_queueing"));
        assert_eq!(matches!(last, Delivery::Degraded { .. }), is_degraded, "{last:?}");
        assert_eq!(matches!(last, Delivery::Ambiguous { .. }), !is_degraded, "{last:?}");
        assert_eq!(heard.prompts().len(), 2);
    }
}

#[tokio::test]
async fn when_an_agent_dies_it_is_said_what_it_may_have_heard() {
    let dies_before = r#"hello; hear; chunk 'at work'
        update '{"sessionUpdate":"plan","entries":[]}'
        while [ ! -e "$HOME/go" ]; do sleep 0.05; done; exit 3"#;
    let mut stage = Stage::play(dies_before);
    stage.until_said("at work").await;
    let states = stage.steer("Use tabs.").await;
    std::fs::write(stage.home.path().join("home/go"), "").unwrap();
    let (_, ended, _) = stage.end().await;
    assert_eq!(ended.unwrap_err().code(), "agent_gone");
    let states = all(states).await;
    assert!(matches!(&states[..], [Delivery::Degraded { .. }]), "{states:?}");

    let dies_after = r#"hello; hear; chunk 'at work'
        update '{"sessionUpdate":"plan","entries":[]}'
        while [ ! -e "$HOME/go" ]; do sleep 0.05; done
        end end_turn; hear; exit 3"#;
    let mut stage = Stage::play(dies_after);
    stage.until_said("at work").await;
    let first = stage.steer("Use tabs.").await;
    let second = stage.steer("And spaces.").await;
    std::fs::write(stage.home.path().join("home/go"), "").unwrap();
    let (_, ended, _) = stage.end().await;
    assert_eq!(ended.unwrap_err().code(), "agent_gone");
    let (first, second) = (all(first).await, all(second).await);
    assert!(
        matches!(&first[..], [Delivery::Written { .. }, Delivery::Ambiguous { .. }]),
        "nobody knows what it did with it: {first:?}"
    );
    assert!(matches!(&second[..], [Delivery::Degraded { .. }]), "{second:?}");
}

#[tokio::test]
async fn an_interruption_ends_the_turn() {
    let mut stage = Stage::play(
        r#"hello; hear; prompt=$id; chunk 'at work'
        update '{"sessionUpdate":"plan","entries":[]}'
        hear; id=$prompt; end cancelled; hear"#,
    );
    stage.until_said("at work").await;
    let done = stage.interrupt().await;
    timeout(SOON, done).await.unwrap().unwrap();
    let (seen, ended, heard) = stage.end().await;
    let finished = ended.unwrap();
    assert_eq!((finished.done, finished.code.as_str()), (false, "cancelled"));
    assert_eq!(acts(&seen).last(), Some(&&Act::TurnEnded { stop: "cancelled".into() }));
    assert!(heard.frames().iter().any(|frame| frame["method"] == "session/cancel"));
}

#[tokio::test]
async fn an_interrupted_agent_goes_on_with_what_it_was_told() {
    let mut stage = Stage::play(
        r#"hello; hear; prompt=$id; chunk 'at work'
        update '{"sessionUpdate":"plan","entries":[]}'
        hear; id=$prompt; end cancelled; hear; end end_turn; hear"#,
    );
    stage.until_said("at work").await;
    let states = stage.steer("Do something else.").await;
    let done = stage.interrupt().await;
    timeout(SOON, done).await.unwrap().unwrap();
    let (_, ended, heard) = stage.end().await;
    assert!(ended.is_ok_and(|finished| finished.done));
    assert_eq!(all(states).await, [written("next_turn"), Delivery::Deferred { turn: 2 }]);
    assert_eq!(heard.prompts(), ["Do it.", "Do something else."]);
}

#[tokio::test]
async fn an_agent_that_does_not_end_its_turn_is_ended() {
    let mut stage = Stage::play_within(
        r#"hello; hear; echo $$ > "$HOME/pid"; chunk 'at work'
        update '{"sessionUpdate":"plan","entries":[]}'
        trap '' TERM; while :; do sleep 600; done"#,
        AcpDriver::within(SOON, Duration::from_millis(200)),
    );
    stage.until_said("at work").await;
    let states = stage.steer("Hurry.").await;
    let done = stage.interrupt().await;
    timeout(SOON, done).await.unwrap().unwrap();
    let (_, ended, heard) = stage.end().await;
    let finished = ended.unwrap();
    assert_eq!((finished.done, finished.code.as_str()), (false, "cancelled"));
    let states = all(states).await;
    assert!(matches!(&states[..], [Delivery::Degraded { .. }]), "{states:?}");
    let pid = std::fs::read_to_string(heard.path("home/pid")).unwrap();
    assert!(!Path::new("/proc").join(pid.trim()).exists(), "it is gone");
}

#[tokio::test]
async fn what_is_not_wanted_any_more_is_not_begun() {
    let stage = Stage::play("while :; do sleep 600; done");
    let done = stage.interrupt().await;
    timeout(SOON, done).await.unwrap().unwrap();
    let (seen, ended, _) = stage.end().await;
    assert_eq!(ended.unwrap().code, "cancelled");
    assert!(seen.is_empty(), "{seen:?}");
}
