//! What the worker of a run is answered, and how what it says is written down.

use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use eventstore::IngestError;
use execution::run::SteerState;
use ports::agent::wire::Stored;
use ports::agent::{Act, Delivery, Seen};
use ports::sandbox::{Exit, Sandbox};
use vocabulary::{Name, Reason};

use super::ingest;

/// How long the last words of a worker that went away are waited for.
const GRACE: Duration = Duration::from_secs(2);

pub(super) fn ingested(outcome: Result<eventstore::Ingested, IngestError>) -> Response {
    match outcome {
        Ok(stored) => Json(Stored { next: stored.next_seq }).into_response(),
        Err(IngestError::ExpectedSeq(next)) => (StatusCode::CONFLICT, Json(Stored { next })).into_response(),
        Err(IngestError::Fenced | IngestError::UnknownRun) => StatusCode::GONE.into_response(),
        Err(IngestError::Append(error)) => {
            tracing::warn!(%error, "a batch of a run was not written; it is sent again");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

pub(super) fn steer_state(state: Delivery) -> SteerState {
    let reason = |text: &str| {
        let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(1_000).collect();
        Reason::new(&line).unwrap_or_else(|_| Reason::new("no reason was given").expect("it has words"))
    };
    match state {
        Delivery::Written { mechanism } => {
            let named = Name::new(&mechanism).unwrap_or_else(|_| Name::new("unnamed").expect("a name"));
            SteerState::Written { mechanism: named }
        }
        Delivery::Accepted => SteerState::Accepted,
        Delivery::Folded { turn } => SteerState::Folded { turn },
        Delivery::Deferred { turn } => SteerState::Deferred { turn },
        Delivery::Degraded { reason: why } => SteerState::Degraded { reason: reason(&why) },
        Delivery::Ambiguous { reason: why } => SteerState::Ambiguous { reason: reason(&why) },
    }
}

/// The turn that is over with this batch, and why.
pub(super) fn turn_ended(seen: &[Seen]) -> Option<(u32, Name)> {
    seen.iter().rev().find_map(|seen| match &seen.what {
        Act::TurnEnded { stop } => Some((seen.turn, ingest::name(stop))),
        _ => None,
    })
}

pub(super) fn degraded(reason: &str) -> SteerState {
    SteerState::Degraded { reason: Reason::new(reason).expect("it has words") }
}

/// What is known of a worker that went away, with the last of what it complained.
pub(super) async fn how(exit: Exit, sandbox: &mut Box<dyn Sandbox>) -> String {
    use tokio::io::AsyncReadExt as _;
    let mut said = Vec::new();
    if let Some(stderr) = sandbox.stderr() {
        let _ = tokio::time::timeout(GRACE, stderr.take(4_096).read_to_end(&mut said)).await;
    }
    let said = String::from_utf8_lossy(&said).trim().chars().take(500).collect::<String>();
    let how = match exit {
        Exit::Code(code) => format!("it ended with {code}"),
        Exit::Signal(signal) => format!("signal {signal} ended it"),
        Exit::Limit(limit) => format!("it was over its limit of {limit:?}"),
        Exit::Stopped => "it was stopped".to_owned(),
        Exit::Lost => "its sandbox was taken away".to_owned(),
    };
    if said.is_empty() { how } else { format!("{how}: {said}") }
}
