//! Requests to the API: once in effect, a few times on the wire.

#[cfg(test)]
mod tests;

use std::time::Duration;

use kernel::{Timestamp, Uuid};
pub(crate) use reqwest::Method;
use reqwest::{
    RequestBuilder, StatusCode,
    header::{HeaderMap, IF_MATCH, RETRY_AFTER},
    redirect::Policy,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::failure::{CONNECTION_CUT, UNREACHABLE};
use super::place::{Key, Place};
use super::sign_ins::{SignIn, SignIns};
use super::{Failure, Writing};

/// Longest wait for an answer; the server gives up sooner.
const PATIENCE: Duration = Duration::from_secs(60);
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// How often a request is sent again after a cut connection or a 503.
const REPEATS: u32 = 2;
const PAUSE: Duration = Duration::from_millis(300);
/// An access token that ends within this is turned over first.
const SOON: Duration = Duration::from_secs(60);
/// A server that asks for more patience than this is answered to the caller.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// A server, reached with a key.
#[derive(Debug)]
pub(crate) struct Client {
    http: reqwest::Client,
    place: Place,
}

/// What came back, from a request that was not refused.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The JSON as it was sent.
    pub(crate) body: String,
}

/// What goes on with a session.
#[derive(Deserialize)]
struct Refreshed {
    access_token: String,
    expires_at: Timestamp,
    refresh_token: String,
}

/// Whether the access token is over, or before a command is.
#[expect(
    clippy::disallowed_methods,
    reason = "what an answer of the server said is compared with the time here"
)]
fn is_over_soon(known: &SignIn) -> bool {
    let now = Timestamp::from(chrono::Utc::now());
    known.expires_at.micros() < now.micros() + SOON.as_micros().try_into().unwrap_or(i64::MAX)
}

/// How one attempt ended.
enum Attempt {
    Done(Answer),
    Refused(Failure),
    /// Worth another attempt after this pause.
    Again(Duration, Failure),
}

impl Client {
    pub(super) fn new(place: Place) -> Result<Self, Failure> {
        let http = reqwest::Client::builder()
            .timeout(PATIENCE)
            .connect_timeout(CONNECT_WITHIN)
            // The key goes to the server that was named, and nowhere else.
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| Failure::local("client", chain(&error)))?;
        Ok(Self { http, place })
    }

    /// Reads `path` below `/api/v1`, as of `least` or later.
    pub(crate) async fn read(&self, path: &str, least: Option<i64>) -> Result<Answer, Failure> {
        let mut request = self.request(Method::GET, path);
        if let Some(least) = least {
            request = request.header("omoi-min-position", least);
        }
        self.exchange(&request).await.map_err(|(failure, _)| failure)
    }

    /// Changes something; the same idempotency key goes with every attempt, so it acts once.
    pub(super) async fn write(
        &self,
        method: Method,
        path: &str,
        body: &Value,
        writing: &Writing,
    ) -> Result<Answer, Failure> {
        let key = writing.idempotency_key.clone().unwrap_or_else(|| format!("omoi-{}", Uuid::now_v7()));
        let mut request = self.request(method, path).header("idempotency-key", &key).json(body);
        if let Some(version) = writing.if_match {
            request = request.header(IF_MATCH, format!("\"{version}\""));
        }
        self.exchange(&request).await.map_err(|(failure, in_doubt)| {
            if !in_doubt {
                return failure;
            }
            let again = "whether it acted is not known; run it again, it acts once, with --idempotency-key";
            failure.advised(&format!("{again} {key}"))
        })
    }

    /// Asks for something that is no command on the log, signed in or not.
    pub(crate) async fn ask(&self, path: &str, body: &Value) -> Result<Answer, Failure> {
        let request = self.request(Method::POST, path).json(body);
        self.exchange(&request).await.map_err(|(failure, _)| failure)
    }

    /// The server's address.
    pub(crate) fn url(&self) -> &str {
        &self.place.url
    }

    /// Whether it is a person who asks, by `omoi account login`.
    pub(crate) fn is_session(&self) -> bool {
        self.place.key.as_ref().is_some_and(|key| key.session)
    }

    /// Goes on with a session whose access token is about to end.
    ///
    /// # Errors
    /// When the session is over.
    pub(crate) async fn renew(&mut self) -> Result<(), Failure> {
        if !self.is_session() {
            return Ok(());
        }
        let Some(mut sign_ins) = SignIns::of_user() else { return Ok(()) };
        let Some(known) = sign_ins.at(&self.place.url) else { return Ok(()) };
        if !is_over_soon(&known) {
            return Ok(());
        }
        // The access token is of no use here, and may be one that is over.
        let key = self.place.key.take();
        let asked = self.ask("/auth/refresh", &json!({ "refresh_token": known.refresh_token })).await;
        let answer = match asked {
            Ok(answer) => answer,
            Err(failure) if failure.may_pass() => {
                self.place.key = key;
                return Err(failure);
            }
            Err(_) => {
                sign_ins.keep(&self.place.url, None)?;
                let detail =
                    format!("the session at {} is over; `omoi account login` begins another", self.place.url);
                return Err(Failure::local("session_over", detail));
            }
        };
        let fresh: Refreshed = answer.parse()?;
        let sign_in = SignIn {
            email: known.email,
            access_token: fresh.access_token.clone(),
            expires_at: fresh.expires_at,
            refresh_token: fresh.refresh_token,
        };
        sign_ins.keep(&self.place.url, Some(sign_in))?;
        self.place.key = key.map(|key| Key { value: fresh.access_token, ..key });
        Ok(())
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}/api/v1{path}", self.place.url));
        match &self.place.key {
            Some(key) => request.bearer_auth(&key.value),
            None => request,
        }
    }

    /// With a failure: whether an attempt may have acted.
    async fn exchange(&self, request: &RequestBuilder) -> Result<Answer, (Failure, bool)> {
        let mut in_doubt = false;
        for repeat in 0.. {
            let request = request.try_clone().expect("the body is in memory");
            match self.attempt(request, repeat, &mut in_doubt).await {
                Attempt::Done(answer) => return Ok(answer),
                Attempt::Again(pause, _) if repeat < REPEATS && pause <= LONGEST_PAUSE => {
                    tokio::time::sleep(pause).await;
                }
                Attempt::Refused(failure) | Attempt::Again(_, failure) => return Err((failure, in_doubt)),
            }
        }
        unreachable!("the last repeat is answered")
    }

    async fn attempt(&self, request: RequestBuilder, repeat: u32, in_doubt: &mut bool) -> Attempt {
        let url = &self.place.url;
        let answer = match request.send().await {
            Ok(answer) => answer,
            Err(error) if error.is_builder() => {
                return Attempt::Refused(Failure::local("invalid_request", chain(&error)));
            }
            Err(error) if error.is_connect() => {
                let start = &self.place.how_to_start;
                let detail =
                    format!("{url} cannot be reached ({}); is it running? {start} starts one", chain(&error));
                let failure = Failure::local(UNREACHABLE, detail);
                // A server that was there a moment ago may be starting again.
                return if repeat == 0 { Attempt::Refused(failure) } else { Attempt::Again(PAUSE, failure) };
            }
            Err(error) => {
                *in_doubt = true;
                return Attempt::Again(PAUSE, cut(url, &error));
            }
        };
        let (status, headers) = (answer.status(), answer.headers().clone());
        match answer.text().await {
            Ok(body) if status.is_success() => {
                // Answered: what an earlier attempt did is known.
                *in_doubt = false;
                Attempt::Done(Answer { body })
            }
            Ok(body) => {
                let refused = self.refused(status, &headers, &body);
                // A repeat of what has acted is not refused but answered.
                *in_doubt &= matches!(refused, Attempt::Again(..));
                refused
            }
            Err(error) => {
                *in_doubt = true;
                Attempt::Again(PAUSE, cut(url, &error))
            }
        }
    }

    fn refused(&self, status: StatusCode, headers: &HeaderMap, body: &str) -> Attempt {
        let Some(failure) = Failure::refused(body) else {
            let detail =
                format!("{} answers {status}, but not as omoi does; is it another program?", self.place.url);
            return Attempt::Refused(Failure::local("not_omoi", detail));
        };
        match (status, failure) {
            (StatusCode::SERVICE_UNAVAILABLE, failure) => match pause(headers) {
                Some(pause) => Attempt::Again(pause, failure),
                None => Attempt::Refused(failure),
            },
            (StatusCode::UNAUTHORIZED, Failure::Refused { detail, problem, passing }) => {
                let (url, key) = (&self.place.url, self.place.key.as_ref());
                // Of a password or a link that is not right, the key is not to blame.
                let of_key = key.filter(|_| detail.ends_with("(unauthenticated)"));
                let detail = match of_key {
                    Some(key) => format!("{url} does not accept the key of {}: {detail}", key.source),
                    None => detail,
                };
                Attempt::Refused(Failure::Refused { detail, problem, passing })
            }
            (_, failure) => Attempt::Refused(failure),
        }
    }
}

fn cut(url: &str, error: &reqwest::Error) -> Failure {
    let what = if error.is_timeout() { "did not answer in time" } else { "was cut off in the middle" };
    Failure::local(CONNECTION_CUT, format!("{url} {what} ({})", chain(error)))
}

fn pause(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

/// The innermost reason: what the operating system said.
fn chain(error: &reqwest::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}
