//! A question of an agent, as far as it has to be understood: whom it asks, and how much the answer can cost.

use axum::Json;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use kernel::Usd;
use ports::llm::{Format, Models, Price, Route, Usage};
use serde_json::{Map, Value, json};

/// What a provider wraps a prompt in, and tells a model of its tools, in bytes.
const AROUND: u64 = 4_096;

/// A question that can be passed on.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) route: Route,
    /// With the model as its provider calls it, and a bound to the answer.
    pub(super) body: Map<String, Value>,
    /// How many tokens the prompt has, as a guess.
    pub(super) prompt_tokens: u64,
    /// The most that the answer can cost.
    pub(super) worst: Usd,
}

/// Why a question is not passed on; agents are told in the words of their provider.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unfit {
    /// It cannot be read.
    #[error("the body is no JSON object")]
    NoJson,
    /// It names none.
    #[error("the body names no model: give it `model`, one of {names}")]
    NoModel { names: String },
    /// Nobody knows it.
    #[error(
        "there is no model {model} here that speaks this way: ask one of {names}, or add it to the settings of models ([llm])"
    )]
    UnknownModel { model: String, names: String },
    /// Its answers would be many.
    #[error("only one answer a question: leave `n` out")]
    Many,
}

/// Reads a question that speaks `format`.
pub(super) fn read(models: &dyn Models, format: Format, text: &[u8]) -> Result<Question, Unfit> {
    let Ok(Value::Object(mut body)) = serde_json::from_slice::<Value>(text) else {
        return Err(Unfit::NoJson);
    };
    let names =
        || known(models, format).iter().map(|route| route.name.clone()).collect::<Vec<_>>().join(", ");
    let Some(model) = body.get("model").and_then(Value::as_str).map(str::to_owned) else {
        return Err(Unfit::NoModel { names: names() });
    };
    if body.get("n").is_some_and(|n| n.as_u64() != Some(1)) {
        return Err(Unfit::Many);
    }
    let mut routes = known(models, format).into_iter();
    let Some(route) = routes.find(|route| route.name == model || route.model.as_str() == model) else {
        return Err(Unfit::UnknownModel { model, names: names() });
    };
    body.insert("model".into(), json!(route.model));
    let limit = bound(&mut body, format, route.max_output_tokens);
    if format == Format::OpenAi && body.get("stream") == Some(&Value::Bool(true)) {
        body.insert("stream_options".into(), json!({"include_usage": true}));
    }
    let bytes = text.len() as u64 + AROUND;
    let worst = worst_case(bytes.div_ceil(2), limit, &route.price);
    Ok(Question { route, body, prompt_tokens: (text.len() as u64).div_ceil(4), worst })
}

/// Models of the installation that speak `format`.
pub(super) fn known(models: &dyn Models, format: Format) -> Vec<Route> {
    let all = models.names().into_iter().filter_map(|name| models.named(&name));
    all.filter(|route| route.format == format).collect()
}

/// Bounds the answer by what the model may say here; the bound.
fn bound(body: &mut Map<String, Value>, format: Format, most: u32) -> u64 {
    let names: &[&str] = match format {
        Format::Anthropic => &["max_tokens"],
        Format::OpenAi => &["max_completion_tokens", "max_tokens"],
    };
    let asked = names.iter().find(|name| body.get(**name).is_some_and(Value::is_u64));
    let name = asked.copied().unwrap_or("max_tokens");
    let limit =
        body.get(name).and_then(Value::as_u64).map_or(u64::from(most), |asked| asked.min(most.into()));
    // The other name would be another bound.
    names.iter().for_each(|name| drop(body.remove(*name)));
    body.insert(name.into(), json!(limit));
    limit
}

fn worst_case(prompt: u64, output_tokens: u64, price: &Price) -> Usd {
    let ways = [
        Usage { input_tokens: prompt, output_tokens, ..Usage::default() },
        Usage { cache_read_tokens: prompt, output_tokens, ..Usage::default() },
        Usage { cache_write_tokens: prompt, output_tokens, ..Usage::default() },
    ];
    ways.iter().map(|usage| price.cost(usage)).max().unwrap_or(Usd::ZERO)
}

/// An error as a provider would write it, so that every client understands it.
pub(super) fn refusal(format: Format, status: StatusCode, code: &str, message: &str) -> Response {
    let body = match format {
        Format::Anthropic => json!({"type": "error", "error": {"type": code, "message": message}}),
        Format::OpenAi => json!({"error": {"message": message, "type": code, "param": null, "code": code}}),
    };
    let mut response = (status, Json(body)).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("1"));
    }
    response
}

#[cfg(test)]
mod tests;
