//! Every error of the API as `application/problem+json`: a stable code for programs, a sentence for people.

use std::time::Duration;

use accounts::AccountError;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use commands::CommandError;
use eventstore::Unavailable;
use oauth::OauthError;
use schemars::JsonSchema;
use serde::{Serialize, Serializer};

/// Why a request had no effect.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    code: String,
    detail: String,
    /// Seconds until it is worth another try.
    retry_after: Option<u64>,
    /// What is wrong with a plan, each with its place.
    problems: Vec<plan::Problem>,
}

/// Why a request had no effect (RFC 9457).
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(crate) struct Body<'a> {
    /// `urn:omoi:problem:` and the code.
    r#type: String,
    /// The status in words.
    title: &'a str,
    /// The status of the answer.
    #[schemars(range(min = 400, max = 599))]
    status: u16,
    /// For programs: it keeps its meaning.
    code: &'a str,
    /// For people: what is wrong with this request, and what to do.
    detail: &'a str,
    /// What is wrong with a plan, each with its place; absent where it is about something else.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schemars(default)]
    problems: &'a [plan::Problem],
}

impl Problem {
    pub(crate) fn new(status: StatusCode, code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { status, code: code.into(), detail: detail.into(), retry_after: None, problems: Vec::new() }
    }

    /// There is no such thing, or it belongs to somebody else: the answer is the same.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("the {what} does not exist"))
    }

    /// The same, in other words.
    pub(crate) fn with_detail(self, words: impl FnOnce(String) -> String) -> Self {
        Self { detail: words(self.detail), ..self }
    }

    /// The same, with each thing that is wrong with a plan.
    pub(crate) fn listing(self, problems: Vec<plan::Problem>) -> Self {
        Self { problems, ..self }
    }

    /// Too many tries.
    pub(crate) fn too_many(retry_after: Duration) -> Self {
        let seconds = retry_after.as_secs().max(1);
        let detail = format!("too many tries; wait {seconds} s");
        let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail);
        Self { retry_after: Some(seconds), ..problem }
    }

    /// The request is understood and cannot be carried out as it is.
    pub(crate) fn unprocessable(code: &'static str, detail: impl std::fmt::Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail.to_string())
    }
}

impl Serialize for Problem {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let body = Body {
            r#type: format!("urn:omoi:problem:{}", self.code),
            title: self.status.canonical_reason().unwrap_or("error"),
            status: self.status.as_u16(),
            code: &self.code,
            detail: &self.detail,
            problems: &self.problems,
        };
        body.serialize(serializer)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        let retry_after =
            if self.status == StatusCode::SERVICE_UNAVAILABLE { Some(1) } else { self.retry_after };
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Unavailable> for Problem {
    fn from(reason: Unavailable) -> Self {
        let (code, detail) = match &reason {
            Unavailable::Down(_) => {
                ("database_down", "the database cannot be reached; send the same request again")
            }
            Unavailable::Stalled(_) => {
                ("database_stalled", "the database answers too late; send the same request again")
            }
            Unavailable::DiskFull(_) => (
                "disk_full",
                "the disk of the database is nearly full; nothing is written until there is room",
            ),
            Unavailable::Busy => ("busy", "too many commands are waiting; send the same request again"),
            Unavailable::Refused(_) => {
                ("database_refused", "the database refused the request; the log of the server says why")
            }
        };
        // What the database said is for the operator: it may name hosts, roles and tables.
        tracing::warn!(%reason, code, "a request could not be served");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, detail)
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        let unauthorized = |code: &str| Self::new(StatusCode::UNAUTHORIZED, code, error.to_string());
        match error {
            AccountError::InvalidCredentials => unauthorized("invalid_credentials"),
            AccountError::InvalidToken => unauthorized("invalid_token"),
            AccountError::AddressNotVerified => unauthorized("address_not_verified"),
            AccountError::Elsewhere(reason) => of_provider(&reason),
            AccountError::TooManyTries { retry_after } => Self::too_many(retry_after),
            AccountError::WeakPassword(reason) => Self::unprocessable("weak_password", reason),
            AccountError::InvalidAddress(reason) => Self::unprocessable("invalid_email", reason),
            AccountError::InvalidName(reason) => Self::unprocessable("invalid_name", reason),
            AccountError::NotFound(what) => Self::not_found(what),
            AccountError::AlreadyIssued => {
                Self::new(StatusCode::CONFLICT, "already_issued", error.to_string())
            }
            AccountError::TooManyBusCredentials { .. } => {
                Self::unprocessable("too_many_bus_credentials", error)
            }
            AccountError::Command(error) => error.into(),
            AccountError::Unavailable(reason) => reason.into(),
            AccountError::Custody(reason) => CommandError::Broken(reason.to_string()).into(),
            AccountError::Hashing => Unavailable::Busy.into(),
        }
    }
}

/// A provider of accounts said no, or nothing that can be used.
fn of_provider(reason: &OauthError) -> Problem {
    let (status, code) = match reason {
        OauthError::Refused(_) => (StatusCode::FORBIDDEN, "access_denied"),
        OauthError::Invalid(_) => (StatusCode::UNAUTHORIZED, "provider_not_believed"),
        OauthError::Away(_) => (StatusCode::SERVICE_UNAVAILABLE, "provider_unavailable"),
        OauthError::Misconfigured(_) => (StatusCode::SERVICE_UNAVAILABLE, "provider_misconfigured"),
    };
    // The person can begin again; what an operator can do stands here.
    tracing::warn!(%reason, code = reason.code(), "a sign-in by a provider failed");
    Problem::new(status, code, reason.to_string())
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Rejected { code, message, .. } => {
                let status = match code.as_str() {
                    "not_found" => StatusCode::NOT_FOUND,
                    // A repeated answer of a guard: the same status as the first time.
                    "taken" | "full" | "locked" => StatusCode::CONFLICT,
                    _ => StatusCode::UNPROCESSABLE_ENTITY,
                };
                Self::new(status, code, message)
            }
            CommandError::Forbidden { .. } => {
                Self::new(StatusCode::FORBIDDEN, "forbidden", error.to_string())
            }
            CommandError::Guard { fault, .. } => {
                Self::new(StatusCode::CONFLICT, fault.code(), fault.to_string())
            }
            CommandError::Conflict { .. } | CommandError::Baseless => {
                Self::new(StatusCode::CONFLICT, "conflict", error.to_string())
            }
            CommandError::Moved { .. } => {
                Self::new(StatusCode::PRECONDITION_FAILED, "precondition_failed", error.to_string())
            }
            CommandError::Mismatch => Self::unprocessable("idempotency_mismatch", error),
            CommandError::Unavailable(reason) => reason.into(),
            CommandError::Broken(reason) => {
                tracing::error!(%reason, "a command met something broken");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "internal",
                    "something is broken on our side; the log of the server says what",
                )
            }
        }
    }
}
