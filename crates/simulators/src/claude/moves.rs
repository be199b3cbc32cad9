//! What it does, one after another.

use serde::Deserialize;
use serde_json::{Map, Value};

/// A script.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Script {
    /// What it does about `initialize`.
    pub at_start: AtStart,
    /// What it does then. At their end it ends its turn, and itself when its input ends.
    pub moves: Vec<Move>,
}

/// What it does about `initialize`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtStart {
    /// It answers.
    #[default]
    Answers,
    /// It answers with an error.
    Refuses,
    /// It does nothing.
    Silent,
}

/// A move.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Move {
    /// Says something.
    Say(String),
    /// Says what it was told last, by a hook or a message.
    SayHeard,
    /// Thinks something.
    Think(String),
    /// Plans these steps.
    Plan(Vec<String>),
    /// Writes a file.
    Write {
        /// Below the directory.
        path: String,
        /// What is in it.
        content: String,
    },
    /// Runs a command.
    Bash(String),
    /// Uses a tool of a server that it was told of.
    Use {
        /// E.g. `mcp__omoi__get_task`.
        tool: String,
        /// What it is given.
        #[serde(default)]
        input: Map<String, Value>,
    },
    /// Asks the model, which it finds as the real one does, and does what that wants, until that wants no more.
    AskModel,
    /// Ends its turn and waits for the next message.
    EndTurn,
    /// Ends its turn so, as the real one does when it fails.
    EndAs {
        /// E.g. `error_max_turns`.
        subtype: String,
        /// Whether it is an error for all that.
        #[serde(default)]
        is_error: bool,
        /// Its last words.
        #[serde(default)]
        text: String,
    },
    /// Asks for permission this often, and uses nothing.
    Ask(u32),
    /// Writes this line, whatever it is.
    Line(String),
    /// Writes this frame.
    Frame(Value),
    /// Writes so many lines that are no JSON.
    Garbage(u32),
    /// Writes a line without end.
    LongLine,
    /// Does nothing, until it is interrupted.
    Hang,
    /// Does nothing, whatever it is told.
    Deaf,
    /// Goes away.
    Exit {
        /// With this code.
        code: u8,
        /// With these words on its standard error.
        #[serde(default)]
        complaint: String,
    },
}
