//! The gateway to models: what an agent asks in its sandbox is passed on with the installation's key, which the sandbox never
//! sees. Each call is announced in the log before it is made, has its worst case set aside, and is settled by what its provider
//! counted.
//!
//! - `question.rs` what has to be understood of a question
//! - `account.rs` what the calls of the run may cost together
//! - `call.rs` one call, from its announcement to its end

mod account;
mod call;
mod question;

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use kernel::Usd;
use ports::llm::{Format, Models};
use serde_json::json;
use tokio::sync::mpsc;
use tokio_util::task::TaskTracker;
use vocabulary::RunId;

use self::account::Account;
use self::question::{known, read, refusal};
use super::journal::Journal;
use super::socket::Said;

/// Most bytes of a question; pictures are in it.
const QUESTION_BYTES: usize = 32 << 20;

/// The gateway of a run. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Gateway(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    run: RunId,
    models: Arc<dyn Models>,
    journal: Journal,
    account: Account,
    said: mpsc::Sender<Said>,
    /// Calls that are not settled yet.
    calls: TaskTracker,
}

impl Gateway {
    pub(super) fn new(
        run: RunId,
        budget: Usd,
        models: Arc<dyn Models>,
        journal: Journal,
        said: mpsc::Sender<Said>,
    ) -> Self {
        let account = Account::new(budget);
        Self(Arc::new(Parts { run, models, journal, account, said, calls: TaskTracker::new() }))
    }

    /// What agents can ask.
    pub(super) fn router(&self) -> Router {
        Router::new()
            .route("/llm/anthropic/v1/messages", post(messages))
            .route("/llm/anthropic/v1/models", get(anthropic_models))
            .route("/llm/openai/v1/chat/completions", post(completions))
            .route("/llm/openai/v1/models", get(openai_models))
            .layer(DefaultBodyLimit::max(QUESTION_BYTES))
            .with_state(self.clone())
    }

    /// Waits until every call is settled: whoever asked is gone, so none of them takes long.
    pub(super) async fn settled(&self) {
        self.0.calls.close();
        self.0.calls.wait().await;
    }

    async fn ask(&self, format: Format, headers: &HeaderMap, text: &[u8]) -> Response {
        let question = match read(&*self.0.models, format, text) {
            Ok(question) => question,
            Err(error) => {
                let (status, code) = match &error {
                    question::Unfit::UnknownModel { .. } => (StatusCode::NOT_FOUND, "not_found_error"),
                    _ => (StatusCode::BAD_REQUEST, "invalid_request_error"),
                };
                return refusal(format, status, code, &error.to_string());
            }
        };
        match self.0.account.reserve(question.worst) {
            Ok(reserved) => self.call(question, reserved, headers).await,
            Err(error) => {
                // Whoever reads the run learns why it ends; the agent, that it need not try again.
                let _ = self.0.said.send(Said::OverBudget(error.to_string())).await;
                refusal(format, StatusCode::PAYMENT_REQUIRED, "billing_error", &error.to_string())
            }
        }
    }
}

async fn messages(State(gateway): State<Gateway>, headers: HeaderMap, text: Bytes) -> Response {
    gateway.ask(Format::Anthropic, &headers, &text).await
}

async fn completions(State(gateway): State<Gateway>, headers: HeaderMap, text: Bytes) -> Response {
    gateway.ask(Format::OpenAi, &headers, &text).await
}

async fn anthropic_models(State(gateway): State<Gateway>) -> Response {
    let models = known(&*gateway.0.models, Format::Anthropic);
    let data: Vec<_> = models
        .iter()
        .map(|route| json!({"type": "model", "id": route.name, "display_name": route.name}))
        .collect();
    Json(json!({"data": data, "has_more": false})).into_response()
}

async fn openai_models(State(gateway): State<Gateway>) -> Response {
    let models = known(&*gateway.0.models, Format::OpenAi);
    let data: Vec<_> = models
        .iter()
        .map(|route| json!({"object": "model", "id": route.name, "owned_by": route.provider}))
        .collect();
    Json(json!({"object": "list", "data": data})).into_response()
}
