//! A row for every way in which a server misbehaves, for both formats.

use std::sync::Arc;
use std::time::Duration;

use ports::llm::{Llm, LlmError, Wait};
use simulators::llm::{Fault, Llm as Server, Pace, Rule, Wire, WrongJson};

use super::{WIRES, ask, client, question};

/// In four pieces of 8 characters.
const SAID: &str = r#"{"a": "0123456789 01234567890" }"#;
const TWO_PIECES: &str = r#"{"a": "012345678"#;

/// What becomes of a call.
struct Row {
    /// The name of the error, or none.
    error: Option<&'static str>,
    /// How often it was tried; the options allow three.
    tries: usize,
    /// What was said until then.
    text: &'static str,
    /// Whether there is something to pay for, and whether that is a guess.
    used: Option<bool>,
}

const fn refused(error: &'static str, tries: usize) -> Row {
    Row { error: Some(error), tries, text: "", used: None }
}

const fn broken(error: &'static str) -> Row {
    Row { error: Some(error), tries: 1, text: TWO_PIECES, used: Some(true) }
}

fn row(fault: &Fault) -> Row {
    match fault {
        Fault::RateLimited { .. } => refused("RateLimited", 3),
        Fault::Overloaded { .. } | Fault::ErrorBody => refused("Overloaded", 3),
        Fault::ServerError | Fault::BadGateway => refused("Unavailable", 3),
        Fault::Hangs => refused("Timeout(FirstByte)", 3),
        Fault::Unauthorized => refused("Unauthorized", 1),
        Fault::Quotes => refused("InvalidRequest", 1),
        Fault::NoCredit => refused("NoCredit", 1),
        Fault::ContextTooLong => refused("ContextTooLong", 1),
        Fault::NoModel | Fault::Redirects => refused("Misconfigured", 1),
        Fault::Html => refused("BadAnswer", 1),
        Fault::Cut { .. } => broken("Cut"),
        Fault::ErrorEvent { .. } => broken("Overloaded"),
        Fault::Silent { .. } => broken("Timeout(Idle)"),
        Fault::BrokenEvent { .. } => broken("BadAnswer"),
        Fault::Drips => Row { text: "", ..broken("Timeout(Whole)") },
        Fault::LongLine => Row { text: "", ..broken("BadAnswer") },
        Fault::WrongJson { wrong } => {
            let text = match wrong {
                WrongJson::Truncated => &SAID[..SAID.len() - 1],
                WrongJson::NotJson => "I would rather talk about something else.",
                WrongJson::ViolatesSchema => r#"{"unexpected":true}"#,
            };
            Row { error: None, tries: 1, text, used: Some(false) }
        }
        Fault::Uncounted => Row { error: None, tries: 1, text: SAID, used: Some(true) },
    }
}

/// Each fault leads to the next, so that none is forgotten.
fn next(fault: &Fault) -> Option<Fault> {
    Some(match fault {
        Fault::RateLimited { .. } => Fault::Overloaded { retry_after: Some("0".into()) },
        Fault::Overloaded { .. } => Fault::ServerError,
        Fault::ServerError => Fault::BadGateway,
        Fault::BadGateway => Fault::Unauthorized,
        Fault::Unauthorized => Fault::Quotes,
        Fault::Quotes => Fault::NoCredit,
        Fault::NoCredit => Fault::ContextTooLong,
        Fault::ContextTooLong => Fault::NoModel,
        Fault::NoModel => Fault::Redirects,
        Fault::Redirects => Fault::ErrorBody,
        Fault::ErrorBody => Fault::Html,
        Fault::Html => Fault::Hangs,
        Fault::Hangs => Fault::Cut { after: 2 },
        Fault::Cut { .. } => Fault::ErrorEvent { after: 2 },
        Fault::ErrorEvent { .. } => Fault::Silent { after: 2 },
        Fault::Silent { .. } => Fault::BrokenEvent { after: 2 },
        Fault::BrokenEvent { .. } => Fault::Drips,
        Fault::Drips => Fault::LongLine,
        Fault::LongLine => Fault::WrongJson { wrong: WrongJson::Truncated },
        Fault::WrongJson { wrong: WrongJson::Truncated } => Fault::WrongJson { wrong: WrongJson::NotJson },
        Fault::WrongJson { wrong: WrongJson::NotJson } => {
            Fault::WrongJson { wrong: WrongJson::ViolatesSchema }
        }
        Fault::WrongJson { wrong: WrongJson::ViolatesSchema } => Fault::Uncounted,
        Fault::Uncounted => return None,
    })
}

fn name(error: &LlmError) -> &'static str {
    match error {
        LlmError::RateLimited { .. } => "RateLimited",
        LlmError::Overloaded { .. } => "Overloaded",
        LlmError::Timeout { wait: Wait::Connect } => "Timeout(Connect)",
        LlmError::Timeout { wait: Wait::FirstByte } => "Timeout(FirstByte)",
        LlmError::Timeout { wait: Wait::Idle } => "Timeout(Idle)",
        LlmError::Timeout { wait: Wait::Whole } => "Timeout(Whole)",
        LlmError::Cut => "Cut",
        LlmError::Unavailable { .. } => "Unavailable",
        LlmError::Unauthorized => "Unauthorized",
        LlmError::NoCredit { .. } => "NoCredit",
        LlmError::Misconfigured { .. } => "Misconfigured",
        LlmError::InvalidRequest { .. } => "InvalidRequest",
        LlmError::ContextTooLong { .. } => "ContextTooLong",
        LlmError::ContentRefused { .. } => "ContentRefused",
        LlmError::BadAnswer { .. } => "BadAnswer",
    }
}

/// A server that misbehaves so, and somebody who will ask it.
struct Stage {
    fault: Fault,
    wire: Wire,
    server: Server,
    llm: Arc<dyn Llm>,
}

async fn set(fault: Fault, wire: Wire) -> Stage {
    let server = Server::start().await;
    let pace = Pace { chunk_chars: 8, ..Pace::default() };
    server.rule(Rule::new("all").says(SAID).at_pace(pace).misbehaves(fault.clone()));
    let llm = client(&server, wire);
    Stage { fault, wire, server, llm }
}

async fn check(stage: &Stage) {
    let Stage { fault, wire, server, llm } = stage;
    let mut request = question("Hello");
    match fault {
        Fault::Hangs => request.deadlines.first_byte = Duration::from_secs(2),
        Fault::Silent { .. } => request.deadlines.idle = Duration::from_secs(2),
        Fault::Drips => request.deadlines.whole = Duration::from_secs(4),
        _ => {}
    }
    let row = row(fault);
    let context = format!("{fault:?} {wire:?}");
    let (error, text, usage, retries) = match ask(&**llm, &request).await {
        Ok(answer) => (None, answer.text, answer.usage, answer.retries),
        Err(failed) => (Some(failed.error), failed.text, failed.usage, failed.retries),
    };
    assert_eq!(error.as_ref().map(name), row.error, "{context}: {error:?}");
    assert_eq!(text, row.text, "{context}");
    assert_eq!(server.requests().len(), row.tries, "{context}");
    assert_eq!(retries.len() + 1, row.tries, "{context}: each retry is told");
    assert!(
        retries.iter().enumerate().all(|(index, retry)| retry.attempt as usize == index + 1),
        "{context}"
    );
    assert_eq!((usage.prompt_tokens() > 0).then_some(usage.estimated), row.used, "{context}: {usage:?}");
    assert!(usage.output_tokens >= (row.text.len() as u64) / 4, "{context}: {usage:?}");
}

#[tokio::test]
async fn every_way_to_misbehave_is_told_apart() {
    let first = Fault::RateLimited { retry_after: None };
    let faults: Vec<_> = std::iter::successors(Some(first), next).collect();
    // All at once, for some take seconds; and each made before the first one is asked, for making clients takes time too.
    let mut stages = Vec::new();
    for fault in &faults {
        for wire in WIRES {
            stages.push(set(fault.clone(), wire).await);
        }
    }
    futures::future::join_all(stages.iter().map(check)).await;
    assert_eq!(faults.len(), 23);
}

/// What is no JSON is found where it is read.
#[tokio::test]
async fn an_answer_that_is_no_json_is_a_bad_answer_and_was_paid_for() {
    for wire in WIRES {
        let server = Server::start().await;
        let fault = Fault::WrongJson { wrong: WrongJson::Truncated };
        server.rule(Rule::new("all").says(SAID).misbehaves(fault));
        let answer = ask(&*client(&server, wire), &question("Hello")).await.unwrap();
        assert!(matches!(answer.json(), Err(LlmError::BadAnswer { .. })), "{wire:?}");
        assert!(!answer.usage.estimated && answer.usage.output_tokens > 0, "{wire:?}: {:?}", answer.usage);
    }
}
