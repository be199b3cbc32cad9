//! What is said to one request, before a format has it.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::asked::{Asked, Wire};
use super::both_sides;
use super::coder;
use super::fault::{Fault, WrongJson};
use super::planner;
use super::rule::{Rule, Say};

/// Counts of tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tokens {
    /// Of the prompt, without those of a cache.
    pub input_tokens: u64,
    /// Of the answer.
    pub output_tokens: u64,
    /// Of the prompt, from a cache.
    pub cache_read_tokens: u64,
    /// Of the prompt, into a cache.
    pub cache_write_tokens: u64,
}

/// A use of a tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolUse {
    /// What the result refers to; otherwise one is made.
    #[serde(default)]
    pub id: Option<String>,
    /// Which tool.
    pub name: String,
    /// With what.
    #[serde(default)]
    pub input: Value,
}

/// What is said, in pieces.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) thoughts: Vec<String>,
    pub(super) text: Vec<String>,
    pub(super) tools: Vec<Used>,
    pub(super) stop: Stop,
    pub(super) tokens: Option<Tokens>,
}

/// A use of a tool, its input in pieces of JSON.
#[derive(Clone, Debug)]
pub(super) struct Used {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) input: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    End,
    MaxTokens,
    ToolUse,
    Refusal,
}

impl Answer {
    /// What the rule says to this, as it is when a tool must be used: then its words are the input.
    ///
    /// # Errors
    /// Why it says nothing to this.
    pub(super) fn new(rule: &Rule, wire: Wire, asked: &Asked, fault: Option<&Fault>) -> Result<Self, String> {
        let coded = rule.reply.codes.then(|| coder::say(asked));
        let say = coded.as_ref().unwrap_or(&rule.reply);
        let mut text = words(say, asked)?;
        let size = rule.pace.of(chars(&text)).chunk_chars.max(1);
        if let Some(Fault::WrongJson { wrong }) = fault {
            text = vec![wrong.of(&text.concat())];
        } else if say.chunks.is_none() {
            text = pieces(&text.concat(), size);
        }
        let id = |index: usize| match wire {
            Wire::Anthropic => format!("toolu_{index:02}"),
            Wire::OpenAi => format!("call_{index:02}"),
        };
        let mut tools: Vec<_> = say
            .tools
            .iter()
            .enumerate()
            .map(|(index, tool)| Used {
                id: tool.id.clone().unwrap_or_else(|| id(index)),
                name: tool.name.clone(),
                input: pieces(
                    &if tool.input.is_null() { json!({}) } else { tool.input.clone() }.to_string(),
                    size,
                ),
            })
            .collect();
        if let (Some(name), true) = (&asked.forced_tool, tools.is_empty()) {
            tools.push(Used { id: id(0), name: name.clone(), input: std::mem::take(&mut text) });
        }
        let stop = match say.stop.as_deref() {
            Some("max_tokens") => Stop::MaxTokens,
            Some("refusal") => Stop::Refusal,
            Some("tool_use") => Stop::ToolUse,
            Some(_) => Stop::End,
            None if tools.is_empty() => Stop::End,
            None => Stop::ToolUse,
        };
        let thoughts = pieces(say.thoughts.as_deref().unwrap_or_default(), size);
        let mut answer = Self { thoughts, text, tools, stop, tokens: None };
        if fault != Some(&Fault::Uncounted) {
            answer.tokens = Some(say.usage.unwrap_or_else(|| answer.counted(asked)));
        }
        Ok(answer)
    }

    /// How many characters are said.
    pub(super) fn chars(&self) -> usize {
        chars(&self.text) + self.tools.iter().map(|tool| chars(&tool.input)).sum::<usize>()
    }

    fn counted(&self, asked: &Asked) -> Tokens {
        let of = |chars: usize| (chars as u64).div_ceil(4);
        let said =
            self.thoughts.iter().chain(&self.text).chain(self.tools.iter().flat_map(|tool| &tool.input));
        Tokens {
            input_tokens: of(asked.system_text().chars().count() + asked.text().chars().count()),
            output_tokens: of(said.map(|piece| piece.chars().count()).sum()),
            ..Tokens::default()
        }
    }
}

fn words(say: &Say, asked: &Asked) -> Result<Vec<String>, String> {
    if say.plans {
        return Ok(vec![planner::answer(asked)?]);
    }
    if say.resolves {
        return Ok(vec![both_sides::answer(asked)?]);
    }
    if let Some(chunks) = &say.chunks {
        return Ok(chunks.clone());
    }
    let json = || say.json.as_ref().map(Value::to_string);
    Ok(say.text.clone().or_else(json).into_iter().collect())
}

fn chars(pieces: &[String]) -> usize {
    pieces.iter().map(|piece| piece.chars().count()).sum()
}

fn pieces(text: &str, size: usize) -> Vec<String> {
    let chars: Vec<_> = text.chars().collect();
    chars.chunks(size).map(|piece| piece.iter().collect()).collect()
}

impl WrongJson {
    fn of(self, json: &str) -> String {
        match self {
            Self::Truncated => {
                let chars = json.chars().count();
                json.chars().take(chars.saturating_sub(1).max(1)).collect()
            }
            Self::NotJson => "I would rather talk about something else.".to_owned(),
            Self::ViolatesSchema => json!({"unexpected": true}).to_string(),
        }
    }
}
