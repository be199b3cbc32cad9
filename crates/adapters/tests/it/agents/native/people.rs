//! What people say to an agent at work, and how they end its turn.

use std::fs;

use ports::agent::{Act, Delivery};
use serde_json::json;
use simulators::llm::{Fault, Pace, Rule};
use tokio::time::timeout;

use super::{FORMATS, SOON, Stage, all, is_there, returned, until, written};

#[tokio::test]
async fn words_within_a_turn_are_in_the_next_request() {
    for format in FORMATS {
        let stage = Stage::set(
            format,
            [
                Rule::new("heard").when_last_contains("Use tabs.").says("Tabs it is."),
                Rule::new("not heard").when_contains("exit code").says("Spaces."),
                Rule::new("wait").uses("shell", json!({"command": "until [ -e go ]; do sleep 0.02; done"})),
            ],
        )
        .await;
        let mut agent = stage.begin();
        agent.sees(|act| matches!(act, Act::ToolCalled { .. })).await;
        let states = agent.steer("Use tabs.").await;
        fs::write(stage.path("go"), "").unwrap();
        let (seen, finished) = agent.end().await;
        assert!(finished.done, "{finished:?}");
        assert_eq!(all(states).await, [written("tool_boundary"), Delivery::Folded { turn: 1 }]);
        assert!(
            seen.iter().any(|seen| seen.what == Act::Message { text: "Tabs it is.".into() }),
            "{format:?}"
        );
        assert!(seen.iter().all(|seen| seen.turn == 1));
        let asked = stage.last_asked();
        assert!(
            asked.ends_with("[exit code 0]\n\nA person who follows your work says:\nUse tabs."),
            "{asked}"
        );
    }
}

#[tokio::test]
async fn words_that_come_as_the_turn_ends_are_the_next_turn() {
    for format in FORMATS {
        // The answer begins long after the words are there.
        let late = Pace { first_ms: 1_500, ..Pace::default() };
        let stage = Stage::set(
            format,
            [
                Rule::new("second").when_last_contains("One more thing.").says("Done again."),
                Rule::new("first").says("Done.").at_pace(late),
            ],
        )
        .await;
        let agent = stage.begin();
        timeout(SOON, stage.server.busy(1)).await.unwrap();
        let states = agent.steer("One more thing.").await;
        let (seen, finished) = agent.end().await;
        assert!(finished.done, "{finished:?}");
        assert_eq!(all(states).await, [written("next_turn"), Delivery::Deferred { turn: 2 }]);
        let turns: Vec<_> = seen
            .iter()
            .filter_map(|seen| match &seen.what {
                Act::TurnStarted { prompt } => Some((seen.turn, prompt.as_str())),
                _ => None,
            })
            .collect();
        assert_eq!(turns, [(1, "Begin the task."), (2, "One more thing.")], "{format:?}");
        assert_eq!(stage.server.requests().len(), 2);
    }
}

#[tokio::test]
async fn an_interrupt_drops_the_call_and_ends_it() {
    for format in FORMATS {
        let stage = Stage::set(format, [Rule::new("all").says("x").misbehaves(Fault::Hangs)]).await;
        let agent = stage.begin();
        timeout(SOON, stage.server.busy(1)).await.unwrap();
        let over = agent.interrupt().await;
        timeout(SOON, over).await.unwrap().unwrap();
        let (seen, finished) = agent.end().await;
        assert_eq!((finished.done, finished.code.as_str()), (false, "cancelled"));
        assert_eq!(seen.last().unwrap().what, Act::TurnEnded { stop: "cancelled".into() });
        timeout(SOON, stage.server.quiet()).await.expect("nobody waits for the answer");
    }
}

#[tokio::test]
async fn an_interrupt_kills_the_tool_and_words_that_wait_go_on() {
    for format in FORMATS {
        let sleeping = "sh -c 'echo $$ > new; mv new pid; exec sleep 600'";
        let stage = Stage::set(
            format,
            [
                Rule::new("end").when_last_contains("Do the other thing.").says("The other thing is done."),
                Rule::new("all").uses("shell", json!({"command": sleeping})).uses("list", json!({})),
            ],
        )
        .await;
        let agent = stage.begin();
        is_there(&stage.path("pid")).await;
        let states = agent.steer("Do the other thing.").await;
        let over = agent.interrupt().await;
        timeout(SOON, over).await.unwrap().unwrap();
        let (seen, finished) = agent.end().await;
        assert!(finished.done, "{format:?}: {finished:?}");
        assert_eq!(all(states).await, [written("next_turn"), Delivery::Deferred { turn: 2 }]);
        let acts: Vec<Act> = seen.into_iter().map(|seen| seen.what).collect();
        assert_eq!(returned(&acts), [(false, "a person interrupted it")]);
        let stat = format!("/proc/{}/stat", fs::read_to_string(stage.path("pid")).unwrap().trim());
        until(|| fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "))).await;
        let asked = stage.last_asked();
        assert!(
            asked.contains("it was not used: the turn has ended before"),
            "each use has its result: {asked}"
        );
    }
}

#[tokio::test]
async fn words_to_an_agent_that_has_ended_are_known_not_to_have_arrived() {
    let stage = Stage::set(FORMATS[0], [Rule::new("all").misbehaves(Fault::Unauthorized)]).await;
    let agent = stage.begin();
    let states = agent.steer("Too late.").await;
    let (_, finished) = agent.end().await;
    assert_eq!(finished.code, "model");
    let states = all(states).await;
    assert!(matches!(states.last(), Some(Delivery::Degraded { .. })), "{states:?}");
}
