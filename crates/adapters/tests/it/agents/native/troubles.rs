//! A model server that misbehaves.

use std::time::Duration;

use ports::agent::Act;
use simulators::llm::{Fault, Pace, Rule};

use super::{FORMATS, Stage, notes};

#[tokio::test]
async fn what_passes_is_tried_again_and_told() {
    let faults = [
        Fault::RateLimited { retry_after: Some("0".into()) },
        Fault::Overloaded { retry_after: None },
        Fault::ServerError,
        Fault::BadGateway,
        Fault::Cut { after: 1 },
        Fault::ErrorEvent { after: 1 },
        Fault::BrokenEvent { after: 1 },
    ];
    for format in FORMATS {
        for fault in &faults {
            let pace = Pace { chunk_chars: 2, ..Pace::default() };
            let rule = Rule::new("all").says("Done.").at_pace(pace).misbehaves_times(fault.clone(), 1);
            let stage = Stage::set(format, [rule]).await;
            let (acts, finished) = stage.done().await;
            assert!(finished.done, "{format:?} {fault:?}: {finished:?}");
            assert_eq!(notes(&acts, "model_retry").len(), 1, "{format:?} {fault:?}");
            assert_eq!(stage.server.requests().len(), 2);
            let said: Vec<_> = acts.iter().filter(|act| matches!(act, Act::Message { .. })).collect();
            assert_eq!(
                said,
                [&Act::Message { text: "Done.".into() }],
                "{format:?} {fault:?}: it is told once"
            );
        }
    }
}

#[tokio::test]
async fn what_does_not_pass_ends_the_run_with_the_reason() {
    for format in FORMATS {
        for (fault, tries, told) in [
            (Fault::Unauthorized, 1, "key"),
            (Fault::NoModel, 1, "no such model"),
            (Fault::NoCredit, 1, "credit"),
            (Fault::ServerError, 2, "cannot be reached or fails"),
            (Fault::Cut { after: 1 }, 3, "cut off in its middle"),
        ] {
            let pace = Pace { chunk_chars: 2, ..Pace::default() };
            let stage =
                Stage::set(format, [Rule::new("all").says("Done.").at_pace(pace).misbehaves(fault.clone())])
                    .await;
            let (acts, finished) = stage.done().await;
            assert_eq!((finished.done, finished.code.as_str()), (false, "model"), "{format:?} {fault:?}");
            assert!(finished.message.contains(told), "{format:?} {fault:?}: {finished:?}");
            assert_eq!(stage.server.requests().len(), tries, "{format:?} {fault:?}");
            assert_eq!(acts.last(), Some(&Act::TurnEnded { stop: "model".into() }));
        }
    }
}

#[tokio::test]
async fn a_refusal_of_the_request_is_told_in_the_servers_words() {
    for format in FORMATS {
        let stage = Stage::set(format, [Rule::new("others").when_contains("something else")]).await;
        let (_, finished) = stage.done().await;
        assert_eq!(finished.code, "model");
        assert!(finished.message.contains("no rule of the script"), "{format:?}: {finished:?}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_not_waited_for_without_end() {
    for format in FORMATS {
        for fault in [Fault::Hangs, Fault::Silent { after: 1 }] {
            let pace = Pace { chunk_chars: 2, ..Pace::default() };
            let mut stage =
                Stage::set(format, [Rule::new("all").says("Done.").at_pace(pace).misbehaves(fault.clone())])
                    .await;
            stage.deadlines.first_byte = Duration::from_millis(500);
            stage.deadlines.idle = Duration::from_millis(500);
            let (_, finished) = stage.done().await;
            assert_eq!((finished.done, finished.code.as_str()), (false, "model"), "{format:?} {fault:?}");
            assert!(finished.message.contains("took too long"), "{format:?} {fault:?}: {finished:?}");
        }
    }
}

/// Whatever we reckon: what fits is the provider's to say.
#[tokio::test]
async fn a_prompt_that_is_too_long_is_shortened_once() {
    let stage =
        Stage::set(FORMATS[0], [Rule::new("all").says("Done.").misbehaves_times(Fault::ContextTooLong, 1)])
            .await;
    assert!(stage.done().await.1.done);
    let stage =
        Stage::set(FORMATS[0], [Rule::new("all").says("Done.").misbehaves(Fault::ContextTooLong)]).await;
    let (_, finished) = stage.done().await;
    assert_eq!((finished.code.as_str(), stage.server.requests().len()), ("model", 2), "{finished:?}");
}
