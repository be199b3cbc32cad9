//! A command that was run on a fresh checkout, in a clean sandbox, to find out what work is worth.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::CommandLine;

use crate::content::Content;

/// A command that was run to find out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Checked {
    /// The command line.
    pub cmd: CommandLine,
    /// Its exit code; 0 is success. 128 and more: a signal, or a limit, ended it.
    pub exit: i32,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The end of what it wrote.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<Content>,
}
