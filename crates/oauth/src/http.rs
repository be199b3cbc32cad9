//! Every request to a provider. It waits for 10 s, reads 1 MiB, and follows nobody anywhere.

use std::time::Duration;

use oauth2::http::{
    HeaderMap, StatusCode,
    header::{ACCEPT, AUTHORIZATION, HeaderValue, RETRY_AFTER},
};
use oauth2::url::Url;
use oauth2::{AccessToken, HttpRequest, HttpResponse};
use reqwest::redirect::Policy;
use serde::de::DeserializeOwned;

use crate::{Flaw, OauthError, Outage, Setting};

/// How long a provider may take, from the first byte we send to the last one we read.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// The longest answer that is read. Google's keys have 2 kB.
const LONGEST: usize = 1024 * 1024;

/// GitHub wants to know who asks.
const USER_AGENT: &str = "OmoiOS";

#[derive(Debug)]
pub(crate) struct Http {
    client: reqwest::Client,
    patience: Duration,
}

impl Http {
    pub(crate) fn new() -> Result<Self, OauthError> {
        let client =
            reqwest::Client::builder().user_agent(USER_AGENT).redirect(Policy::none()).referer(false);
        let client = client.build().map_err(|_| Setting::Certificates)?;
        Ok(Self { client, patience: PATIENCE })
    }

    pub(crate) const fn set_patience(&mut self, patience: Duration) {
        self.patience = patience;
    }

    /// Asks, and answers whatever is neither a redirect nor the word that it is away.
    pub(crate) async fn call(&self, request: HttpRequest) -> Result<HttpResponse, OauthError> {
        // Addresses were looked at when they were configured or discovered, so this one is an address.
        let mut request = reqwest::Request::try_from(request).map_err(|_| Flaw::Endpoint)?;
        *request.timeout_mut() = Some(self.patience);
        let mut answer = self.client.execute(request).await.map_err(OauthError::silent)?;
        let status = answer.status();
        if status.is_redirection() {
            return Err(Flaw::Redirected.into());
        }
        if is_away(status, answer.headers()) {
            return Err(OauthError::Away(Outage::Status(status.as_u16())));
        }
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.map_err(OauthError::silent)? {
            if body.len() + piece.len() > LONGEST {
                return Err(Flaw::TooLong.into());
            }
            body.extend_from_slice(&piece);
        }
        let mut whole = HttpResponse::new(body);
        *whole.status_mut() = status;
        *whole.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(whole)
    }

    /// Asks for JSON. A status other than 200 is answered as `Ok(Err(status))`: what it means depends on who was asked.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        url: &Url,
        token: Option<&AccessToken>,
    ) -> Result<Result<T, StatusCode>, OauthError> {
        let mut request = HttpRequest::new(Vec::new());
        *request.uri_mut() = url.as_str().parse().map_err(|_| Flaw::Endpoint)?;
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(token) = token {
            // A token is whatever the provider sent: also one that fits in no header.
            let bearer = HeaderValue::try_from(format!("Bearer {}", token.secret()));
            let mut bearer = bearer.map_err(|_| Flaw::Unreadable)?;
            bearer.set_sensitive(true);
            request.headers_mut().insert(AUTHORIZATION, bearer);
        }
        let answer = self.call(request).await?;
        if answer.status() != StatusCode::OK {
            return Ok(Err(answer.status()));
        }
        Ok(Ok(serde_json::from_slice(answer.body()).map_err(|_| Flaw::Unreadable)?))
    }
}

/// GitHub says "forbidden" also when it means "later", and tells by the headers.
fn is_away(status: StatusCode, headers: &HeaderMap) -> bool {
    let later = || {
        headers.contains_key(RETRY_AFTER)
            || headers.get("x-ratelimit-remaining").is_some_and(|left| left == "0")
    };
    status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT
        || (status == StatusCode::FORBIDDEN && later())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forbidden_means_later_when_the_headers_say_so() {
        let headers = |name: &'static str, value: &'static str| {
            HeaderMap::from_iter([(name.parse().unwrap(), HeaderValue::from_static(value))])
        };
        assert!(is_away(StatusCode::FORBIDDEN, &headers("retry-after", "60")));
        assert!(is_away(StatusCode::FORBIDDEN, &headers("x-ratelimit-remaining", "0")));
        assert!(!is_away(StatusCode::FORBIDDEN, &headers("x-ratelimit-remaining", "4999")));
        assert!(!is_away(StatusCode::UNAUTHORIZED, &headers("retry-after", "60")));
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(is_away(StatusCode::from_u16(status).unwrap(), &HeaderMap::new()), "{status}");
        }
        for status in [200, 400, 401, 403, 404] {
            assert!(!is_away(StatusCode::from_u16(status).unwrap(), &HeaderMap::new()), "{status}");
        }
    }
}
