//! What work may change.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What the work may change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Mode {
    /// It reads only.
    Exploration,
    /// It changes the files.
    #[default]
    Implementation,
    /// It checks what others changed.
    Validation,
}
