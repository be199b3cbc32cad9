//! EARS, the Easy Approach to Requirements Syntax: one sentence that says where, while, when, who, how binding, what.
//!
//! - `words` the sentence as words with columns, and which of them are keywords
//! - `parse` from words to an [`Ears`]
//! - `phrases` what is said less clearly than it could be

mod error;
mod main_clause;
mod parse;
mod phrases;
mod words;

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use error::{EarsError, EarsErrorKind};
pub use parse::parse;
pub use phrases::{EarsWarning, Phrase};
pub use words::has_modal;

/// A requirement, taken apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EarsRequirement")]
pub struct Ears {
    /// Its shape.
    pub kind: EarsKind,
    /// What must be included for it to matter (WHERE).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    /// What must be so meanwhile (WHILE).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precondition: Option<String>,
    /// What makes it happen (WHEN, or IF of something unwanted).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trigger: Option<Trigger>,
    /// Who does it.
    pub system: String,
    /// How binding it is.
    pub modal: Modal,
    /// What it does.
    pub response: String,
    /// What could be said more clearly.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<EarsWarning>,
}

/// The shape of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum EarsKind {
    /// It always holds.
    Ubiquitous,
    /// WHEN something happens.
    Event,
    /// WHILE something is so.
    State,
    /// IF something unwanted happens, THEN.
    Unwanted,
    /// WHERE something is included.
    Optional,
    /// More than one of these.
    Complex,
}

/// What makes it happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Trigger {
    /// `when` for what is expected, `if` for what is unwanted.
    pub keyword: TriggerKeyword,
    /// What happens.
    pub text: String,
}

/// How a trigger is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum TriggerKeyword {
    /// It is expected.
    When,
    /// It is unwanted.
    If,
}

/// How binding a requirement is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub enum Modal {
    /// Binding.
    #[serde(rename = "SHALL")]
    Shall,
    /// Binding: it must not happen.
    #[serde(rename = "SHALL NOT")]
    ShallNot,
    /// Binding, in other words.
    #[serde(rename = "MUST")]
    Must,
    /// Binding, in other words: it must not happen.
    #[serde(rename = "MUST NOT")]
    MustNot,
    /// Wanted.
    #[serde(rename = "SHOULD")]
    Should,
    /// Unwanted.
    #[serde(rename = "SHOULD NOT")]
    ShouldNot,
    /// Allowed.
    #[serde(rename = "MAY")]
    May,
}

impl Modal {
    /// As it is written in a requirement.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shall => "SHALL",
            Self::ShallNot => "SHALL NOT",
            Self::Must => "MUST",
            Self::MustNot => "MUST NOT",
            Self::Should => "SHOULD",
            Self::ShouldNot => "SHOULD NOT",
            Self::May => "MAY",
        }
    }
}

impl fmt::Display for Ears {
    /// The sentence in its canonical form.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(feature) = &self.feature {
            write!(f, "WHERE {feature}, ")?;
        }
        if let Some(precondition) = &self.precondition {
            write!(f, "WHILE {precondition}, ")?;
        }
        match &self.trigger {
            Some(Trigger { keyword: TriggerKeyword::When, text }) => write!(f, "WHEN {text}, ")?,
            Some(Trigger { keyword: TriggerKeyword::If, text }) => write!(f, "IF {text}, THEN ")?,
            None => {}
        }
        write!(f, "{} {} {}.", self.system, self.modal.as_str(), self.response)
    }
}

#[cfg(test)]
mod tests;
