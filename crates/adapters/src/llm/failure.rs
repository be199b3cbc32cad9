//! What a refusal means. Both wire formats put it into `error`, and servers that imitate them mix the names of both.

use std::time::Duration;

use ports::llm::{LlmError, Said};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

/// A refusal as it came.
#[derive(Clone, Copy, Debug)]
pub(super) struct Refusal<'a> {
    /// 200 for those that come in the middle of an answer, or instead of one.
    pub(super) status: u16,
    pub(super) retry_after: Option<Duration>,
    /// The body, or the data of an event.
    pub(super) body: &'a str,
}

impl Refusal<'_> {
    /// Sorts it by what the caller can do. The body says more than the status, and the status stands in for it.
    pub(super) fn sort(&self, key: Option<&SecretString>) -> LlmError {
        let body: Value = serde_json::from_str(self.body).unwrap_or_default();
        let error = &body["error"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let words = text(&error["message"]).or_else(|| text(error)).or_else(|| text(&body["message"]));
        // Pages of proxies are not worth a line, and a body without words has none to quote.
        let words = words.unwrap_or_else(|| format!("status {}", self.status));
        let said = said(&words, key);
        let kinds = [&error["code"], &error["type"]];
        let known = kinds.into_iter().filter_map(Value::as_str).find_map(|kind| self.by_kind(kind, &said));
        // Routers of models put the status of the provider behind them into the code.
        let status = error["code"].as_u64().and_then(|code| u16::try_from(code).ok());
        known.unwrap_or_else(|| self.by_status(status.unwrap_or(self.status), said))
    }

    fn by_kind(&self, kind: &str, said: &Said) -> Option<LlmError> {
        let said = said.clone();
        Some(match kind {
            "authentication_error" | "permission_error" | "invalid_api_key" => LlmError::Unauthorized,
            "insufficient_quota" | "billing_error" | "billing_hard_limit_reached" => {
                LlmError::NoCredit { said }
            }
            "rate_limit_error" | "rate_limit_exceeded" => {
                LlmError::RateLimited { retry_after: self.retry_after }
            }
            "overloaded_error" => LlmError::Overloaded { retry_after: self.retry_after },
            "api_error" | "server_error" | "internal_error" | "timeout_error" => {
                LlmError::Unavailable { said }
            }
            "not_found_error" | "model_not_found" => LlmError::Misconfigured { said },
            "context_length_exceeded" | "request_too_large" => LlmError::ContextTooLong { said },
            "content_filter" | "content_policy_violation" => LlmError::ContentRefused { said },
            // One kind for everything that is wrong with a request; OpenAI's 429 and 404 have it too.
            "invalid_request_error" if matches!(self.status, 200 | 400 | 413 | 422) => by_words(said),
            _ => return None,
        })
    }

    fn by_status(&self, status: u16, said: Said) -> LlmError {
        match status {
            401 | 403 => LlmError::Unauthorized,
            402 => LlmError::NoCredit { said },
            413 => LlmError::ContextTooLong { said },
            429 => LlmError::RateLimited { retry_after: self.retry_after },
            503 | 529 => LlmError::Overloaded { retry_after: self.retry_after },
            408 | 500.. => LlmError::Unavailable { said },
            300..=399 => LlmError::Misconfigured { said: Said::new("the address leads elsewhere") },
            404 | 405 => LlmError::Misconfigured { said },
            400..=499 => by_words(said),
            _ => LlmError::BadAnswer { what: said },
        }
    }
}

/// The only way to tell these from a request that is malformed.
fn by_words(said: Said) -> LlmError {
    let words = said.as_str().to_lowercase();
    let says = |part: &&str| words.contains(*part);
    if ["too long", "context length", "context window", "context limit"].iter().any(says) {
        LlmError::ContextTooLong { said }
    } else if words.contains("credit balance") {
        LlmError::NoCredit { said }
    } else {
        LlmError::InvalidRequest { said }
    }
}

/// Somebody's words, without the key: some servers repeat what they refuse.
pub(super) fn said(words: &str, key: Option<&SecretString>) -> Said {
    match key.map(ExposeSecret::expose_secret) {
        Some(key) if !key.is_empty() => Said::new(&words.replace(key, "[key]")),
        Some(_) | None => Said::new(words),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LATER: Option<Duration> = Some(Duration::from_secs(3));

    fn sorted(status: u16, body: &str) -> LlmError {
        Refusal { status, retry_after: LATER, body }.sort(Some(&"hunter2".into()))
    }

    fn error(kind: &str, code: &str, message: &str) -> String {
        serde_json::json!({"error": {"type": kind, "code": code, "message": message}}).to_string()
    }

    #[test]
    fn a_status_without_words_is_enough() {
        assert_eq!(sorted(401, ""), LlmError::Unauthorized);
        assert_eq!(sorted(403, "<html>"), LlmError::Unauthorized);
        assert_eq!(sorted(429, "slow down"), LlmError::RateLimited { retry_after: LATER });
        assert_eq!(sorted(529, ""), LlmError::Overloaded { retry_after: LATER });
        assert_eq!(sorted(503, ""), LlmError::Overloaded { retry_after: LATER });
        assert_eq!(sorted(502, "<html>"), LlmError::Unavailable { said: Said::new("status 502") });
        assert!(matches!(sorted(307, ""), LlmError::Misconfigured { .. }));
        assert!(matches!(sorted(404, ""), LlmError::Misconfigured { .. }));
        assert!(matches!(sorted(402, ""), LlmError::NoCredit { .. }));
        assert!(matches!(sorted(413, ""), LlmError::ContextTooLong { .. }));
        assert!(matches!(sorted(400, ""), LlmError::InvalidRequest { .. }));
        assert!(matches!(sorted(200, "{}"), LlmError::BadAnswer { .. }));
    }

    #[test]
    fn the_body_says_more_than_the_status() {
        assert_eq!(
            sorted(200, &error("overloaded_error", "", "")),
            LlmError::Overloaded { retry_after: LATER }
        );
        assert!(matches!(
            sorted(429, &error("insufficient_quota", "insufficient_quota", "")),
            LlmError::NoCredit { .. }
        ));
        let long = error("invalid_request_error", "context_length_exceeded", "");
        assert!(matches!(sorted(400, &long), LlmError::ContextTooLong { .. }));
        let long = error("invalid_request_error", "", "prompt is too long: 210000 tokens > 200000 maximum");
        assert!(matches!(sorted(400, &long), LlmError::ContextTooLong { .. }));
        let poor = error("invalid_request_error", "", "Your credit balance is too low");
        assert!(matches!(sorted(400, &poor), LlmError::NoCredit { .. }));
        assert!(matches!(
            sorted(404, &error("invalid_request_error", "model_not_found", "")),
            LlmError::Misconfigured { .. }
        ));
        assert!(matches!(
            sorted(400, &error("invalid_request_error", "content_filter", "")),
            LlmError::ContentRefused { .. }
        ));
        assert!(matches!(
            sorted(200, r#"{"error":{"code":502,"message":"upstream"}}"#),
            LlmError::Unavailable { .. }
        ));
        let plain = LlmError::InvalidRequest { said: Said::new("model is required") };
        assert_eq!(sorted(400, r#"{"error":"model is required"}"#), plain);
    }

    #[test]
    fn a_key_that_is_repeated_is_taken_out() {
        let said = sorted(400, &error("x", "y", "not good: hunter2\nand more")).to_string();
        assert!(said.contains("not good: [key] and more") && !said.contains("hunter2"), "{said}");
        assert_eq!(sorted(401, &error("x", "invalid_api_key", "hunter2")), LlmError::Unauthorized);
    }
}
