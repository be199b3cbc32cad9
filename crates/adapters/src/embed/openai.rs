//! Embeddings of a server that speaks OpenAI's format: OpenAI itself, and most servers of models of one's own.

use std::time::Duration;

use ports::BoxFuture;
use ports::embed::{Embedded, Embedder, Embedding};
use ports::llm::{LlmError, Said};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::llm::Endpoint;

/// OpenAI takes 2048; servers of one's own take as many as fit into their memory.
const TEXTS_OF_A_REQUEST: usize = 128;
/// About the 8000 tokens that models read. What is longer is cut: its beginning says what it is about.
const CHARS_OF_A_TEXT: usize = 24_000;

/// Which model, and how it is asked.
#[derive(Clone, Debug)]
pub struct OpenAiEmbedderOptions {
    /// As the server calls it.
    pub model: String,
    /// How many numbers an embedding has. The answers are held to it.
    pub dimensions: usize,
    /// Whether the server is asked for so many. Models that have always the same number refuse that.
    pub asks_for_dimensions: bool,
    /// See [`Embedder::near_duplicate_from`]. Every model has its own; 0.85 suits those of OpenAI.
    pub near_duplicate_from: f32,
    /// Longest time for one request with its retries.
    pub within: Duration,
}

/// [`Embedder`] over HTTP.
#[derive(Debug)]
pub struct OpenAiEmbedder {
    endpoint: Endpoint,
    options: OpenAiEmbedderOptions,
}

impl OpenAiEmbedder {
    /// Nothing is asked yet.
    #[must_use]
    pub const fn new(endpoint: Endpoint, options: OpenAiEmbedderOptions) -> Self {
        Self { endpoint, options }
    }

    async fn ask(&self, texts: &[&str]) -> Result<Embedded, LlmError> {
        // Some servers refuse an empty text, and all of them a whole request for it.
        let texts: Vec<&str> =
            texts.iter().map(|text| if text.trim().is_empty() { "-" } else { cut(text) }).collect();
        let mut body = json!({ "model": self.options.model, "input": texts, "encoding_format": "float" });
        if self.options.asks_for_dimensions {
            body["dimensions"] = self.options.dimensions.into();
        }
        let answer = self.endpoint.ask("/embeddings", &body, self.options.within).await?;
        self.understood(answer, texts.len())
    }

    fn understood(&self, answer: Value, texts: usize) -> Result<Embedded, LlmError> {
        let bad = |what: &str| LlmError::BadAnswer { what: Said::new(what) };
        let answer: Answer =
            serde_json::from_value(answer).map_err(|_| bad("it is no list of embeddings"))?;
        let mut embeddings: Vec<Option<Embedding>> = vec![None; texts];
        for one in answer.data {
            if one.embedding.len() != self.options.dimensions {
                let (is, wanted) = (one.embedding.len(), self.options.dimensions);
                let said =
                    Said::new(&format!("its embeddings have {is} dimensions, and the settings say {wanted}"));
                return Err(LlmError::Misconfigured { said });
            }
            // The order is that of the index, not that of the list.
            let place = embeddings.get_mut(one.index).filter(|place| place.is_none());
            let place = place
                .ok_or_else(|| bad("an embedding is of no text that was sent, or there are two of one"))?;
            *place = Some(Embedding::towards(one.embedding).map_err(|error| bad(&error.to_string()))?);
        }
        let embeddings = embeddings.into_iter().collect::<Option<_>>();
        let embeddings = embeddings.ok_or_else(|| bad("an embedding is missing"))?;
        Ok(Embedded { embeddings, tokens: answer.usage.map_or(0, |usage| usage.prompt_tokens) })
    }
}

impl Embedder for OpenAiEmbedder {
    fn model(&self) -> &str {
        &self.options.model
    }

    fn dimensions(&self) -> usize {
        self.options.dimensions
    }

    fn near_duplicate_from(&self) -> f32 {
        self.options.near_duplicate_from
    }

    fn embed<'a>(&'a self, texts: &'a [&'a str]) -> BoxFuture<'a, Result<Embedded, LlmError>> {
        Box::pin(async move {
            let mut all = Embedded { embeddings: Vec::with_capacity(texts.len()), tokens: 0 };
            for some in texts.chunks(TEXTS_OF_A_REQUEST) {
                let Embedded { embeddings, tokens } = self.ask(some).await?;
                all.embeddings.extend(embeddings);
                all.tokens = all.tokens.saturating_add(tokens);
            }
            Ok(all)
        })
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<One>,
    /// Servers of one's own leave it out.
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct One {
    index: usize,
    embedding: Vec<f32>,
}

#[derive(Deserialize)]
struct Usage {
    prompt_tokens: u64,
}

fn cut(text: &str) -> &str {
    text.char_indices().nth(CHARS_OF_A_TEXT).map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_two_characters() {
        assert_eq!(cut("größe"), "größe");
        assert_eq!(cut(&"ö".repeat(CHARS_OF_A_TEXT + 1)).chars().count(), CHARS_OF_A_TEXT);
    }
}
