//! Errors as the two have them.

use axum::{
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use serde_json::{Value, json};

use super::super::asked::Wire;

/// Why a request is refused.
#[derive(Debug)]
pub(in super::super) struct Refusal {
    status: u16,
    kind: &'static str,
    /// Only OpenAI has it.
    code: Option<&'static str>,
    words: String,
}

const fn refusal(status: u16, kind: &'static str, code: Option<&'static str>, words: String) -> Refusal {
    Refusal { status, kind, code, words }
}

impl Refusal {
    pub(in super::super) const fn invalid(words: String) -> Self {
        refusal(400, "invalid_request_error", None, words)
    }

    pub(in super::super) const fn unauthorized(words: String) -> Self {
        refusal(401, "authentication_error", Some("invalid_api_key"), words)
    }

    pub(in super::super) fn rate_limited() -> Self {
        refusal(429, "rate_limit_error", Some("rate_limit_exceeded"), "too many requests".into())
    }

    pub(in super::super) fn overloaded(wire: Wire) -> Self {
        match wire {
            Wire::Anthropic => refusal(529, "overloaded_error", None, "Overloaded".into()),
            Wire::OpenAi => refusal(503, "overloaded_error", None, "The engine is overloaded".into()),
        }
    }

    pub(in super::super) fn server_error() -> Self {
        refusal(500, "api_error", None, "something went wrong".into())
    }

    pub(in super::super) fn no_credit(wire: Wire) -> Self {
        match wire {
            Wire::Anthropic => Self::invalid("Your credit balance is too low to access the API".into()),
            Wire::OpenAi => refusal(
                429,
                "insufficient_quota",
                Some("insufficient_quota"),
                "You exceeded your quota".into(),
            ),
        }
    }

    pub(in super::super) fn too_long(wire: Wire) -> Self {
        match wire {
            Wire::Anthropic => Self::invalid("prompt is too long: 210000 tokens > 200000 maximum".into()),
            Wire::OpenAi => {
                let words = "This model's maximum context length is 128000 tokens".into();
                refusal(400, "invalid_request_error", Some("context_length_exceeded"), words)
            }
        }
    }

    pub(in super::super) fn no_model(wire: Wire) -> Self {
        match wire {
            Wire::Anthropic => refusal(404, "not_found_error", None, "model: it is not there".into()),
            Wire::OpenAi => {
                let words = "The model does not exist".into();
                refusal(404, "invalid_request_error", Some("model_not_found"), words)
            }
        }
    }

    pub(in super::super) fn to_response(&self, wire: Wire) -> Response {
        let status = StatusCode::from_u16(self.status).expect("the status of a refusal is one");
        (status, axum::Json(self.body(wire))).into_response()
    }

    /// In the middle of an answer.
    pub(in super::super) fn to_event(&self, wire: Wire) -> String {
        match wire {
            Wire::Anthropic => format!("event: error\ndata: {}\n\n", self.body(wire)),
            Wire::OpenAi => format!("data: {}\n\n", self.body(wire)),
        }
    }

    fn body(&self, wire: Wire) -> Value {
        match wire {
            Wire::Anthropic => {
                json!({"type": "error", "error": {"type": self.kind, "message": self.words}, "request_id": "req_1"})
            }
            Wire::OpenAi => {
                let error =
                    json!({"message": self.words, "type": self.kind, "param": null, "code": self.code});
                json!({"error": error})
            }
        }
    }
}
