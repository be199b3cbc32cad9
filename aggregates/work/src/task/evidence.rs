//! What shows that work is done, and what a verdict found missing.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use vocabulary::{Bounded, CommandLine, Text};

/// The commands that were run to show it: at most 50, and at least one unless the task explores.
pub type CommandResults = Bounded<CommandResult, 0, 50>;

/// What evidence rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum EvidenceKind {
    /// A person says so; never counted as verified.
    Attested,
    /// The platform ran the commands in the run's sandbox.
    Verified,
    /// It was done before it came here: a checked box of an imported plan.
    Imported,
}

impl fmt::Display for EvidenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Attested => "attested",
            Self::Verified => "verified",
            Self::Imported => "imported",
        })
    }
}

/// A command and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct CommandResult {
    /// The command line.
    pub cmd: CommandLine,
    /// Its exit code; 0 is success.
    pub exit: i32,
}

/// What is missing, for whoever takes the task next.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Feedback {
    /// The commands that did not succeed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<CommandResult>,
    /// What the validator says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// The commands among `results` that did not succeed.
pub(super) fn failed(results: &[CommandResult]) -> Vec<CommandResult> {
    results.iter().filter(|result| result.exit != 0).cloned().collect()
}
