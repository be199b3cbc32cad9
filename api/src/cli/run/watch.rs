//! `omoi run watch`, as it happens, and `omoi run replay`, as it happened: both read the log and nothing else.

use std::time::Duration;

use kernel::{Timestamp, Uuid};
use serde::Deserialize;
use serde_json::Value;

use super::told::Event;
use crate::cli::client::{Failure, Session};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(300);
/// Nobody sits through a longer silence of a replay.
const LONGEST_SILENCE: Duration = Duration::from_secs(10);
const PAGE: usize = 200;

#[derive(Debug, Deserialize)]
struct Page {
    events: Vec<Value>,
    next: i64,
}

/// How a replay goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replay {
    /// How much faster than it was; none is at once.
    pub(super) speed: Option<f64>,
    /// Up to here, this one included.
    pub(super) at: Option<i64>,
}

/// Follows a run until it has ended. Ctrl-C ends the watching, not the run.
pub(super) async fn until_it_ends(session: &Session, run: Uuid) -> Result<(), Failure> {
    let mut after = 0;
    loop {
        let page = page(session, run, after).await?;
        let more = page.events.len() == PAGE;
        for event in &page.events {
            if show(session, event)?.is_the_end() {
                return Ok(());
            }
        }
        after = page.next;
        if !more {
            pause(PAUSE).await?;
        }
    }
}

/// Shows what happened in a run, in its own time.
pub(super) async fn replay(session: &Session, run: Uuid, how: Replay) -> Result<(), Failure> {
    let (mut after, mut before) = (0, None);
    loop {
        let page = page(session, run, after).await?;
        for value in &page.events {
            let event = parsed(value)?;
            if how.at.is_some_and(|at| event.position > at) {
                return Ok(());
            }
            let now = serde_json::from_value::<Timestamp>(Value::from(event.at())).ok();
            if let (Some(speed), Some(before), Some(now)) = (how.speed, before, now) {
                pause(silence(before, now, speed)).await?;
            }
            before = now.or(before);
            show(session, value)?;
        }
        if page.events.len() < PAGE {
            return Ok(());
        }
        after = page.next;
    }
}

fn silence(before: Timestamp, now: Timestamp, speed: f64) -> Duration {
    let micros = u64::try_from(now.micros().saturating_sub(before.micros())).unwrap_or(0);
    Duration::from_micros(micros).div_f64(speed.max(0.001)).min(LONGEST_SILENCE)
}

async fn page(session: &Session, run: Uuid, after: i64) -> Result<Page, Failure> {
    session.client.read(&format!("/runs/{run}/events?after={after}&limit={PAGE}"), None).await?.parse()
}

fn parsed(value: &Value) -> Result<Event, Failure> {
    serde_json::from_value(value.clone())
        .map_err(|error| Failure::local("unexpected_answer", error.to_string()))
}

fn show(session: &Session, value: &Value) -> Result<Event, Failure> {
    let event = parsed(value)?;
    if session.out.json {
        session.out.raw([&*value.to_string()])?;
    } else {
        session.out.lines(&event.lines())?;
    }
    Ok(event)
}

async fn pause(time: Duration) -> Result<(), Failure> {
    tokio::select! {
        () = tokio::time::sleep(time) => Ok(()),
        _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
    }
}
