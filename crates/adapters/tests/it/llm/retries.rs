//! When it is tried again, when not, and who hears of it.

use std::time::{Duration, Instant};

use adapters::llm::{HttpOptions, Retries, Structured};
use futures::StreamExt as _;
use ports::llm::{LlmError, Piece};
use simulators::llm::{Fault, Llm as Server, Pace, Rule, Tokens};
use tokio::net::TcpListener;
use tokio::time::timeout;

use super::{WIRES, ask, client, client_by, options, question};

const SOON: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_server_that_recovers_is_heard_and_counted_once() {
    for wire in WIRES {
        let server = Server::start().await;
        let counted =
            Tokens { input_tokens: 70, output_tokens: 30, cache_read_tokens: 20, cache_write_tokens: 10 };
        let rule = Rule::new("all").says("Hello").counts(counted);
        let rule = rule.misbehaves_times(Fault::Overloaded { retry_after: None }, 1);
        server.rule(rule.misbehaves_times(Fault::ErrorBody, 1));
        let answer = ask(&*client(&server, wire), &question("Hello")).await.unwrap();
        assert_eq!((answer.text.as_str(), answer.retries.len(), server.requests().len()), ("Hello", 2, 3));
        let usage = answer.usage;
        let counts =
            [usage.input_tokens, usage.output_tokens, usage.cache_read_tokens, usage.cache_write_tokens];
        assert_eq!((counts, usage.estimated), ([70, 30, 20, 10], false), "{wire:?}");
        let bodies: Vec<_> = server.requests().into_iter().map(|request| request.body).collect();
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "the same is asked again");
    }
}

#[tokio::test]
async fn a_retry_waits_as_long_as_the_server_says() {
    for wire in WIRES {
        let server = Server::start().await;
        let fault = Fault::RateLimited { retry_after: Some("0.3".into()) };
        server.rule(Rule::new("all").says("Hello").misbehaves_times(fault, 1));
        let begun = Instant::now();
        let answer = ask(&*client(&server, wire), &question("Hello")).await.unwrap();
        let asked = Duration::from_millis(300);
        assert!(begun.elapsed() >= asked, "{wire:?}: {:?}", begun.elapsed());
        assert!(answer.retries[0].after >= asked, "{:?}", answer.retries);
        assert_eq!(answer.retries[0].reason, LlmError::RateLimited { retry_after: Some(asked) });
    }
}

#[tokio::test]
async fn a_date_is_understood_by_the_clock_of_the_server() {
    let server = Server::start().await;
    let past = Fault::RateLimited { retry_after: Some("Wed, 21 Oct 2015 07:28:00 GMT".into()) };
    server.rule(Rule::new("all").says("Hello").misbehaves_times(past, 1));
    let answer = ask(&*client(&server, WIRES[0]), &question("Hello")).await.unwrap();
    assert_eq!(answer.retries[0].reason, LlmError::RateLimited { retry_after: Some(Duration::ZERO) });
}

#[tokio::test]
async fn a_server_that_asks_for_too_long_is_left_to_the_caller() {
    let server = Server::start().await;
    let fault = Fault::RateLimited { retry_after: Some("61".into()) };
    server.rule(Rule::new("all").says("Hello").misbehaves(fault));
    let failed = ask(&*client(&server, WIRES[0]), &question("Hello")).await.unwrap_err();
    assert_eq!(failed.error.retry_after(), Some(Duration::from_secs(61)));
    assert_eq!(server.requests().len(), 1);
}

/// Who may wait for half a minute does not wait it out to hear that it is over.
#[tokio::test]
async fn a_pause_that_ends_after_the_call_is_not_made() {
    let server = Server::start().await;
    let fault = Fault::RateLimited { retry_after: Some("31".into()) };
    server.rule(Rule::new("all").says("Hello").misbehaves(fault));
    let failed =
        timeout(SOON, ask(&*client(&server, WIRES[0]), &question("Hello"))).await.unwrap().unwrap_err();
    assert!(matches!(failed.error, LlmError::RateLimited { .. }), "{failed:?}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn the_usual_number_of_tries_is_four() {
    let server = Server::start().await;
    server.rule(Rule::new("all").misbehaves(Fault::ServerError));
    let few = Duration::from_millis(1);
    let options =
        HttpOptions { retries: Retries { first: few, longest: few, ..Retries::default() }, ..options() };
    let llm = client_by(&server, WIRES[0], options, Structured::Schema);
    assert!(ask(&*llm, &question("Hello")).await.is_err());
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn a_server_that_is_away_is_tried_again() {
    for accepts in [false, true] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let accepting = tokio::spawn(async move {
            // Whoever comes is let in, and out again.
            while accepts && listener.accept().await.is_ok() {}
        });
        if !accepts {
            accepting.await.unwrap();
        }
        let base = adapters::llm::BaseUrl::parse(&url, false).unwrap();
        let endpoint = adapters::llm::Endpoint::new(base, None, options()).unwrap();
        let llm = adapters::llm::OpenAi::new(endpoint, Structured::Schema);
        let failed = ask(&llm, &question("Hello")).await.unwrap_err();
        assert!(matches!(failed.error, LlmError::Unavailable { .. }), "{failed:?}");
        assert_eq!((failed.retries.len(), failed.usage), (2, Default::default()));
    }
}

#[tokio::test]
async fn a_reply_that_is_dropped_ends_its_connection() {
    for wire in WIRES {
        let server = Server::start().await;
        let slow = Pace { chunk_chars: 1, delay_ms: 20, ..Pace::default() };
        server.rule(Rule::new("slow").when_contains("slow").says("a".repeat(2_000)).at_pace(slow));
        server.rule(Rule::new("silent").when_contains("silent").says("Hello").misbehaves(Fault::Hangs));
        let llm = client(&server, wire);

        let mut reply = llm.call(&question("slow")).await.unwrap();
        loop {
            match reply.pieces.next().await.unwrap().unwrap() {
                Piece::TextDelta(_) => break,
                piece => assert!(matches!(piece, Piece::Used(_)), "{piece:?}"),
            }
        }
        timeout(SOON, server.busy(1)).await.unwrap();
        drop(reply);
        timeout(SOON, server.quiet()).await.unwrap();

        let mut patient = question("silent");
        patient.deadlines.first_byte = Duration::from_secs(60);
        let reply = llm.call(&patient).await.unwrap();
        let asking = tokio::spawn(reply.collect());
        timeout(SOON, server.busy(1)).await.unwrap();
        asking.abort();
        timeout(SOON, server.quiet()).await.unwrap();
    }
}

#[tokio::test]
async fn a_reply_that_is_dropped_between_two_tries_tries_no_more() {
    let server = Server::start().await;
    let fault = Fault::RateLimited { retry_after: Some("0.05".into()) };
    server.rule(Rule::new("all").says("Hello").misbehaves_times(fault, 1));
    let llm = client(&server, WIRES[0]);
    let mut reply = llm.call(&question("Hello")).await.unwrap();
    let first = reply.pieces.next().await.unwrap().unwrap();
    assert!(matches!(first, Piece::Retrying(_)), "{first:?}");
    drop(reply);
    // Somebody else's call, which takes longer than that pause, comes alone.
    ask(&*llm, &question("Hello again")).await.unwrap();
    let asked: Vec<_> = server.requests().iter().map(|request| request.asked().text()).collect();
    assert_eq!(asked, ["Hello", "Hello again", "Hello again"]);
}
