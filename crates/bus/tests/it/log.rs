//! A log that the tests write: what the relay is given instead of Postgres. Its positions are dense, as those of the
//! real one.

use std::sync::{Arc, Mutex};

use bus::{LogState, Reading, Source, SourceError};
use kernel::{ActorId, CommandId, Envelope, EventId, OrgId, ProjectId, Recorded, Timestamp, Uuid};
use tokio::sync::watch;

/// The type that the relay of the tests reads through an upcast, and one that it does not know.
pub(crate) const OLD: &str = "task.renamed";
pub(crate) const UNKNOWN: &str = "task.of_tomorrow";

#[derive(Clone, Debug)]
pub(crate) struct TestLog(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    log_id: i16,
    incarnation: Uuid,
    events: Mutex<Vec<Recorded<String>>>,
    head: watch::Sender<i64>,
}

impl TestLog {
    pub(crate) fn new(log_id: i16) -> Self {
        let (events, head) = (Mutex::default(), watch::Sender::new(0));
        Self(Arc::new(Inner { log_id, incarnation: Uuid::now_v7(), events, head }))
    }

    /// With so many events.
    pub(crate) fn of(log_id: i16, count: usize) -> Self {
        let log = Self::new(log_id);
        log.grow(count);
        log
    }

    /// The same log up to a position, or with other events beyond it.
    pub(crate) fn cut(&self, length: usize) -> Self {
        let events = self.events()[..length].to_vec();
        let (head, incarnation) = (watch::Sender::new(length as i64), self.0.incarnation);
        Self(Arc::new(Inner { log_id: self.0.log_id, incarnation, events: Mutex::new(events), head }))
    }

    pub(crate) fn grow(&self, count: usize) {
        for n in 0..count {
            self.append("task.attempt_failed", &format!(r#"{{"$type":"task.attempt_failed","n":{n}}}"#));
        }
    }

    pub(crate) fn append(&self, event_type: &str, payload: &str) -> i64 {
        let mut events = self.0.events.lock().unwrap();
        let position = events.len() as i64 + 1;
        events.push(Recorded {
            envelope: Envelope {
                log_id: self.0.log_id,
                position,
                org_id: OrgId(Uuid::from_u128(1)),
                project_id: (position % 2 == 0).then(|| ProjectId(Uuid::from_u128(2))),
                aggregate_type: "task".into(),
                aggregate_id: Uuid::from_u128(3).to_string(),
                sequence: position,
                event_id: EventId(Uuid::now_v7()),
                event_type: event_type.into(),
                schema_version: 1,
                actor: ActorId(Uuid::from_u128(4)),
                correlation_id: Uuid::from_u128(5),
                causation_id: None,
                command_id: CommandId(Uuid::from_u128(6)),
                epoch: None,
                recorded_at: Timestamp::from_micros(1_700_000_000_000_000 + position),
                content_hash: [7; 32],
            },
            metadata: r#"{"traceparent":"00-1-2-01"}"#.into(),
            event: payload.into(),
        });
        self.0.head.send_replace(position);
        position
    }

    pub(crate) fn events(&self) -> Vec<Recorded<String>> {
        self.0.events.lock().unwrap().clone()
    }

    pub(crate) fn event_ids(&self) -> Vec<String> {
        self.events().iter().map(|event| event.envelope.event_id.0.to_string()).collect()
    }
}

impl Source for TestLog {
    async fn state(&self) -> Result<LogState, SourceError> {
        Ok(LogState { incarnation: self.0.incarnation, head: *self.0.head.borrow() })
    }

    async fn page(&self, after: i64, limit: i64) -> Result<Vec<Recorded<String>>, SourceError> {
        let events = self.0.events.lock().unwrap();
        let (after, limit) = (usize::try_from(after).unwrap(), usize::try_from(limit).unwrap());
        Ok(events.iter().skip(after).take(limit).cloned().collect())
    }

    async fn grown(&self, beyond: i64) {
        let mut head = self.0.head.subscribe();
        let _ = head.wait_for(|head| *head > beyond).await;
    }

    fn reading(&self, event: &Recorded<String>) -> Reading {
        match event.envelope.event_type.as_str() {
            OLD => {
                Reading::Upcast { payload: r#"{"$type":"task.renamed","title":"new"}"#.into(), version: 2 }
            }
            UNKNOWN => Reading::Unknown,
            _ => Reading::Newest,
        }
    }
}
