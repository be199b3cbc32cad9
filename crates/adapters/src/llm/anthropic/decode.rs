//! Events of the Messages API. Unknown ones are passed over, as its documentation asks.

use std::collections::{BTreeSet, VecDeque};

use ports::llm::{LlmError, Piece, Said, Stop, Usage};
use secrecy::SecretString;
use serde_json::Value;

use super::super::failure::Refusal;
use super::super::http::Decode;
use super::super::sse::Event;
use super::super::tally::{Tally, tokens};

pub(in super::super) struct Decoder {
    /// The answer by a schema comes as the input of a tool, and is the text of the answer.
    structured_by_tool: bool,
    key: Option<SecretString>,
    model: String,
    tally: Tally,
    /// Which blocks are inputs of tools.
    tools: BTreeSet<u64>,
    stop: Option<Stop>,
    is_finished: bool,
}

impl Decoder {
    pub(in super::super) fn new(
        prompt_tokens: u64,
        structured_by_tool: bool,
        key: Option<SecretString>,
    ) -> Self {
        Self {
            structured_by_tool,
            key,
            model: String::new(),
            tally: Tally::new(prompt_tokens),
            tools: BTreeSet::new(),
            stop: None,
            is_finished: false,
        }
    }

    fn started(&mut self, message: &Value, pieces: &mut VecDeque<Piece>) {
        message["model"].as_str().unwrap_or_default().clone_into(&mut self.model);
        self.count(&message["usage"], false);
        pieces.push_back(Piece::Used(self.tally.begin()));
    }

    fn block_started(&mut self, event: &Value, pieces: &mut VecDeque<Piece>) {
        let block = &event["content_block"];
        let index = event["index"].as_u64().unwrap_or_default();
        match block["type"].as_str() {
            Some("text") => self.text(block["text"].as_str(), pieces),
            Some("tool_use") => {
                self.tools.insert(index);
                let text = |name: &str| block[name].as_str().unwrap_or_default().to_owned();
                if !self.structured_by_tool {
                    let index = short(index);
                    pieces.push_back(Piece::ToolUseStarted { index, id: text("id"), name: text("name") });
                }
                // It is empty here and comes in deltas; imitators give it whole.
                if block["input"].as_object().is_some_and(|input| !input.is_empty()) {
                    self.input(index, Some(&block["input"].to_string()), pieces);
                }
            }
            _ => {}
        }
    }

    fn delta(&mut self, event: &Value, pieces: &mut VecDeque<Piece>) {
        let delta = &event["delta"];
        let index = event["index"].as_u64().unwrap_or_default();
        match delta["type"].as_str() {
            Some("text_delta") => self.text(delta["text"].as_str(), pieces),
            Some("input_json_delta") => self.input(index, delta["partial_json"].as_str(), pieces),
            Some("thinking_delta") => self.tally.said(delta["thinking"].as_str().unwrap_or_default()),
            _ => {}
        }
    }

    fn text(&mut self, text: Option<&str>, pieces: &mut VecDeque<Piece>) {
        let text = text.unwrap_or_default();
        self.tally.said(text);
        // With a tool that must be used there may be words before it, which are not the answer.
        if !text.is_empty() && !self.structured_by_tool {
            pieces.push_back(Piece::TextDelta(text.to_owned()));
        }
    }

    fn input(&mut self, index: u64, json: Option<&str>, pieces: &mut VecDeque<Piece>) {
        let json = json.unwrap_or_default();
        self.tally.said(json);
        if json.is_empty() || !self.tools.contains(&index) {
            return;
        }
        let json = json.to_owned();
        pieces.push_back(if self.structured_by_tool {
            Piece::TextDelta(json)
        } else {
            Piece::ToolInputDelta { index: short(index), json }
        });
    }

    /// The counts of an event are those of the whole answer so far. Only the last event counts the answer itself.
    fn count(&mut self, usage: &Value, is_last: bool) {
        let before = self.tally.counted();
        let [input, output] = ["input_tokens", "output_tokens"].map(|name| tokens(&usage[name]));
        let is_whole = is_last && output.is_some();
        if input.is_none() && !is_whole {
            return;
        }
        let usage = Usage {
            input_tokens: input.unwrap_or(before.input_tokens),
            output_tokens: output.unwrap_or(before.output_tokens),
            cache_read_tokens: tokens(&usage["cache_read_input_tokens"]).unwrap_or(before.cache_read_tokens),
            cache_write_tokens: tokens(&usage["cache_creation_input_tokens"])
                .unwrap_or(before.cache_write_tokens),
            estimated: input.is_none() && before.estimated,
        };
        self.tally.count(usage, is_whole);
    }

    fn finish(&mut self, pieces: &mut VecDeque<Piece>) -> Result<(), LlmError> {
        let Some(stop) = self.stop.take() else {
            let what = Said::new("the answer ends and does not say why");
            return Err(LlmError::BadAnswer { what });
        };
        let stop = if self.structured_by_tool && stop == Stop::ToolUse { Stop::End } else { stop };
        self.is_finished = true;
        let model = std::mem::take(&mut self.model);
        pieces.push_back(Piece::Finished { stop, usage: self.tally.finish(), model });
        Ok(())
    }
}

impl Decode for Decoder {
    fn event(&mut self, event: &Event, pieces: &mut VecDeque<Piece>) -> Result<(), LlmError> {
        let data: Value = serde_json::from_str(&event.data)
            .map_err(|_| LlmError::BadAnswer { what: Said::new("an event of the answer is no JSON") })?;
        match data["type"].as_str() {
            Some("message_start") => self.started(&data["message"], pieces),
            Some("content_block_start") => self.block_started(&data, pieces),
            Some("content_block_delta") => self.delta(&data, pieces),
            Some("message_delta") => {
                self.stop = data["delta"]["stop_reason"].as_str().map(stop);
                self.count(&data["usage"], true);
            }
            Some("message_stop") => return self.finish(pieces),
            Some("error") => {
                let refusal = Refusal { status: 200, retry_after: None, body: &event.data };
                return Err(refusal.sort(self.key.as_ref()));
            }
            _ => {}
        }
        Ok(())
    }

    fn is_finished(&self) -> bool {
        self.is_finished
    }

    fn used(&self) -> Option<Usage> {
        self.tally.used()
    }

    fn end(&mut self, _: &mut VecDeque<Piece>) -> Result<(), LlmError> {
        Err(LlmError::Cut)
    }
}

fn stop(reason: &str) -> Stop {
    match reason {
        "end_turn" | "stop_sequence" => Stop::End,
        "max_tokens" | "model_context_window_exceeded" => Stop::MaxTokens,
        "tool_use" => Stop::ToolUse,
        "refusal" => Stop::Refusal,
        other => Stop::Other(Said::new(other)),
    }
}

fn short(index: u64) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}
