//! One question whose answer is one piece of JSON, asked again as those are that come in pieces.

use std::time::Duration;

use ports::llm::{LlmError, Said, Wait};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, Response, StatusCode};
use serde_json::Value;
use tokio::time::{Instant, sleep, timeout_at};

use super::endpoint::{Endpoint, secret_header};
use super::failure::{Refusal, said};
use super::http::no_answer;
use super::retry;

impl Endpoint {
    /// Asks until there is an answer, or no further try is worth it. All of it takes at most `within`.
    pub(crate) async fn ask(&self, path: &str, body: &Value, within: Duration) -> Result<Value, LlmError> {
        let ends_at = Instant::now() + within;
        let mut attempt = 1;
        loop {
            let answer = timeout_at(ends_at, self.ask_once(path, body)).await;
            let error = match answer.unwrap_or(Err(LlmError::Timeout { wait: Wait::Whole })) {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            match self.http.options.retries.pause(attempt, &error, rand::random()) {
                Some(pause) if Instant::now() + pause < ends_at => sleep(pause).await,
                Some(_) | None => return Err(error),
            }
            attempt += 1;
        }
    }

    async fn ask_once(&self, path: &str, body: &Value) -> Result<Value, LlmError> {
        let mut request = reqwest::Request::new(Method::POST, self.base().join(path));
        *request.body_mut() = Some(serde_json::to_vec(body).expect("it is JSON").into());
        let headers = request.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(key) = self.key() {
            let value = secret_header("Bearer ", key).expect("it was looked at before");
            headers.insert(AUTHORIZATION, value);
        }
        let response = self.http.client.execute(request).await.map_err(|error| no_answer(&error))?;
        let (status, retry_after) = (response.status(), retry::retry_after(response.headers()));
        let text = self.text(response).await?;
        let json = serde_json::from_str::<Value>(&text);
        match json {
            Ok(json) if status == StatusCode::OK && json.get("error").is_none_or(Value::is_null) => Ok(json),
            _ if status == StatusCode::OK && json.is_err() => {
                Err(LlmError::BadAnswer { what: said("an answer came that is no JSON", None) })
            }
            _ => Err(Refusal { status: status.as_u16(), retry_after, body: &text }.sort(self.key())),
        }
    }

    async fn text(&self, mut response: Response) -> Result<String, LlmError> {
        let mut body = Vec::new();
        // The library's words name the address and no reason.
        while let Some(chunk) = response.chunk().await.map_err(|_| LlmError::Cut)? {
            body.extend_from_slice(&chunk);
            if body.len() > self.http.options.answer_bytes {
                let what = Said::new("the answer is longer than any that is asked for");
                return Err(LlmError::BadAnswer { what });
            }
        }
        Ok(String::from_utf8_lossy(&body).into_owned())
    }
}
