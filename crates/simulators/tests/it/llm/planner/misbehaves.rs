//! The planner with every fault: a client that goes on as the product does has its plan in the end.

use std::time::Duration;

use adapters::llm::Structured;
use ports::llm::LlmError;
use simulators::llm::{Llm, Script, Wire};

use super::product::{PHASES, Question, asked, client};
use super::{check, planned, planner};

#[tokio::test]
async fn each_phase_fails_in_every_way_once_and_is_then_as_it_would_be() {
    // Both at once, for a server that hangs is waited for.
    futures::join!(goes_on(Wire::Anthropic), goes_on(Wire::OpenAi));
}

async fn goes_on(wire: Wire) {
    let calm = planner().await;
    let question = Question::of("Saved filters", "Cooks can save the filter of a list.");
    let expected = planned(&*client(&calm, wire, Structured::Schema), question.clone(), "calm").await;
    let address = ([127, 0, 0, 1], 0).into();
    let server = Llm::start_on(address, Script::planner_with_faults()).await.unwrap();
    let llm = client(&server, wire, Structured::Schema);
    let mut question = question.clone();
    for (at, phase) in PHASES.into_iter().enumerate() {
        let mut seen = Vec::new();
        let answer = loop {
            // Each try is told what went wrong, so none is the same body as the one before.
            question.mend = format!("- attempt: {}", seen.len());
            let mut request = question.request(phase);
            request.deadlines.first_byte = Duration::from_secs(2);
            match asked(&*llm, &request).await {
                Err(failed) => {
                    assert!(matches!(failed.error, LlmError::Cut), "{:?}", failed.error);
                    assert!(failed.text.len() > 1_000, "some of it is there");
                    seen.push(("cut", failed.retries.len()));
                }
                Ok(answer) => match answer.json() {
                    Ok(json) if json.get("unexpected").is_none() => {
                        seen.push(("good", answer.retries.len()));
                        break json;
                    }
                    Ok(_) => seen.push(("violates", answer.retries.len())),
                    Err(_) if answer.text.starts_with('{') => seen.push(("truncated", answer.retries.len())),
                    Err(_) => seen.push(("no json", answer.retries.len())),
                },
            }
        };
        let every = [("cut", 1), ("no json", 1), ("violates", 1), ("truncated", 1), ("good", 0)];
        assert_eq!(seen, every, "{wire:?}, {phase}");
        check(&question, phase, &answer, phase.as_str());
        assert_eq!(answer, expected.earlier[at].1, "{wire:?}, {phase}");
        question = question.after(phase, answer);
    }
}
