//! Why there is no answer, sorted by what the caller can do.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How much of what a provider says is kept.
const SAID_CHARS: usize = 300;

/// Why a call gave no whole answer. No variant holds a key, and none more than a line of the provider's words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LlmError {
    /// Too many calls. Later is soon enough.
    #[error("the provider takes no more calls now, call again later")]
    RateLimited {
        /// When the provider says so.
        retry_after: Option<Duration>,
    },
    /// The provider has too much to do.
    #[error("the provider is overloaded, call again later")]
    Overloaded {
        /// When the provider says so.
        retry_after: Option<Duration>,
    },
    /// Nothing came for too long.
    #[error("{wait} took too long, call again, or allow more time")]
    Timeout {
        /// What was waited for.
        wait: Wait,
    },
    /// The answer ended in its middle. What came until then counts and costs.
    #[error("the answer was cut off in its middle, call again")]
    Cut,
    /// It cannot be reached, or fails on its side.
    #[error("the provider cannot be reached or fails, call again later: {said}")]
    Unavailable {
        /// What is in the way.
        said: Said,
    },
    /// It does not know the key, or the key may not do this.
    #[error("the provider refuses the key, check the key in the settings")]
    Unauthorized,
    /// There is no money left at the provider.
    #[error("the account at the provider has no credit, add some: {said}")]
    NoCredit {
        /// The provider's words.
        said: Said,
    },
    /// No call will go through before an operator has changed something.
    #[error("the provider has no such model or address, check the settings: {said}")]
    Misconfigured {
        /// What is wrong.
        said: Said,
    },
    /// This request will never go through.
    #[error("the request is refused, change it: {said}")]
    InvalidRequest {
        /// What is wrong with it.
        said: Said,
    },
    /// The prompt and the longest answer do not fit into the model.
    #[error("the prompt is too long for the model, shorten it: {said}")]
    ContextTooLong {
        /// The provider's words.
        said: Said,
    },
    /// The provider does not want to hear this.
    #[error("the provider refuses the content, ask in another way: {said}")]
    ContentRefused {
        /// The provider's words.
        said: Said,
    },
    /// What came is no answer of this protocol.
    #[error("the answer cannot be understood, call again or choose another model: {what}")]
    BadAnswer {
        /// What is wrong with it.
        what: Said,
    },
}

/// What was waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// A connection.
    Connect,
    /// The beginning of an answer.
    FirstByte,
    /// The next bytes of an answer.
    Idle,
    /// Everything.
    Whole,
}

impl LlmError {
    /// Whether the same request may go through later.
    #[must_use]
    pub const fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Overloaded { .. }
            | Self::Timeout { .. }
            | Self::Cut
            | Self::Unavailable { .. } => true,
            Self::Unauthorized
            | Self::NoCredit { .. }
            | Self::Misconfigured { .. }
            | Self::InvalidRequest { .. }
            | Self::ContextTooLong { .. }
            | Self::ContentRefused { .. }
            | Self::BadAnswer { .. } => false,
        }
    }

    /// A stable name for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::RateLimited { .. } => "rate_limited",
            Self::Overloaded { .. } => "overloaded",
            Self::Timeout { .. } => "timeout",
            Self::Cut => "cut",
            Self::Unavailable { .. } => "unavailable",
            Self::Unauthorized => "unauthorized",
            Self::NoCredit { .. } => "no_credit",
            Self::Misconfigured { .. } => "misconfigured",
            Self::InvalidRequest { .. } => "invalid_request",
            Self::ContextTooLong { .. } => "context_too_long",
            Self::ContentRefused { .. } => "content_refused",
            Self::BadAnswer { .. } => "bad_answer",
        }
    }

    /// When the provider wants to be asked again, if it said so.
    #[must_use]
    pub const fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { retry_after } | Self::Overloaded { retry_after } => *retry_after,
            Self::Timeout { .. }
            | Self::Cut
            | Self::Unavailable { .. }
            | Self::Unauthorized
            | Self::NoCredit { .. }
            | Self::Misconfigured { .. }
            | Self::InvalidRequest { .. }
            | Self::ContextTooLong { .. }
            | Self::ContentRefused { .. }
            | Self::BadAnswer { .. } => None,
        }
    }

    /// Whether the provider may bill for it without having said how much.
    #[must_use]
    pub const fn may_have_cost(&self) -> bool {
        match self {
            Self::Timeout { wait: Wait::FirstByte | Wait::Idle | Wait::Whole }
            | Self::Cut
            | Self::BadAnswer { .. } => true,
            Self::Timeout { wait: Wait::Connect }
            | Self::RateLimited { .. }
            | Self::Overloaded { .. }
            | Self::Unavailable { .. }
            | Self::Unauthorized
            | Self::NoCredit { .. }
            | Self::Misconfigured { .. }
            | Self::InvalidRequest { .. }
            | Self::ContextTooLong { .. }
            | Self::ContentRefused { .. } => false,
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "the connection to the provider",
            Self::FirstByte => "the beginning of the answer",
            Self::Idle => "the next piece of the answer",
            Self::Whole => "the call",
        })
    }
}

/// What somebody outside said: one line, at most 300 characters of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Said(String);

impl Said {
    /// Cuts it to what a log can hold. Whoever quotes a provider takes the key out first.
    #[must_use]
    pub fn new(text: &str) -> Self {
        // Direction marks and line separators are not control characters, and rewrite a line all the same.
        let misleads = |c: char| matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
        let mut line = String::new();
        let mut chars = 0;
        for word in text.split(|c: char| c.is_whitespace() || c.is_control()) {
            if chars > 0 && !word.is_empty() && chars < SAID_CHARS {
                line.push(' ');
                chars += 1;
            }
            for c in word.chars().filter(|c| !misleads(*c)) {
                if chars == SAID_CHARS {
                    return Self(line);
                }
                line.push(c);
                chars += 1;
            }
        }
        Self(line)
    }

    /// The line.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for Said {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

impl From<Said> for String {
    fn from(said: Said) -> Self {
        said.0
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_provider_says_becomes_one_short_line() {
        assert_eq!(Said::new(" a\r\n b\u{0}c\td\u{1b}[2J ").as_str(), "a b c d [2J");
        assert_eq!(Said::new("a\u{202e}b\u{2028}c").as_str(), "ab c");
        assert_eq!(Said::new(&"ü".repeat(400)).as_str(), "ü".repeat(300));
        assert_eq!(Said::new(&"ab ".repeat(400)).as_str().chars().count(), 300);
    }

    #[test]
    fn what_was_stored_is_cut_as_well() {
        let said: Said = serde_json::from_str(r#""a\nb""#).unwrap();
        assert_eq!(said.as_str(), "a b");
    }

    #[test]
    fn only_what_may_pass_is_tried_again() {
        let later = Duration::from_secs(7);
        let limited = LlmError::RateLimited { retry_after: Some(later) };
        assert!(limited.is_retryable() && !limited.may_have_cost());
        assert_eq!(limited.retry_after(), Some(later));
        assert!(LlmError::Cut.is_retryable() && LlmError::Cut.may_have_cost());
        assert!(!LlmError::Unauthorized.is_retryable());
        let no_connection = LlmError::Timeout { wait: Wait::Connect };
        assert!(no_connection.is_retryable() && !no_connection.may_have_cost());
        assert_eq!(
            no_connection.to_string().split(',').next(),
            Some("the connection to the provider took too long")
        );
    }
}
