//! A request, the same in whatever format it came.

use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

/// A wire format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Wire {
    /// The Messages API.
    Anthropic,
    /// Chat completions.
    OpenAi,
}

/// What was asked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Asked {
    /// Whom.
    pub model: String,
    /// What holds for the whole conversation.
    pub system: Vec<String>,
    /// Who said what. Two turns of the same role are one.
    pub turns: Vec<Turn>,
    /// The names of the tools.
    pub tools: Vec<String>,
    /// The tool that must be used.
    pub forced_tool: Option<String>,
    /// Whether the answer comes in pieces.
    pub streams: bool,
    /// Whether the count of tokens comes with them; with Anthropic it always does.
    pub counts: bool,
}

/// What one of the two said.
#[derive(Clone, Debug, PartialEq)]
pub struct Turn {
    /// `user` or `assistant`.
    pub role: String,
    /// What, in order.
    pub parts: Vec<Part>,
}

/// A part of it. Ids of uses are left out: two formats, and two runs, have others.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Words.
    Text(String),
    /// A use of a tool.
    Use {
        /// Which.
        name: String,
        /// With what.
        input: Value,
    },
    /// What a tool answered.
    Result(String),
}

impl Asked {
    /// Adds to the conversation.
    pub(super) fn say(&mut self, role: &str, part: Part) {
        match self.turns.last_mut() {
            Some(turn) if turn.role == role => turn.parts.push(part),
            Some(_) | None => self.turns.push(Turn { role: role.to_owned(), parts: vec![part] }),
        }
    }

    /// All of the system's words.
    #[must_use]
    pub fn system_text(&self) -> String {
        self.system.join("\n\n")
    }

    /// All that was said, by whomever.
    #[must_use]
    pub fn text(&self) -> String {
        self.turns.iter().map(Turn::text).collect::<Vec<_>>().join("\n\n")
    }

    /// What was said last.
    #[must_use]
    pub fn last_text(&self) -> String {
        self.turns.last().map(Turn::text).unwrap_or_default()
    }

    /// One name for one content, whoever is asked for it and in whatever format: of the system, the conversation and the
    /// tools.
    #[must_use]
    pub fn digest(&self) -> String {
        let turns = self.turns.iter().map(|turn| {
            let parts = turn.parts.iter().map(|part| match part {
                Part::Text(text) => json!({"text": text.trim()}),
                Part::Use { name, input } => json!({"use": name, "input": sorted(input)}),
                Part::Result(text) => json!({"result": text.trim()}),
            });
            json!([turn.role, parts.collect::<Vec<_>>()])
        });
        let system: Vec<_> = self.system.iter().map(|text| text.trim()).collect();
        let content = json!([system.join("\n\n"), turns.collect::<Vec<_>>(), self.tools]);
        hex(&Sha256::digest(content.to_string()))
    }
}

impl Turn {
    pub(super) fn text(&self) -> String {
        let parts = self.parts.iter().map(|part| match part {
            Part::Text(text) | Part::Result(text) => text.clone(),
            Part::Use { name, input } => format!("{name} {input}"),
        });
        parts.collect::<Vec<_>>().join("\n\n")
    }
}

/// Whether objects keep their order is a matter of how the program was built.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            Value::Object(
                fields.into_iter().map(|(name, value)| (name.clone(), sorted(value))).collect::<Map<_, _>>(),
            )
        }
        Value::Array(values) => values.iter().map(sorted).collect(),
        value => value.clone(),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
