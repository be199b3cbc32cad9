//! A read waits, within bounds, until its read model has come to the position that the caller has seen.

use std::time::Duration;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, StatusCode, request::Parts},
};
use projections::Projection;
use serde::Deserialize;
use tokio::time::Instant;

use super::problem::Problem;
use super::request::Ask;
use crate::wiring::Services;

/// Longest wait of one read.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two looks: the first is soon, because most reads come right after their write.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(50);

/// `Omoi-Min-Position` (header) or `min_position` (query): the position of a write that the read must show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MinPosition(Option<i64>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct InQuery {
    min_position: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for MinPosition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Ask(query) = Ask::<InQuery>::from_request_parts(parts, state).await?;
        Self::of(&parts.headers, query.min_position.as_deref())
    }
}

pub(crate) const NOT_A_POSITION: &str =
    "a position is a number from 0; the answer to each command carries one as Omoi-Position";

impl MinPosition {
    /// For routes with a query of their own: the header, else the parameter.
    pub(crate) fn of(headers: &HeaderMap, in_query: Option<&str>) -> Result<Self, Problem> {
        let in_header = headers.get("omoi-min-position").map(|value| value.to_str().unwrap_or(""));
        // Both are read, so that neither can be wrong unnoticed.
        let (in_header, in_query) = (position(in_header)?, position(in_query)?);
        Ok(Self(in_header.or(in_query)))
    }

    /// Waits until the read model `P` has come so far.
    ///
    /// # Errors
    /// 422 for a position that the log has not reached, 503 when the read model does not get there in time.
    pub(crate) async fn reached<P: Projection>(self, services: &Services) -> Result<(), Problem> {
        let Some(least) = self.0 else { return Ok(()) };
        let deadline = Instant::now() + PATIENCE;
        let mut pause = FIRST_PAUSE;
        let mut known_to_exist = false;
        loop {
            let position = services.read_models.position::<P>().await?;
            if position >= least {
                return Ok(());
            }
            if !known_to_exist {
                let head = services.store.reader().head().await?;
                if head < least {
                    let detail = format!("position {least} is ahead of the log, which is at {head}");
                    return Err(Problem::unprocessable("position_ahead", detail));
                }
                known_to_exist = true;
            }
            if Instant::now() + pause > deadline {
                return Err(Problem::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "behind",
                    format!("{} is at position {position}, not yet at {least}; ask again", P::NAME),
                ));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// A position as a client writes it.
///
/// # Errors
/// 400 when it is none.
fn position(text: Option<&str>) -> Result<Option<i64>, Problem> {
    let Some(text) = text else { return Ok(None) };
    match text.parse() {
        Ok(position @ 0..) => Ok(Some(position)),
        Ok(_) | Err(_) => Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_position", NOT_A_POSITION)),
    }
}
