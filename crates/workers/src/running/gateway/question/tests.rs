use std::sync::Arc;

use ports::BoxFuture;
use ports::llm::{Llm, LlmError, ModelId, NoRoute, Passage, Passed, Passing, Rates, Reply, Request};

use super::*;

/// Asks and passes on nothing.
#[derive(Debug)]
struct Nobody;

impl Llm for Nobody {
    fn call<'a>(&'a self, _: &'a Request) -> BoxFuture<'a, Result<Reply, LlmError>> {
        Box::pin(std::future::ready(Err(LlmError::Unauthorized)))
    }
}

impl Passage for Nobody {
    fn pass(&self, _: Passed) -> BoxFuture<'_, Result<Passing, LlmError>> {
        Box::pin(std::future::ready(Err(LlmError::Unauthorized)))
    }
}

/// One model of each format; a token of the answer costs a micro-dollar.
#[derive(Debug)]
struct Two;

impl Models for Two {
    fn route(&self, purpose: &str) -> Result<Route, NoRoute> {
        Err(NoRoute { purpose: purpose.into() })
    }

    fn named(&self, name: &str) -> Option<Route> {
        let format = match name {
            "claude" => Format::Anthropic,
            "gpt" => Format::OpenAi,
            _ => return None,
        };
        let rates = Rates { output: Usd::from_micros(1_000_000), ..Rates::default() };
        Some(Route {
            name: name.into(),
            llm: Arc::new(Nobody),
            format,
            passage: Arc::new(Nobody),
            provider: "somebody".into(),
            model: ModelId::from(format!("{name}-2026")),
            max_output_tokens: 1_000,
            context_tokens: None,
            price: Price::flat(rates),
        })
    }

    fn names(&self) -> Vec<String> {
        vec!["claude".into(), "gpt".into()]
    }
}

fn asked(format: Format, body: &Value) -> Result<Question, Unfit> {
    read(&Two, format, body.to_string().as_bytes())
}

#[test]
fn a_model_is_known_by_our_name_and_by_its_providers() {
    for name in ["gpt", "gpt-2026"] {
        let question = asked(Format::OpenAi, &json!({"model": name})).unwrap();
        assert_eq!(question.body["model"], "gpt-2026");
    }
    let unknown = asked(Format::OpenAi, &json!({"model": "claude"})).unwrap_err();
    assert_eq!(unknown, Unfit::UnknownModel { model: "claude".into(), names: "gpt".into() });
    assert_eq!(asked(Format::OpenAi, &json!({})).unwrap_err(), Unfit::NoModel { names: "gpt".into() });
    assert_eq!(read(&Two, Format::OpenAi, b"{").unwrap_err(), Unfit::NoJson);
    assert_eq!(read(&Two, Format::OpenAi, b"[]").unwrap_err(), Unfit::NoJson);
}

#[test]
fn no_answer_is_longer_than_the_model_may_say_here() {
    let limit = |format, body: Value| {
        let question = asked(format, &body).unwrap();
        let names = ["max_tokens", "max_completion_tokens"];
        let given: Vec<_> =
            names.iter().filter_map(|name| Some((*name, question.body.get(*name)?.as_u64()?))).collect();
        (given, question.worst.micros())
    };
    let model = |more: &str| serde_json::from_str(&format!(r#"{{"model":"gpt"{more}}}"#)).unwrap();
    let open = |more: &str| limit(Format::OpenAi, model(more));
    assert_eq!(open(""), (vec![("max_tokens", 1_000)], 1_000));
    assert_eq!(open(r#","max_tokens":10"#), (vec![("max_tokens", 10)], 10));
    assert_eq!(open(r#","max_tokens":99999"#), (vec![("max_tokens", 1_000)], 1_000));
    let both = r#","max_completion_tokens":7,"max_tokens":900"#;
    assert_eq!(open(both), (vec![("max_completion_tokens", 7)], 7));
    let nonsense = r#","max_tokens":-1"#;
    assert_eq!(open(nonsense), (vec![("max_tokens", 1_000)], 1_000));
    let claude = limit(Format::Anthropic, json!({"model": "claude", "max_tokens": 20}));
    assert_eq!(claude, (vec![("max_tokens", 20)], 20));
}

#[test]
fn one_answer_a_question() {
    assert_eq!(asked(Format::OpenAi, &json!({"model": "gpt", "n": 2})).unwrap_err(), Unfit::Many);
    assert!(asked(Format::OpenAi, &json!({"model": "gpt", "n": 1})).is_ok());
}

#[test]
fn a_stream_says_what_it_used() {
    let streamed = asked(Format::OpenAi, &json!({"model": "gpt", "stream": true})).unwrap();
    assert_eq!(streamed.body["stream_options"]["include_usage"], true);
    let odd = asked(
        Format::OpenAi,
        &json!({"model": "gpt", "stream": true, "stream_options": {"include_usage": false}}),
    );
    assert_eq!(odd.unwrap().body["stream_options"]["include_usage"], true);
    let whole = asked(Format::OpenAi, &json!({"model": "gpt"})).unwrap();
    assert!(!whole.body.contains_key("stream_options"));
}
