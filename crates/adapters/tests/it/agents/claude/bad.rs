//! Programs that are not as they should be.

use std::time::{Duration, Instant};

use adapters::agents::ClaudeDriver;
use ports::agent::{Act, AgentError, Delivery, Seen};
use serde_json::json;

use super::{SOON, Stage, all};

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let mut stage = Stage::set(&json!([]));
    stage.assignment.command = vec!["no-such-claude".into()];
    let error = stage.fails().await;
    assert!(
        matches!(&error, AgentError::Missing { program } if program.as_str() == "no-such-claude"),
        "{error:?}"
    );
}

#[tokio::test]
async fn one_that_ends_is_told_with_its_last_words() {
    let stage = Stage::set(&json!([{"exit": {"code": 7, "complaint": "out of luck"}}]));
    let error = stage.fails().await;
    let AgentError::Gone { said } = &error else { panic!("{error:?}") };
    assert!(said.as_str().contains("exit code 7") && said.as_str().contains("out of luck"), "{said}");
    let mut stage = Stage::set(&json!([]));
    stage.assignment.command = ["/bin/sh", "-c", "echo bad option >&2; exit 1"].map(str::to_owned).to_vec();
    let agent = stage.begin();
    let states = agent.steer("Hello?").await;
    let (acts, ended) = agent.end().await;
    assert!(matches!(ended, Err(AgentError::Gone { .. })), "{ended:?}");
    assert!(acts.iter().any(|seen| matches!(&seen.what, Act::Noted { code, text } if code == "stderr" && text.contains("bad option"))));
    assert!(matches!(all(states).await[..], [Delivery::Degraded { .. }]));
}

#[tokio::test]
async fn one_that_does_not_speak_the_protocol_is_told_from_one_that_warns() {
    let stage = Stage::set(&json!([{"garbage": 20}, {"say": "Done."}]));
    assert!(stage.done().await.1.done, "twenty lines are warnings");
    for moves in [json!([{"garbage": 21}, "hang"]), json!(["long_line"]), json!([{"ask": 1_000}])] {
        let error = Stage::set(&moves).fails().await;
        assert!(matches!(error, AgentError::Garbage { protocol: "stream-json", .. }), "{moves}: {error:?}");
    }
}

#[tokio::test]
async fn one_that_is_silent_is_not_waited_for_and_one_that_refuses_is_told() {
    let mut stage = Stage::of_script(&json!({"at_start": "silent"}));
    stage.driver = ClaudeDriver::within(Duration::from_secs(1), SOON);
    let began = Instant::now();
    let error = stage.fails().await;
    assert_eq!(error, AgentError::Silent { seconds: 1 });
    assert!(began.elapsed() < SOON / 2, "it is ended, and not waited for");
    stage.driver = ClaudeDriver::new();
    stage.assignment.silent_after_s = Some(2);
    assert_eq!(stage.fails().await, AgentError::Silent { seconds: 2 }, "the profile says so");
    let error = Stage::of_script(&json!({"at_start": "refuses"})).fails().await;
    assert!(
        matches!(&error, AgentError::CannotStart { said } if said.as_str().contains("not allowed here")),
        "{error:?}"
    );
}

#[tokio::test]
async fn one_of_another_version_does_nothing() {
    for (wanted, fits) in [("2.1.119", true), ("2.", true), ("2.1.118", false)] {
        let mut stage = Stage::set(&json!([{"write": {"path": "a.txt", "content": "x"}}]));
        stage.assignment.version = Some(wanted.into());
        let (acts, ended) = stage.begin().end().await;
        let told = |seen: &Seen| matches!(&seen.what, Act::Noted { code, text } if code == "agent" && text == "Claude Code 2.1.119");
        assert!(acts.iter().any(told), "{wanted}");
        match ended {
            Ok(finished) => assert!(fits && finished.done, "{wanted}"),
            Err(error) => {
                assert!(!fits && error.code() == "agent_version", "{wanted}: {error}");
                assert!(error.to_string().contains("2.1.118 of the agent, and 2.1.119 is here"), "{error}");
            }
        }
    }
}
