//! Questions in the provider's own words.

use std::sync::Arc;

use adapters::llm::{Kind, LlmSettings, ModelSettings, ProviderSettings, Router, Structured};
use futures::StreamExt as _;
use ports::llm::{Models as _, Passage, Passed, Usage};
use serde_json::{Map, Value, json};
use simulators::llm::{Fault, Llm as Server, Rule, Tokens, Wire};

use super::{KEY, WIRES, options};

fn passage(server: &Server, wire: Wire) -> Arc<dyn Passage> {
    let (kind, url) = match wire {
        Wire::Anthropic => (Kind::Anthropic, server.anthropic_url()),
        Wire::OpenAi => (Kind::OpenAi, server.openai_url()),
    };
    let provider = ProviderSettings {
        kind,
        base_url: Some(url),
        key_env: Some("THE_KEY".into()),
        key_file: None,
        plain_http: false,
    };
    let model = ModelSettings {
        provider: "somebody".into(),
        id: Some("a-model".into()),
        max_output_tokens: 100,
        context_tokens: None,
        price: Some(ports::llm::Price::default()),
        structured: Structured::default(),
        extra: [("top_p".to_owned(), json!(1))].into_iter().collect(),
    };
    let settings = LlmSettings {
        providers: [("somebody".to_owned(), provider)].into(),
        models: [("ours".to_owned(), model)].into(),
        ..LlmSettings::default()
    };
    let router = Router::new(&settings, options(), &|_| Some(KEY.into())).unwrap();
    router.named("ours").unwrap().passage
}

fn asked(wire: Wire, stream: bool) -> Passed {
    let mut body: Map<String, Value> =
        serde_json::from_value(json!({"model": "a-model", "max_tokens": 50, "stream": stream,
            "messages": [{"role": "user", "content": "Hello"}]}))
        .unwrap();
    if wire == Wire::OpenAi && stream {
        body.insert("stream_options".into(), json!({"include_usage": true}));
    }
    Passed { body, headers: vec![("anthropic-version".into(), "2023-06-01".into())], prompt_tokens: 40 }
}

/// The status, what was read of the answer, whether it came to its end, and what it used.
async fn passed(passage: &dyn Passage, question: Passed) -> (u16, String, bool, Option<Usage>) {
    let mut passing = passage.pass(question).await.unwrap();
    let (mut text, mut whole) = (Vec::new(), true);
    while let Some(chunk) = passing.body.next().await {
        match chunk {
            Ok(chunk) => text.extend_from_slice(&chunk),
            Err(_) => whole = false,
        }
    }
    (passing.status, String::from_utf8(text).unwrap(), whole, passing.meter.used())
}

fn served() -> Tokens {
    Tokens { input_tokens: 77, output_tokens: 11, ..Tokens::default() }
}

#[tokio::test]
async fn an_answer_is_passed_on_as_it_is_and_counted_as_its_provider_counts() {
    for wire in WIRES {
        for stream in [true, false] {
            let server = Server::start().await;
            let mut rule = Rule::new("all").says("Good day");
            rule.reply.usage = Some(served());
            server.rule(rule);
            let (status, text, whole, used) = passed(&*passage(&server, wire), asked(wire, stream)).await;
            assert!(status == 200 && whole, "{wire:?} {stream}: {text}");
            assert!(text.contains("Good"), "{wire:?} {stream}: {text}");
            assert_eq!(text.contains("data:"), stream, "{wire:?}: {text}");
            let counted = Usage { input_tokens: 77, output_tokens: 11, ..Usage::default() };
            assert_eq!(used, Some(counted), "{wire:?} {stream}");
            let request = &server.requests()[0];
            assert_eq!(request.body["top_p"], 1, "the installation's own fields are added");
            let key = request.header("x-api-key").or_else(|| request.header("authorization")).unwrap();
            assert!(key.ends_with(KEY), "{wire:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_cut_is_cut_and_what_was_read_counts() {
    for wire in WIRES {
        let server = Server::start().await;
        let rule = Rule::new("all")
            .says("a long answer in many pieces ".repeat(20))
            .misbehaves(Fault::Cut { after: 4 });
        server.rule(rule);
        let (status, text, whole, used) = passed(&*passage(&server, wire), asked(wire, true)).await;
        assert!(status == 200 && !whole, "{wire:?}: {text}");
        let used = used.unwrap();
        assert!(used.estimated && used.output_tokens > 0, "{wire:?}: {used:?}");
    }
}

#[tokio::test]
async fn a_refusal_is_an_answer_without_a_price_and_without_the_key() {
    for wire in WIRES {
        let server = Server::start().await;
        server.rule(Rule::new("all").misbehaves(Fault::RateLimited { retry_after: Some("7".into()) }));
        let mut passing = passage(&server, wire).pass(asked(wire, true)).await.unwrap();
        assert_eq!(passing.status, 429, "{wire:?}");
        let header = ("retry-after".to_owned(), "7".to_owned());
        assert!(passing.headers.contains(&header), "{wire:?}: {:?}", passing.headers);
        while passing.body.next().await.is_some() {}
        assert_eq!(passing.meter.used(), None, "{wire:?}");
        assert_eq!(server.requests().len(), 1, "whoever asks tries again");

        let server = Server::start().await;
        server.rule(Rule::new("all").misbehaves(Fault::Quotes));
        let (status, text, ..) = passed(&*passage(&server, wire), asked(wire, true)).await;
        assert_eq!(status, 400, "{wire:?}");
        assert!(text.contains("[key]") && !text.contains("hunter2"), "{wire:?}: {text}");

        let server = Server::start().await;
        server.rule(Rule::new("all").misbehaves(Fault::Unauthorized));
        let failed = passage(&server, wire).pass(asked(wire, true)).await.unwrap_err();
        assert!(!format!("{failed} {failed:?}").contains("hunter2"), "{wire:?}: {failed:?}");
    }
}

#[tokio::test]
async fn nobody_is_there() {
    let server = Server::start().await;
    let passage = passage(&server, Wire::OpenAi);
    server.stop().await;
    let failed = passage.pass(asked(Wire::OpenAi, true)).await.unwrap_err();
    assert_eq!(failed.code(), "unavailable", "{failed}");
}
