//! Words that make a requirement less clear than it could be.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::words::Word;

/// A phrase that should be another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct EarsWarning {
    /// Which.
    pub phrase: Phrase,
    /// Where, in characters, counted from 1.
    pub column: u32,
}

/// A phrase that should be another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Phrase {
    /// The future binds nobody.
    WillBe,
    /// Nor does an intention.
    IsGoingTo,
    /// A list that is not finished cannot be tested.
    Etc,
    /// The same in words.
    AndSoOn,
}

impl Phrase {
    /// What to write instead.
    #[must_use]
    pub const fn advice(self) -> &'static str {
        match self {
            Self::WillBe => "`will be` tells the future: say what is so, or what SHALL be done",
            Self::IsGoingTo => "`is going to` tells an intention: say what SHALL be done",
            Self::Etc => "`etc` cannot be tested: name everything that is meant",
            Self::AndSoOn => "`and so on` cannot be tested: name everything that is meant",
        }
    }
}

const PHRASES: [(Phrase, &[&str]); 4] = [
    (Phrase::WillBe, &["will", "be"]),
    (Phrase::IsGoingTo, &["is", "going", "to"]),
    (Phrase::Etc, &["etc"]),
    (Phrase::AndSoOn, &["and", "so", "on"]),
];

pub(super) fn warnings(words: &[Word<'_>]) -> Vec<EarsWarning> {
    let starts = |at: usize, phrase: &[&str]| {
        words.len() >= at + phrase.len()
            && phrase.iter().zip(&words[at..]).all(|(word, found)| found.is(word))
    };
    (0..words.len())
        .flat_map(|at| {
            PHRASES.iter().filter(move |(_, phrase)| starts(at, phrase)).map(move |(phrase, _)| (at, *phrase))
        })
        .map(|(at, phrase)| EarsWarning { phrase, column: words[at].column })
        .collect()
}
