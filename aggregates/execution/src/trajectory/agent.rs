//! What agents do, sorted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What kind of tool it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum ToolKind {
    /// It reads.
    Read,
    /// It changes files.
    Edit,
    /// It removes files.
    Delete,
    /// It moves files.
    Move,
    /// It looks for something.
    Search,
    /// It runs a command.
    Execute,
    /// It helps to think.
    Think,
    /// It gets something from outside.
    Fetch,
    /// Something else.
    Other,
}

/// How a file was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum FileChange {
    /// It is new.
    Added,
    /// It holds something else, or is something else.
    Modified,
    /// It is gone.
    Deleted,
}
