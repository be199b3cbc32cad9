//! What people say to it at work, and how they end its turn.

use std::fs;
use std::time::Duration;

use adapters::agents::ClaudeDriver;
use ports::agent::{Act, Delivery};
use serde_json::json;
use tokio::time::timeout;

use super::{SOON, Stage, all, says, written};

const WAITS: &str = "until [ -e go ]; do sleep 0.02; done";

#[tokio::test]
async fn words_are_told_after_the_use_of_a_tool_and_folded_once_the_model_goes_on() {
    let stage = Stage::set(&json!([{"bash": WAITS}, "say_heard", {"bash": "true"}, {"say": "Done."}]));
    let mut agent = stage.begin();
    agent.sees(|act| matches!(act, Act::ToolCalled { .. })).await;
    let first = agent.steer("Use tabs.").await;
    let second = agent.steer("And no spaces.").await;
    fs::write(stage.path("go"), "").unwrap();
    let (seen, finished) = agent.end().await;
    assert!(finished.unwrap().done);
    let folded = [written("hook"), Delivery::Folded { turn: 1 }];
    assert_eq!(all(first).await, folded);
    assert_eq!(all(second).await, folded, "one after the other, in their order");
    let heard = says("I was told: A person who follows your work says:\nUse tabs.");
    assert!(seen.iter().any(|seen| seen.what == heard && seen.turn == 1));
    let hooks: Vec<_> =
        stage.record().into_iter().filter(|line| line.to_string().contains("additionalContext")).collect();
    assert_eq!(hooks.len(), 2, "each is told once");
}

#[tokio::test]
async fn words_for_which_no_tool_comes_are_the_next_turn() {
    // What fails has no hook after it.
    let stage = Stage::set(&json!([{"bash": format!("{WAITS}; exit 1")}, "end_turn", "say_heard"]));
    let mut agent = stage.begin();
    agent.sees(|act| matches!(act, Act::ToolCalled { .. })).await;
    let states = agent.steer("One more thing.").await;
    fs::write(stage.path("go"), "").unwrap();
    let (seen, finished) = agent.end().await;
    assert!(finished.unwrap().done);
    assert_eq!(all(states).await, [written("next_turn"), Delivery::Accepted, Delivery::Deferred { turn: 2 }]);
    let turns: Vec<_> = seen
        .iter()
        .filter_map(|seen| match &seen.what {
            Act::TurnStarted { prompt } => Some((seen.turn, prompt.as_str())),
            _ => None,
        })
        .collect();
    assert_eq!(turns, [(1, "Begin the task."), (2, "One more thing.")]);
    assert!(
        seen.iter().any(
            |seen| seen.what == says("I was told: A person who follows your work says:\nOne more thing.")
        )
    );
}

#[tokio::test]
async fn an_interrupt_ends_the_turn_and_then_the_agent() {
    for doing in [json!("hang"), json!({"bash": "sleep 600"})] {
        let stage = Stage::set(&json!([{"say": "I begin."}, doing]));
        let mut agent = stage.begin();
        agent.sees(|act| *act == says("I begin.")).await;
        let over = agent.interrupt().await;
        timeout(SOON, over).await.unwrap().unwrap();
        let (seen, finished) = agent.end().await;
        let finished = finished.unwrap();
        assert_eq!((finished.done, finished.code.as_str()), (false, "cancelled"));
        assert!(seen.iter().any(|seen| seen.what == Act::TurnEnded { stop: "cancelled".into() }));
    }
}

#[tokio::test]
async fn after_an_interrupt_words_that_wait_go_on() {
    let stage = Stage::set(&json!([{"say": "I begin."}, "hang", "say_heard"]));
    let mut agent = stage.begin();
    agent.sees(|act| *act == says("I begin.")).await;
    let states = agent.steer("Do the other thing.").await;
    let over = agent.interrupt().await;
    timeout(SOON, over).await.unwrap().unwrap();
    let (seen, finished) = agent.end().await;
    assert!(finished.unwrap().done);
    assert_eq!(all(states).await, [written("next_turn"), Delivery::Accepted, Delivery::Deferred { turn: 2 }]);
    assert!(seen.iter().any(|seen| seen.turn == 2
        && matches!(&seen.what, Act::Message { text } if text.contains("the other thing"))));
}

#[tokio::test]
async fn who_does_not_heed_an_interrupt_is_ended() {
    let mut stage = Stage::set(&json!([{"say": "I begin."}, "deaf"]));
    stage.driver = ClaudeDriver::within(SOON, Duration::from_millis(300));
    let mut agent = stage.begin();
    agent.sees(|act| *act == says("I begin.")).await;
    let states = agent.steer("Too late.").await;
    let over = agent.interrupt().await;
    timeout(SOON, over).await.unwrap().unwrap();
    let (_, finished) = agent.end().await;
    assert_eq!(finished.unwrap().code, "cancelled");
    assert!(matches!(all(states).await[..], [Delivery::Degraded { .. }]));
}

#[tokio::test]
async fn words_that_were_told_and_not_answered_may_have_arrived() {
    let stage = Stage::set(&json!([{"bash": WAITS}, {"exit": {"code": 9}}]));
    let mut agent = stage.begin();
    agent.sees(|act| matches!(act, Act::ToolCalled { .. })).await;
    let states = agent.steer("Use tabs.").await;
    let late = agent.steer("And this.").await;
    fs::write(stage.path("go"), "").unwrap();
    assert!(agent.end().await.1.is_err());
    let told = all(states).await;
    assert!(
        matches!(&told[..], [first, Delivery::Ambiguous { .. }] if *first == written("hook")),
        "{told:?}"
    );
    assert!(matches!(all(late).await[..], [Delivery::Degraded { .. }]));
}
