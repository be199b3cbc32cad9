//! A request, from its headers to the last byte of its answer.

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{
        HeaderMap, StatusCode,
        header::{LOCATION, RETRY_AFTER},
    },
    response::{Html, IntoResponse as _, Response},
    routing::post,
};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tokio::time::sleep;

use super::answer::{Answer, Stop};
use super::asked::{Asked, Wire, hex};
use super::fault::Fault;
use super::recording::{Exchange, RecordedAnswer};
use super::rule::Rule;
use super::state::{Server, UnderWay};
use super::wire::{self, Refusal};
use super::{ToolUse, stream};

/// As Anthropic has it.
const LONGEST_BODY: usize = 32 * 1024 * 1024;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Request {
    /// In which format.
    pub wire: Wire,
    /// As it was sent; null when it was no JSON.
    pub body: Value,
    headers: HeaderMap,
}

impl Request {
    /// A header, when it is text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// What was asked.
    #[must_use]
    pub fn asked(&self) -> Asked {
        wire::read(self.wire, &self.body)
    }
}

pub(super) fn router(server: Arc<Server>) -> Router {
    Router::new()
        .route("/v1/messages", post(anthropic))
        .route("/v1/chat/completions", post(openai))
        .route("/llm/anthropic/v1/messages", post(anthropic))
        .route("/llm/openai/v1/chat/completions", post(openai))
        .fallback(nowhere)
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .with_state(server)
}

async fn anthropic(server: State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&server, Wire::Anthropic, headers, &body).await
}

async fn openai(server: State<Arc<Server>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&server, Wire::OpenAi, headers, &body).await
}

async fn nowhere() -> Response {
    (StatusCode::NOT_FOUND, "there is /v1/messages and /v1/chat/completions").into_response()
}

async fn answer(server: &Arc<Server>, wire: Wire, headers: HeaderMap, body: &[u8]) -> Response {
    let under_way = server.begin();
    let json: Value = serde_json::from_slice(body).unwrap_or_default();
    let request = Request { wire, body: json, headers };
    server.record(request.clone());
    if let Err(refusal) = wire::check(wire, &request.headers, &request.body) {
        return refusal.to_response(wire);
    }
    let asked = request.asked();
    let matched = match server.find(wire, &asked, &hex(&Sha256::digest(body))) {
        Ok(matched) => matched,
        Err(why) => return Refusal::invalid(why).to_response(wire),
    };
    if let Some(instead) = instead(matched.fault.as_ref(), wire, &request).await {
        return instead;
    }
    let answer = match Answer::new(&matched.rule, wire, &asked, matched.fault.as_ref()) {
        Ok(answer) => answer,
        Err(why) => return Refusal::invalid(format!("`{}`: {why}", matched.rule.name)).to_response(wire),
    };
    server.record_exchange(exchange(&request, &answer));
    deliver(wire, &asked, &matched.rule, matched.fault.as_ref(), &answer, under_way).await
}

async fn deliver(
    wire: Wire,
    asked: &Asked,
    rule: &Rule,
    fault: Option<&Fault>,
    answer: &Answer,
    under_way: UnderWay,
) -> Response {
    let pace = rule.pace.of(answer.chars());
    if asked.streams {
        return stream::response(wire::events(wire, asked, answer), wire, pace, fault, under_way);
    }
    let pieces = u32::try_from(answer.text.len()).unwrap_or(u32::MAX);
    sleep(Duration::from_millis(pace.first_ms) + Duration::from_millis(pace.delay_ms) * pieces).await;
    axum::Json(wire::whole(wire, asked, answer)).into_response()
}

/// What comes in place of an answer.
async fn instead(fault: Option<&Fault>, wire: Wire, request: &Request) -> Option<Response> {
    let key = || request.header("x-api-key").or(request.header("authorization")).unwrap_or_default();
    let plain = |refusal: Refusal| refusal.to_response(wire);
    let asked_for = |mut response: Response, retry_after: &Option<String>| {
        if let Some(value) = retry_after.as_ref().and_then(|value| value.parse().ok()) {
            response.headers_mut().insert(RETRY_AFTER, value);
        }
        response
    };
    Some(match fault? {
        Fault::RateLimited { retry_after } => asked_for(plain(Refusal::rate_limited()), retry_after),
        Fault::Overloaded { retry_after } => asked_for(plain(Refusal::overloaded(wire)), retry_after),
        Fault::ServerError => plain(Refusal::server_error()),
        Fault::BadGateway => (StatusCode::BAD_GATEWAY, Html("<h1>Bad Gateway</h1>")).into_response(),
        Fault::Unauthorized => plain(Refusal::unauthorized(format!("{} is not known", key()))),
        Fault::Quotes => plain(Refusal::invalid(format!("bad request: {} {}", key(), request.body))),
        Fault::NoCredit => plain(Refusal::no_credit(wire)),
        Fault::ContextTooLong => plain(Refusal::too_long(wire)),
        Fault::NoModel => plain(Refusal::no_model(wire)),
        Fault::Redirects => (StatusCode::TEMPORARY_REDIRECT, [(LOCATION, "?again")]).into_response(),
        Fault::ErrorBody => {
            let mut response = plain(Refusal::overloaded(wire));
            *response.status_mut() = StatusCode::OK;
            response
        }
        Fault::Html => Html("<!doctype html><title>Sign in</title>").into_response(),
        Fault::Hangs => pending().await,
        Fault::Cut { .. }
        | Fault::ErrorEvent { .. }
        | Fault::Silent { .. }
        | Fault::BrokenEvent { .. }
        | Fault::Drips
        | Fault::LongLine
        | Fault::WrongJson { .. }
        | Fault::Uncounted => return None,
    })
}

fn exchange(request: &Request, answer: &Answer) -> Exchange {
    let tool_uses = answer.tools.iter().map(|tool| ToolUse {
        id: Some(tool.id.clone()),
        name: tool.name.clone(),
        input: serde_json::from_str(&tool.input.concat()).unwrap_or_default(),
    });
    let stop = match answer.stop {
        Stop::End => "end",
        Stop::MaxTokens => "max_tokens",
        Stop::ToolUse => "tool_use",
        Stop::Refusal => "refusal",
    };
    let response = RecordedAnswer {
        text: answer.text.concat(),
        tool_uses: tool_uses.collect(),
        stop: stop.into(),
        usage: answer.tokens.unwrap_or_default(),
    };
    Exchange { request: request.body.clone(), response }
}
