//! What no error and no log may hold.

use simulators::llm::{Fault, Llm as Server, Rule};

use super::{KEY, WIRES, ask, client, question};

#[tokio::test]
async fn a_key_that_the_server_repeats_is_not_repeated() {
    for wire in WIRES {
        for fault in [Fault::Quotes, Fault::Unauthorized, Fault::Redirects, Fault::BrokenEvent { after: 1 }] {
            let server = Server::start().await;
            server.rule(Rule::new("all").says("Hello").misbehaves(fault.clone()));
            let llm = client(&server, wire);
            let failed = ask(&*llm, &question("Hello")).await.unwrap_err();
            let printed = format!("{failed} {failed:?} {:?} {llm:?}", failed.error);
            assert!(!printed.contains("hunter2"), "{fault:?} {wire:?}: {printed}");
            // The server did hear it.
            let request = &server.requests()[0];
            let headers = [request.header("x-api-key"), request.header("authorization")];
            assert!(headers.into_iter().flatten().any(|header| header.contains(KEY)), "{wire:?}");
        }
    }
}

#[tokio::test]
async fn the_words_of_a_server_are_one_short_line() {
    let server = Server::start().await;
    server.rule(Rule::new("all").misbehaves(Fault::Quotes));
    let llm = client(&server, WIRES[0]);
    let failed = ask(&*llm, &question(&"a long\nquestion ".repeat(100))).await.unwrap_err();
    let said = failed.to_string();
    assert!(said.chars().count() < 400 && !said.contains(char::is_control), "{said}");
}
