//! What every request carries: an id in the path, a query, and for a command the body with its
//! `Idempotency-Key` and `If-Match`. Whatever cannot be understood is a problem, not plain text.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Path, Query, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
};
use commands::{Actor, Intent};
use kernel::Uuid;
use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};

use super::caller::Caller;
use super::problem::Problem;
use crate::telemetry::traceparent;

/// Longest `Idempotency-Key`, in bytes.
const LONGEST_KEY: usize = 255;

/// The id of the resource in the path.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id(pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path(id) = Path::<String>::from_request_parts(parts, state).await.map_err(not_an_id)?;
        Ok(Self(parse_id(&id)?))
    }
}

/// Two ids in the path: the resource, and another thing it names.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids(pub(crate) Uuid, pub(crate) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Ids {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Path((id, other)) =
            Path::<(String, String)>::from_request_parts(parts, state).await.map_err(not_an_id)?;
        Ok(Self(parse_id(&id)?, parse_id(&other)?))
    }
}

/// An id has one spelling: by another one, what is the same request would be another command.
fn parse_id(text: &str) -> Result<Uuid, Problem> {
    let id = text.parse::<Uuid>().map_err(not_an_id)?;
    if id.to_string() == text { Ok(id) } else { Err(not_an_id(text)) }
}

fn not_an_id(_: impl std::fmt::Debug) -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "invalid_id",
        "an id in the path is not a UUID; expected a form such as 01890a5d-ac96-774b-bcce-b302099a8057",
    )
}

/// The query of a request; unknown parameters are refused.
#[derive(Clone, Debug)]
pub(crate) struct Ask<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Ask<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(ask) = Query::<T>::from_request_parts(parts, state)
            .await
            .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "invalid_query", error.body_text()))?;
        Ok(Self(ask))
    }
}

/// The body of a verb that needs no more words.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = serde_json::json!({}))]
pub(crate) struct Nothing {}

/// A command as it came in.
#[derive(Debug)]
pub(crate) struct Wish {
    /// Who wants it, under which id.
    pub(crate) intent: Intent,
    /// The version that the caller has seen (`If-Match`); `None` when it does not matter.
    pub(crate) expected: Option<i64>,
    body: Bytes,
}

impl Wish {
    /// The body as `T`; no body is an empty object.
    pub(crate) fn parse<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        parse(&self.body)
    }
}

/// The body of a request that is no command on the log.
#[derive(Debug)]
pub(crate) struct Given<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Given<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = read_body(request, state).await?;
        parse(&body).map(Self).map_err(|problem| problem.with_detail(without_input))
    }
}

/// What a fault says without what was sent: a password may have been typed into any field. The first words in quotes are
/// those that came in, unless they name what is missing or doubled.
fn without_input(detail: String) -> String {
    if detail.starts_with("missing field") || detail.starts_with("duplicate field") {
        return detail;
    }
    let Some(begin) = detail.find(['`', '"']) else { return detail };
    let end = detail.rfind(", expected").filter(|end| *end > begin);
    let end = end.or_else(|| detail.rfind(" at line").filter(|end| *end > begin)).unwrap_or(detail.len());
    format!("{}…{}", &detail[..begin], &detail[end..])
}

async fn read_body<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| is_json(kind.as_bytes()));
    let body = Bytes::from_request(request, state).await.map_err(|error| {
        let code =
            if error.status() == StatusCode::PAYLOAD_TOO_LARGE { "body_too_large" } else { "invalid_body" };
        Problem::new(error.status(), code, error.body_text())
    })?;
    // What a form of another site could send is refused, whatever it looks like.
    if kind == Some(true) || body.is_empty() {
        return Ok(body);
    }
    let detail = "a body is JSON: send it with `Content-Type: application/json`";
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail))
}

/// `application/json`, in UTF-8 if it says in what.
fn is_json(kind: &[u8]) -> bool {
    let kind = kind.to_ascii_lowercase();
    let mut parts = kind.split(|byte| *byte == b';').map(|part| part.trim_ascii());
    parts.next() == Some(b"application/json") && parts.all(|part| part == b"charset=utf-8" || part.is_empty())
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let body = if body.is_empty() { &b"{}"[..] } else { body };
    // A struct can be read from a list of its fields as well; nobody means that.
    if !body.trim_ascii_start().starts_with(b"{") {
        return Err(Problem::unprocessable("invalid_body", "a body is a JSON object"));
    }
    serde_json::from_slice(body).map_err(|error| Problem::unprocessable("invalid_body", error))
}

impl<S: Send + Sync> FromRequest<S> for Wish {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let actor = Caller::from_request_parts(&mut parts, state).await?.actor();
        let request = Request::from_parts(parts, body);
        let route = format!("{} {}", request.method(), request.uri().path());
        let headers = request.headers().clone();
        let body = read_body(request, state).await?;
        Ok(Self { intent: intent(actor, &route, &headers, &body)?, expected: if_match(&headers)?, body })
    }
}

fn intent(actor: Actor, route: &str, headers: &HeaderMap, body: &[u8]) -> Result<Intent, Problem> {
    let mut intent = match headers.get("idempotency-key").map(|key| key.to_str().unwrap_or_default()) {
        None => Intent::new(actor, body),
        Some(key) if !key.is_empty() && key.len() <= LONGEST_KEY => Intent::keyed(actor, route, key, body),
        Some(_) => {
            let detail = format!("Idempotency-Key is 1 to {LONGEST_KEY} visible ASCII characters");
            return Err(Problem::unprocessable("invalid_idempotency_key", detail));
        }
    };
    if let Some(traceparent) = traceparent(headers) {
        intent.metadata.insert("traceparent".to_owned(), traceparent);
    }
    Ok(intent)
}

/// `If-Match: "7"`, the version of an earlier answer's `ETag`; `*` asks for nothing.
fn if_match(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or("").trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text).parse();
    version.map(Some).map_err(|_| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "invalid_if_match",
            "If-Match is the ETag of an earlier answer, e.g. \"7\"",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{is_json, without_input};

    #[test]
    fn a_fault_does_not_repeat_what_was_sent() {
        let said = |text: &str| without_input(text.to_owned());
        assert_eq!(
            said("unknown variant `my, expected `secret`, expected `cookie` or `body` at line 1 column 9"),
            "unknown variant …, expected `cookie` or `body` at line 1 column 9"
        );
        assert_eq!(
            said(r#"invalid type: string "my \" secret", expected u16 at line 1 column 9"#),
            "invalid type: string …, expected u16 at line 1 column 9"
        );
        assert_eq!(said("invalid value `x` at line 1 column 9"), "invalid value … at line 1 column 9");
        for kept in ["missing field `password` at line 1 column 2", "EOF while parsing at line 1 column 9"] {
            assert_eq!(said(kept), kept);
        }
    }

    #[test]
    fn a_body_is_json_in_utf_8() {
        for kind in
            ["application/json", "Application/JSON", "application/json; charset=UTF-8", "application/json;"]
        {
            assert!(is_json(kind.as_bytes()), "{kind}");
        }
        for kind in
            ["", "text/plain", "application/jsonp", "application/json; charset=utf-16", "multipart/form-data"]
        {
            assert!(!is_json(kind.as_bytes()), "{kind}");
        }
    }
}
