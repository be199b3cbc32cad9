//! Chunks of chat completions. Imitators leave out what they like: ids, indexes, counts and the last line.

use std::collections::{BTreeSet, VecDeque};

use ports::llm::{LlmError, Piece, Said, Stop, Usage};
use secrecy::SecretString;
use serde_json::Value;

use super::super::failure::Refusal;
use super::super::http::Decode;
use super::super::sse::Event;
use super::super::tally::{Tally, tokens};

pub(in super::super) struct Decoder {
    key: Option<SecretString>,
    model: String,
    tally: Tally,
    /// Which uses have begun.
    tools: BTreeSet<u32>,
    refuses: bool,
    stop: Option<Stop>,
    is_finished: bool,
}

impl Decoder {
    pub(in super::super) fn new(prompt_tokens: u64, key: Option<SecretString>) -> Self {
        Self {
            key,
            model: String::new(),
            tally: Tally::new(prompt_tokens),
            tools: BTreeSet::new(),
            refuses: false,
            stop: None,
            is_finished: false,
        }
    }

    fn delta(&mut self, delta: &Value, pieces: &mut VecDeque<Piece>) {
        for name in ["reasoning_content", "reasoning"] {
            self.tally.said(delta[name].as_str().unwrap_or_default());
        }
        for name in ["content", "refusal"] {
            let text = delta[name].as_str().unwrap_or_default();
            self.tally.said(text);
            if !text.is_empty() {
                self.refuses |= name == "refusal";
                pieces.push_back(Piece::TextDelta(text.to_owned()));
            }
        }
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            self.call(call, pieces);
        }
    }

    fn call(&mut self, call: &Value, pieces: &mut VecDeque<Piece>) {
        let function = &call["function"];
        let name = function["name"].as_str().unwrap_or_default();
        let given = call["index"].as_u64().and_then(|index| u32::try_from(index).ok());
        // Without an index, a name begins the next one, and what has none belongs to the last one.
        let begun = u32::try_from(self.tools.len()).unwrap_or(u32::MAX);
        let index = given.unwrap_or(if name.is_empty() { begun.saturating_sub(1) } else { begun });
        if self.tools.insert(index) {
            let id = call["id"].as_str().filter(|id| !id.is_empty());
            let id = id.map_or_else(|| format!("call_{index}"), str::to_owned);
            self.tally.said(name);
            pieces.push_back(Piece::ToolUseStarted { index, id, name: name.to_owned() });
        }
        let json = function["arguments"].as_str().unwrap_or_default();
        self.tally.said(json);
        if !json.is_empty() {
            pieces.push_back(Piece::ToolInputDelta { index, json: json.to_owned() });
        }
    }

    fn count(&mut self, usage: &Value) {
        let (Some(prompt), Some(output_tokens)) =
            (tokens(&usage["prompt_tokens"]), tokens(&usage["completion_tokens"]))
        else {
            return;
        };
        let details = &usage["prompt_tokens_details"];
        let read = tokens(&details["cached_tokens"]).unwrap_or_default().min(prompt);
        let written = tokens(&details["cache_write_tokens"]).unwrap_or_default().min(prompt - read);
        let usage = Usage {
            input_tokens: prompt - read - written,
            output_tokens,
            cache_read_tokens: read,
            cache_write_tokens: written,
            estimated: false,
        };
        // Some servers count in every chunk: only what comes with the reason for the end is all.
        self.tally.count(usage, self.stop.is_some());
    }

    fn stop(&self, reason: &str) -> Stop {
        match reason {
            "stop" if self.refuses => Stop::Refusal,
            // Some end so when a tool is used.
            "stop" if !self.tools.is_empty() => Stop::ToolUse,
            "stop" => Stop::End,
            "length" => Stop::MaxTokens,
            "tool_calls" | "function_call" => Stop::ToolUse,
            "content_filter" => Stop::Refusal,
            other => Stop::Other(Said::new(other)),
        }
    }
}

impl Decode for Decoder {
    fn event(&mut self, event: &Event, pieces: &mut VecDeque<Piece>) -> Result<(), LlmError> {
        if event.data.trim() == "[DONE]" {
            return self.end(pieces);
        }
        let data: Value = serde_json::from_str(&event.data)
            .map_err(|_| LlmError::BadAnswer { what: Said::new("an event of the answer is no JSON") })?;
        if !data["error"].is_null() {
            let refusal = Refusal { status: 200, retry_after: None, body: &event.data };
            return Err(refusal.sort(self.key.as_ref()));
        }
        if !data["choices"].is_array() {
            let what = Said::new("an event of the answer is no chunk of a chat completion");
            return Err(LlmError::BadAnswer { what });
        }
        if let Some(model) = data["model"].as_str() {
            model.clone_into(&mut self.model);
        }
        if !self.tally.has_begun() {
            pieces.push_back(Piece::Used(self.tally.begin()));
        }
        let choice = &data["choices"][0];
        self.delta(&choice["delta"], pieces);
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.stop = Some(self.stop(reason));
        }
        self.count(&data["usage"]);
        Ok(())
    }

    fn is_finished(&self) -> bool {
        self.is_finished
    }

    fn used(&self) -> Option<Usage> {
        self.tally.used()
    }

    fn end(&mut self, pieces: &mut VecDeque<Piece>) -> Result<(), LlmError> {
        let Some(stop) = self.stop.take() else { return Err(LlmError::Cut) };
        self.is_finished = true;
        let model = std::mem::take(&mut self.model);
        pieces.push_back(Piece::Finished { stop, usage: self.tally.finish(), model });
        Ok(())
    }
}
