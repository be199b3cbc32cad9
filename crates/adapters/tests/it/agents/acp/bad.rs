//! Agents that do not do what they should. Each ends the run with a reason, and nothing of it is left.

use std::fs;
use std::path::Path;
use std::time::Duration;

use adapters::agents::AcpDriver;
use ports::agent::{Act, AgentError};
use tokio::time::{Instant, sleep};

use super::stage::{SOON, Stage, assignment, program};

/// How it ends with an agent that plays these lines.
async fn error_of(lines: &str) -> AgentError {
    let quick = AcpDriver::within(Duration::from_secs(2), Duration::from_secs(2));
    let (_, ended, _) = Stage::play_within(lines, quick).end().await;
    ended.unwrap_err()
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let home = tempfile::tempdir().unwrap();
    let assignment = assignment(&home, vec!["no-such-agent".into(), "acp".into()]);
    let (_, ended, _) = Stage::drive(home, assignment, AcpDriver::new()).end().await;
    let error = ended.unwrap_err();
    assert_eq!(error.code(), "agent_missing");
    assert!(error.to_string().contains("no-such-agent"), "{error}");
}

#[tokio::test]
async fn a_profile_without_a_program_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let assignment = assignment(&home, Vec::new());
    let (_, ended, _) = Stage::drive(home, assignment, AcpDriver::new()).end().await;
    assert_eq!(ended.unwrap_err().code(), "bad_assignment");
}

#[tokio::test]
async fn one_that_goes_away_is_quoted() {
    let lines = r#"i=0; while [ $i -lt 3000 ]; do echo "noise $i" >&2; i=$((i + 1)); done; echo 'no key' >&2; exit 4"#;
    let (seen, ended, _) = Stage::play(lines).end().await;
    let error = ended.unwrap_err();
    assert_eq!(error.code(), "agent_gone");
    assert!(error.to_string().contains("exit code 4") && error.to_string().contains("no key"), "{error}");
    let complaint = seen.iter().find_map(|seen| match &seen.what {
        Act::Noted { code, text } if code == "stderr" => Some(text),
        _ => None,
    });
    let complaint = complaint.unwrap();
    assert!(complaint.ends_with("no key\n") && complaint.len() == 4_096, "{}", complaint.len());
}

#[tokio::test]
async fn one_that_goes_away_in_its_turn_leaves_what_it_said() {
    let (seen, ended, _) = Stage::play("hello; hear; chunk 'half a'; kill -9 $$").end().await;
    let error = ended.unwrap_err();
    assert!(error.to_string().contains("a signal ended it"), "{error}");
    let said: Vec<_> = seen.iter().map(|seen| &seen.what).collect();
    let [.., Act::Message { text }, Act::TurnEnded { stop }] = &said[..] else { panic!("{said:#?}") };
    assert_eq!((text.as_str(), stop.as_str()), ("half a", "error"));
}

#[tokio::test]
async fn a_greeting_is_noted_and_a_conversation_is_none() {
    let greets = "say 'Listening.'; say '{\"level\":\"info\"}'; say ''; hello; hear; end end_turn; hear";
    let (seen, ended, _) = Stage::play(greets).end().await;
    assert!(ended.is_ok_and(|finished| finished.done));
    let noted: Vec<_> = seen
        .iter()
        .filter_map(|seen| match &seen.what {
            Act::Noted { code, text } if code == "garbage" => Some(text.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(noted, ["Listening.", "{\"level\":\"info\"}"]);

    let error = error_of("hello; hear; yes 'I am a teapot.'").await;
    assert_eq!(error.code(), "agent_garbage");
    assert!(error.to_string().contains("teapot"), "{error}");
    let error = error_of("hello; hear; while :; do update '{\"sessionUpdate\":\"tool_call\"}'; done").await;
    assert_eq!(error.code(), "agent_garbage", "frames that cannot be read are none");
    let error = error_of("hello; hear; id=99; while :; do end end_turn; done").await;
    assert_eq!(error.code(), "agent_garbage", "answers to what nobody asked are none");
}

#[tokio::test]
async fn a_line_without_end_is_not_read_to_its_end() {
    let error = error_of("hello; hear; cat /dev/zero").await;
    assert_eq!(error.code(), "agent_garbage");
    assert!(error.to_string().contains("10 MiB"), "{error}");
}

#[tokio::test]
async fn one_that_says_nothing_is_not_waited_for() {
    for lines in
        ["while :; do sleep 600; done", "hear; answer '{\"protocolVersion\":1}'; while :; do sleep 600; done"]
    {
        let driver = AcpDriver::within(Duration::from_secs(1), SOON);
        let (_, ended, _) = Stage::play_within(lines, driver).end().await;
        assert_eq!(ended, Err(AgentError::Silent { seconds: 1 }), "{lines}");
    }
}

#[tokio::test]
async fn the_profile_says_how_long_one_may_be_silent() {
    let home = tempfile::tempdir().unwrap();
    let mut assignment = assignment(&home, program(&home, "agent", "while :; do sleep 600; done"));
    assignment.silent_after_s = Some(1);
    let (_, ended, _) = Stage::drive(home, assignment, AcpDriver::new()).end().await;
    let error = ended.unwrap_err();
    assert_eq!(error, AgentError::Silent { seconds: 1 });
    assert!(error.to_string().contains("`silent_after`"), "{error}");
}

#[tokio::test]
async fn one_of_another_version_is_given_nothing_to_do() {
    for (wanted, fits) in [("7", true), ("7.", false), ("8", false)] {
        let home = tempfile::tempdir().unwrap();
        let mut assignment = assignment(&home, program(&home, "agent", "hello; hear; end end_turn; hear"));
        assignment.version = Some(wanted.into());
        let (seen, ended, heard) = Stage::drive(home, assignment, AcpDriver::new()).end().await;
        assert!(seen.iter().any(|seen| matches!(&seen.what, Act::Noted { text, .. } if text == "Played 7")));
        match ended {
            Ok(finished) => assert!(fits && finished.done, "{wanted}"),
            Err(error) => {
                assert!(!fits && error.code() == "agent_version", "{wanted}: {error}");
                assert!(
                    error.to_string().contains(&format!("{wanted} of the agent, and 7 is here")),
                    "{error}"
                );
                assert_eq!(heard.frames().len(), 1, "initialize, and no more");
            }
        }
    }
}

#[tokio::test]
async fn one_that_cannot_be_spoken_to_says_why() {
    let error = error_of("hear; answer '{\"protocolVersion\":2}'; hear").await;
    assert!(error.code() == "agent_garbage" && error.to_string().contains("version 2"), "{error}");
    let refuses = "hear; answer '{\"protocolVersion\":1}'; hear; refuse -32000 'sign in first'; hear";
    let error = error_of(refuses).await;
    assert!(error.code() == "agent_cannot_start" && error.to_string().contains("sign in first"), "{error}");
    let error = error_of("hear; answer '{\"hello\":\"you\"}'; hear").await;
    assert_eq!(error.code(), "agent_garbage");
}

#[tokio::test]
async fn one_that_asks_for_ever_is_not_answered_for_ever() {
    let error = error_of(
        r#"hello; hear
        while :; do
        say '{"jsonrpc":"2.0","id":"q","method":"session/request_permission","params":{"sessionId":"s-1","toolCall":{"toolCallId":"c1"},"options":[{"optionId":"o","name":"Yes","kind":"allow_once"}]}}'
        hear; done"#,
    )
    .await;
    assert_eq!(error.code(), "agent_garbage");
    assert!(error.to_string().contains("201 times"), "{error}");
}

#[tokio::test]
async fn one_that_closes_its_ears_is_not_waited_for() {
    let error = error_of("hello; exec <&-; exec >&-; while :; do sleep 600; done").await;
    assert_eq!(error.code(), "agent_gone");
}

/// While nobody reads what is told, the agent waits: what it writes fills a pipe and not our memory.
#[tokio::test]
async fn one_that_floods_waits_for_its_readers() {
    let lines = r#"echo $$ > "$HOME/pid"; hello; hear; n=0
        while :; do
        update '{"sessionUpdate":"plan","entries":[]}'; n=$((n + 1)); echo $n > "$HOME/count"
        done"#;
    let mut stage = Stage::play(lines);
    stage.until("a plan", |act| matches!(act, Act::PlanUpdated { .. })).await;
    let home = stage.home.path().join("home");
    let read = |file: &str| fs::read_to_string(home.join(file)).unwrap_or_default();
    let process = Path::new("/proc").join(read("pid").trim());
    let deadline = Instant::now() + SOON;
    // The driver waits for us, and the agent for the driver.
    while !(stage.is_full() && waits_to_write(&process)) {
        assert!(Instant::now() < deadline, "it goes on and on: {}", read("count"));
        sleep(Duration::from_millis(20)).await;
    }
    let lines: u64 = read("count").trim().parse().unwrap();
    assert!(lines < 20_000, "a pipe and a buffer hold no more than a few hundred of them: {lines}");
}

/// Whether a process waits for somebody who reads its pipe. Where the kernel does not say in what it sleeps, it never sleeps otherwise.
fn waits_to_write(process: &Path) -> bool {
    let read = |file: &str| fs::read_to_string(process.join(file)).unwrap_or_default();
    let sleeps_in = read("wchan");
    sleeps_in.ends_with("pipe_write") || (sleeps_in == "0" && read("stat").contains(") S "))
}

#[tokio::test]
async fn nothing_that_it_started_is_left() {
    let lines = r#"hello; hear; sleep 600 & echo $! > "$HOME/child"; end end_turn; hear"#;
    let (_, ended, heard) = Stage::play(lines).end().await;
    assert!(ended.is_ok_and(|finished| finished.done));
    let child = fs::read_to_string(heard.path("home/child")).unwrap();
    let process = Path::new("/proc").join(child.trim());
    let is_gone = || {
        // Somebody else has to collect it; until then it is a name without a program.
        fs::read_to_string(process.join("stat")).map_or(true, |stat| stat.contains(") Z "))
    };
    let deadline = Instant::now() + SOON;
    while !is_gone() {
        assert!(Instant::now() < deadline, "{} is still there", process.display());
        sleep(Duration::from_millis(20)).await;
    }
}
