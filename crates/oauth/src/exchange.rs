//! A code buys a token.

use std::future::Future;
use std::pin::Pin;

use oauth2::http::StatusCode;
use oauth2::{AsyncHttpClient, ErrorResponse, HttpRequest, HttpResponse, RequestTokenError};
use serde::Deserialize;

use crate::http::Http;
use crate::{Flaw, OauthError, Setting, said};

/// No provider gives out longer codes, and a form of megabytes is work that a stranger could order.
const LONGEST_CODE: usize = 4096;

/// What may be sent as a code at all.
pub(crate) fn is_code(code: &str) -> bool {
    !code.is_empty() && code.len() <= LONGEST_CODE
}

/// How the crate asks a token endpoint: by our HTTP. A closure would do, if its future could be awaited in any task.
pub(crate) struct TokenEndpoint<'h>(pub(crate) &'h Http);

impl<'c> AsyncHttpClient<'c> for TokenEndpoint<'_> {
    type Error = OauthError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, OauthError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(ask(self.0, request))
    }
}

/// Asks the token endpoint, and looks for an error before anybody looks for a token. GitHub sends errors with status 200,
/// where the crate would see a token without a token.
async fn ask(http: &Http, request: HttpRequest) -> Result<HttpResponse, OauthError> {
    #[derive(Deserialize)]
    struct Said {
        error: String,
    }
    let answer = http.call(request).await?;
    if let Ok(Said { error }) = serde_json::from_slice(answer.body()) {
        return Err(said::for_a_token(&error));
    }
    match answer.status() {
        StatusCode::OK => Ok(answer),
        StatusCode::UNAUTHORIZED => Err(Setting::ClientRefused.into()),
        _ => Err(Flaw::Unreadable.into()),
    }
}

/// What the crate says of an answer holds the answer, and so perhaps a token. It ends here.
pub(crate) fn failed<T: ErrorResponse + 'static>(error: RequestTokenError<OauthError, T>) -> OauthError {
    match error {
        RequestTokenError::Request(error) => error,
        RequestTokenError::ServerResponse(_) | RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            Flaw::Unreadable.into()
        }
    }
}
