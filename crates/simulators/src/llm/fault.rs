//! The ways in which the server misbehaves.

use serde::{Deserialize, Serialize};

/// A way to misbehave, for requests of the content of its rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// Status 429.
    RateLimited {
        /// The header, as it is: seconds, a date, or nonsense.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// Status 529, as Anthropic has it; 503 in the other format.
    Overloaded {
        /// The header, as it is.
        #[serde(default)]
        retry_after: Option<String>,
    },
    /// Status 500.
    ServerError,
    /// Status 502 with a page, as a proxy answers.
    BadGateway,
    /// Status 401 which repeats the key.
    Unauthorized,
    /// Status 400 which repeats the key and all that was asked.
    Quotes,
    /// Status 429 of an account without money.
    NoCredit,
    /// Status 400 for a prompt that is too long.
    ContextTooLong,
    /// Status 404 for a model that is not there.
    NoModel,
    /// A redirect to the same path: whoever follows it is heard again, with the key.
    Redirects,
    /// Status 200 with an error as JSON, and no stream.
    ErrorBody,
    /// Status 200 with a page.
    Html,
    /// No answer, ever.
    Hangs,
    /// The connection ends after this many pieces of the answer.
    Cut {
        /// Pieces that get through.
        after: usize,
    },
    /// An error comes after this many pieces.
    ErrorEvent {
        /// Pieces that get through.
        after: usize,
    },
    /// Silence after this many pieces.
    Silent {
        /// Pieces that get through.
        after: usize,
    },
    /// An event that is no JSON comes after this many pieces.
    BrokenEvent {
        /// Pieces that get through.
        after: usize,
    },
    /// Comments without end, and no piece.
    Drips,
    /// A line that does not end.
    LongLine,
    /// The answer is not the JSON that was asked for.
    WrongJson {
        /// What is wrong with it.
        wrong: WrongJson,
    },
    /// No count of tokens.
    Uncounted,
}

/// What is wrong with a JSON answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WrongJson {
    /// It ends in its middle.
    Truncated,
    /// It is prose.
    NotJson,
    /// It is an object with one field, `unexpected`.
    ViolatesSchema,
}

/// When a rule misbehaves. Several stand in the order in which they happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultAt {
    /// How.
    #[serde(flatten)]
    pub fault: Fault,
    /// For how many requests of one and the same body; without it for all of them. A client that tries again sends the same
    /// body, so this lets it through in the end, whatever else is asked in between. Where a phase of a plan is written it is
    /// the phase and the idea that count: after a fault the product asks in other words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

/// The fault of the request that is the `count`th of its body, from 0.
pub(super) fn nth(faults: &[FaultAt], count: u32) -> Option<&Fault> {
    let mut left = count;
    for at in faults {
        match at.times {
            Some(times) if left >= times => left -= times,
            Some(_) | None => return Some(&at.fault),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_happen_in_order_and_then_no_more() {
        let at = |fault, times| FaultAt { fault, times };
        let faults = [at(Fault::ServerError, Some(2)), at(Fault::Hangs, Some(1))];
        let of = |count| nth(&faults, count).cloned();
        assert_eq!(
            [0, 1, 2, 3].map(of),
            [Some(Fault::ServerError), Some(Fault::ServerError), Some(Fault::Hangs), None]
        );
        assert_eq!(nth(&[at(Fault::Hangs, None)], 99), Some(&Fault::Hangs));
    }
}
