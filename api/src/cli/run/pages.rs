//! The events of a run, page by page, in the order of the log and with their words. Whoever reads them so has one page in memory.

use kernel::Uuid;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::told::Event;
use crate::cli::client::{Failure, Session};

/// Events of one request.
const PAGE: usize = 500;

/// An event, and how the server has written it.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) event: Event,
    pub(super) raw: Box<RawValue>,
}

/// Some events of a run.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) events: Vec<Told>,
    /// The log has no more for now.
    pub(super) is_last: bool,
}

#[derive(Debug, Deserialize)]
struct Answered {
    events: Vec<Box<RawValue>>,
    next: i64,
}

/// Reads the events of a run.
#[derive(Debug)]
pub(super) struct Pages<'a> {
    session: &'a Session,
    run: Uuid,
    after: i64,
    up_to: Option<i64>,
}

impl<'a> Pages<'a> {
    /// From the first one, up to this position, or to the end.
    pub(super) const fn of(session: &'a Session, run: Uuid, up_to: Option<i64>) -> Self {
        Self { session, run, after: 0, up_to }
    }

    /// The next ones.
    pub(super) async fn next(&mut self) -> Result<Page, Failure> {
        let path = format!("/runs/{}/events?after={}&limit={PAGE}", self.run, self.after);
        let Answered { events, next } = self.session.client.read(&path, None).await?.parse()?;
        self.after = next;
        let is_full = events.len() == PAGE;
        let mut told = events.into_iter().map(parsed).collect::<Result<Vec<_>, _>>()?;
        let beyond = |told: &Told| self.up_to.is_some_and(|position| told.event.position > position);
        let is_cut = told.iter().any(beyond);
        told.retain(|told| !beyond(told));
        Ok(Page { events: told, is_last: is_cut || !is_full })
    }

    /// The position of the newest one; none when there is none.
    pub(super) async fn newest(&self) -> Result<Option<i64>, Failure> {
        let path = format!("/runs/{}/events?before={}&limit=1", self.run, i64::MAX);
        let answered: Answered = self.session.client.read(&path, None).await?.parse()?;
        answered.events.into_iter().next().map(|raw| Ok(parsed(raw)?.event.position)).transpose()
    }
}

fn parsed(raw: Box<RawValue>) -> Result<Told, Failure> {
    let event = serde_json::from_str(raw.get());
    let event = event.map_err(|error| Failure::local("not_understood", error.to_string()))?;
    Ok(Told { event, raw })
}
