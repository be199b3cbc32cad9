//! What a server of embeddings answers, and what it can get wrong.

use std::time::Duration;

use adapters::embed::{OpenAiEmbedder, OpenAiEmbedderOptions};
use adapters::llm::{BaseUrl, Endpoint, HttpOptions, Retries};
use ports::embed::{Embedded, Embedder as _};
use ports::llm::{LlmError, Said, Wait};
use simulators::embeddings::{EmbeddingFault, Embeddings};

const KEY: &str = "sk-hunter2-0123456789";
const TEXTS: [&str; 3] = ["send invoices", "größe", "pay invoices"];

fn embedder(server: &Embeddings, adapt: impl FnOnce(&mut OpenAiEmbedderOptions)) -> OpenAiEmbedder {
    let retries = Retries { tries: 3, first: Duration::from_millis(1), ..Retries::default() };
    let http = HttpOptions { retries, ..HttpOptions::default() };
    let endpoint =
        Endpoint::new(BaseUrl::parse(&server.url(), false).unwrap(), Some(KEY.into()), http).unwrap();
    let mut options = OpenAiEmbedderOptions {
        model: "text-embedding-3-small".to_owned(),
        dimensions: 8,
        asks_for_dimensions: false,
        near_duplicate_from: 0.85,
        within: Duration::from_secs(30),
    };
    adapt(&mut options);
    OpenAiEmbedder::new(endpoint, options)
}

async fn embed(server: &Embeddings, texts: &[&str]) -> Result<Embedded, LlmError> {
    embedder(server, |_| ()).embed(texts).await
}

#[tokio::test]
async fn each_text_has_its_embedding_in_order() {
    let server = Embeddings::start().await;
    let embedder = embedder(&server, |options| {
        options.dimensions = 16;
        options.asks_for_dimensions = true;
    });
    let answer = embedder.embed(&TEXTS).await.unwrap();
    assert_eq!((embedder.model(), embedder.dimensions()), ("text-embedding-3-small", 16));
    assert!(answer.embeddings.iter().all(|embedding| embedding.as_slice().len() == 16));
    assert_eq!(answer.tokens, 4 + 2 + 3);
    for (text, embedding) in TEXTS.iter().zip(&answer.embeddings) {
        assert_eq!(
            embedder.embed(&[text]).await.unwrap().embeddings,
            std::slice::from_ref(embedding),
            "{text}"
        );
    }
    let sent = &server.requests()[0];
    assert_eq!((&sent["dimensions"], &sent["input"][1]), (&16.into(), &"größe".into()));
    server.misbehave(EmbeddingFault::OtherOrder);
    assert_eq!(embedder.embed(&TEXTS).await.unwrap(), answer);
}

#[tokio::test]
async fn many_texts_are_sent_in_several_requests() {
    let server = Embeddings::start().await;
    let texts: Vec<String> = (0..300).map(|n| format!("text {n}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let answer = embed(&server, &texts).await.unwrap();
    assert_eq!((answer.embeddings.len(), server.requests().len()), (300, 3));
    assert_eq!(answer.embeddings[299], embed(&server, &["text 299"]).await.unwrap().embeddings[0]);
    assert_eq!(embed(&server, &[]).await.unwrap().embeddings, []);
    assert_eq!(server.requests().len(), 4, "nothing is asked about nothing");
    // OpenAI refuses a whole request for one of these.
    assert!(embed(&server, &["", " \n"]).await.is_ok());
}

/// A row for every fault.
#[tokio::test]
async fn what_is_wrong_is_said_and_nothing_is_made_up() {
    let bad = |what: &str| Err(LlmError::BadAnswer { what: Said::new(what) });
    for fault in [
        EmbeddingFault::RateLimited { times: 2 },
        EmbeddingFault::RateLimited { times: 3 },
        EmbeddingFault::Unauthorized,
        EmbeddingFault::OtherOrder,
        EmbeddingFault::OneMissing,
        EmbeddingFault::OneTwice,
        EmbeddingFault::OneNumberMore,
        EmbeddingFault::OnlyZeros,
        EmbeddingFault::Html,
        EmbeddingFault::ErrorBody,
        EmbeddingFault::Hangs,
    ] {
        let server = Embeddings::start().await;
        server.misbehave(fault);
        let within = Duration::from_millis(if fault == EmbeddingFault::Hangs { 200 } else { 30_000 });
        let answer = embedder(&server, |options| options.within = within).embed(&TEXTS).await;
        let answer = answer.map(|answer| answer.embeddings.len());
        assert!(!format!("{answer:?}").contains("hunter2"), "{answer:?}");
        let (expected, asked) = match fault {
            EmbeddingFault::RateLimited { times: 2 } => (Ok(3), 3),
            EmbeddingFault::RateLimited { .. } => (Err(LlmError::RateLimited { retry_after: None }), 3),
            EmbeddingFault::Unauthorized => (Err(LlmError::Unauthorized), 1),
            EmbeddingFault::OtherOrder => (Ok(3), 1),
            EmbeddingFault::OneMissing => (bad("an embedding is missing"), 1),
            EmbeddingFault::OneTwice => {
                (bad("an embedding is of no text that was sent, or there are two of one"), 1)
            }
            EmbeddingFault::OneNumberMore => {
                let said = Said::new("its embeddings have 9 dimensions, and the settings say 8");
                (Err(LlmError::Misconfigured { said }), 1)
            }
            EmbeddingFault::OnlyZeros => {
                (bad("these numbers are no direction: they are all 0, or one is not finite"), 1)
            }
            EmbeddingFault::Html => (bad("an answer came that is no JSON"), 1),
            EmbeddingFault::ErrorBody => {
                (Err(LlmError::Unavailable { said: Said::new("the model went away") }), 3)
            }
            EmbeddingFault::Hangs => (Err(LlmError::Timeout { wait: Wait::Whole }), 1),
        };
        assert_eq!((answer, server.requests().len()), (expected, asked), "{fault:?}");
    }
}
