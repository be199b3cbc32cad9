//! Why a sentence is no requirement, and at which column.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A fault of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct EarsError {
    /// What is wrong.
    pub kind: EarsErrorKind,
    /// Where, in characters, counted from 1. Of what is absent it is the place where it should stand.
    pub column: u32,
}

/// What is wrong with a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum EarsErrorKind {
    /// There are no words.
    Empty,
    /// Nothing says how binding it is.
    MissingModal,
    /// `will` tells the future and binds nobody.
    WillIsNoModal,
    /// `may not` is both: need not, and must not.
    MayNot,
    /// The sentence holds two requirements.
    TwoModals,
    /// Nobody does it.
    MissingSystem,
    /// Nothing is done.
    MissingResponse,
    /// A keyword without a condition.
    EmptyCondition,
    /// Nothing parts the condition from who acts.
    MissingComma,
    /// IF without THEN.
    IfWithoutThen,
    /// THEN without a condition before it.
    ThenWithoutCondition,
    /// The same keyword twice.
    KeywordTwice,
    /// WHEN and IF in one sentence.
    TwoTriggers,
    /// A condition that does not stand at the beginning.
    MisplacedCondition,
}

impl EarsErrorKind {
    /// What is so, and what to do.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Empty => "there is no sentence: write `The system SHALL ...`",
            Self::MissingModal => {
                "nothing says how binding this is: write SHALL, SHOULD or MAY before what is done"
            }
            Self::WillIsNoModal => "`will` binds nobody: write SHALL",
            Self::MayNot => {
                "`may not` can mean two things: write SHALL NOT for what is forbidden, MAY for a choice"
            }
            Self::TwoModals => "there are two requirements here: make it two sentences",
            Self::MissingSystem => "nobody does this: name the system before SHALL",
            Self::MissingResponse => "nothing is done: say it after SHALL",
            Self::EmptyCondition => "the keyword has no condition: say it after the keyword",
            Self::MissingComma => "nothing parts the condition from who acts: write a comma, or THEN",
            Self::IfWithoutThen => "IF needs THEN: write `IF <condition>, THEN the system SHALL ...`",
            Self::ThenWithoutCondition => {
                "THEN has no condition before it: begin with IF or WHEN, or leave it out"
            }
            Self::KeywordTwice => {
                "the keyword stands twice: join the conditions with `and`, or make it two sentences"
            }
            Self::TwoTriggers => {
                "WHEN and IF are two triggers: say one of them as WHILE, or make it two sentences"
            }
            Self::MisplacedCondition => "the condition does not stand first: begin the sentence with it",
        }
    }
}

impl fmt::Display for EarsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "column {}: {}", self.column, self.kind.advice())
    }
}

impl std::error::Error for EarsError {}
