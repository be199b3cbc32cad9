//! The rules that the event table keeps by itself.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::evidence::{EventRow, StreamRow};
use super::{Report, Rule};
use crate::Guard;
use crate::append::GUARDS_KEY;
use crate::content_hash::{Hashed, content_hash};

/// The events of a log, folded one by one in the order of positions; memory grows by some 100 bytes an event.
#[derive(Debug, Default)]
pub struct LogFold {
    log: Log,
    report: Report,
    last_recorded_us: i64,
    /// The first position that was recorded at that time.
    recorded_since: i64,
    event_ids: HashSet<Uuid>,
}

/// What is known after the last event.
#[derive(Debug, Default)]
pub(super) struct Log {
    pub(super) head: i64,
    /// Of each (org, command), in order.
    pub(super) batches: HashMap<(Uuid, Uuid), Vec<Batch>>,
    /// Every event: position, and the root that parking goes by.
    pub(super) roots: Vec<(i64, Uuid)>,
    /// (org, lease, epoch, owner) of every claim.
    pub(super) claims: Vec<(Uuid, String, i64, String)>,
    streams: HashMap<(String, String), Stream>,
}

/// Neighbouring events that one append wrote for one command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Batch {
    pub(super) first: i64,
    pub(super) last: i64,
    recorded_us: i64,
}

#[derive(Debug)]
struct Stream {
    org: Uuid,
    project: Option<Uuid>,
    version: i64,
    first: i64,
    /// The first position of the append that began it, as far as the log tells.
    not_before: i64,
}

impl LogFold {
    /// Takes the next event.
    pub fn event(&mut self, event: &EventRow) {
        self.place(event);
        self.identity(event);
        self.stream(event);
        self.command(event);
        self.claims(event);
        self.log.roots.push((event.position, event.project_id.unwrap_or(event.org_id)));
        self.log.head = self.log.head.max(event.position);
    }

    pub(super) fn into_parts(self) -> (Log, Report) {
        let Self { log, report, .. } = self;
        let report = Report { events: log.roots.len() as u64, head: log.head, ..report };
        (log, report)
    }

    fn place(&mut self, event: &EventRow) {
        let (position, head) = (event.position, self.log.head);
        if position > head + 1 {
            self.report.found(Rule::Hole, head + 1, format!("after {head} comes {position}"));
        } else if position <= head {
            self.report.found(Rule::RepeatedPosition, position, format!("after {head} comes {position}"));
        }
        if event.recorded_us < self.last_recorded_us {
            let back = self.last_recorded_us - event.recorded_us;
            self.report.found(Rule::TimeSteppedBack, position, format!("by {back} microseconds"));
        }
        if event.recorded_us != self.last_recorded_us {
            self.recorded_since = position;
        }
        self.last_recorded_us = event.recorded_us;
    }

    fn identity(&mut self, event: &EventRow) {
        let expected = content_hash(&Hashed {
            org: event.org_id,
            aggregate_type: &event.aggregate_type,
            aggregate_id: &event.aggregate_id,
            sequence: event.sequence,
            event_id: event.event_id,
            event_type: &event.event_type,
            schema_version: event.schema_version,
            payload: &event.payload,
            metadata: &event.metadata,
            actor: event.actor,
            correlation: event.correlation_id,
            causation: event.causation_id,
            command: event.command_id,
        });
        if event.content_hash != expected {
            self.report.found(Rule::Forged, event.position, format!("event {}", event.event_id));
        }
        if !self.event_ids.insert(event.event_id) {
            self.report.found(Rule::EventIdTwice, event.position, format!("event {}", event.event_id));
        }
    }

    fn stream(&mut self, event: &EventRow) {
        let key = (event.aggregate_type.clone(), event.aggregate_id.clone());
        let stream = self.log.streams.entry(key).or_insert(Stream {
            org: event.org_id,
            project: event.project_id,
            version: 0,
            first: event.position,
            not_before: self.recorded_since,
        });
        let name = || format!("{}/{}", event.aggregate_type, event.aggregate_id);
        if event.sequence != stream.version + 1 {
            let detail = format!("{} goes from {} to {}", name(), stream.version, event.sequence);
            self.report.found(Rule::Sequence, event.position, detail);
        }
        if (stream.org, stream.project) != (event.org_id, event.project_id) {
            self.report.found(Rule::StreamMoved, event.position, name());
        }
        stream.version = stream.version.max(event.sequence);
    }

    fn command(&mut self, event: &EventRow) {
        let batches = self.log.batches.entry((event.org_id, event.command_id)).or_default();
        match batches.last_mut() {
            Some(batch) if batch.last + 1 == event.position && batch.recorded_us == event.recorded_us => {
                batch.last = event.position;
            }
            before => {
                if before.is_some() {
                    let detail = format!("command {} appended again", event.command_id);
                    self.report.found(Rule::Doubled, event.position, detail);
                }
                let (first, last) = (event.position, event.position);
                batches.push(Batch { first, last, recorded_us: event.recorded_us });
            }
        }
    }

    fn claims(&mut self, event: &EventRow) {
        let Ok(metadata) = serde_json::from_str::<HashMap<String, String>>(&event.metadata) else { return };
        let Some(guards) = metadata.get(GUARDS_KEY) else { return };
        for guard in serde_json::from_str::<Vec<Guard>>(guards).unwrap_or_default() {
            if let Guard::Claim { lease, epoch, owner, .. } = guard {
                self.log.claims.push((event.org_id, lease, epoch, owner));
            }
        }
    }
}

impl Log {
    /// The rows of the streams say what the log says.
    pub(super) fn check_streams(&self, rows: &[StreamRow], report: &mut Report) {
        let mut rowless: HashSet<_> = self.streams.keys().collect();
        for row in rows {
            let key = (row.aggregate_type.clone(), row.aggregate_id.clone());
            rowless.remove(&key);
            let name = format!("{}/{}", row.aggregate_type, row.aggregate_id);
            let Some(stream) = self.streams.get(&key) else {
                report.found(Rule::StreamRow, None, format!("{name} has a row and no event"));
                continue;
            };
            let in_log = (stream.version, stream.org, stream.project);
            // A bound from below for loading: es.append notes where its call begins, which others may share.
            let begins = stream.not_before..=stream.first;
            if in_log != (row.version, row.org_id, row.project_id) || !begins.contains(&row.first_position) {
                let detail = format!(
                    "{name} is at {} and begins at {} in the log, and at {} and {} in its row",
                    stream.version, stream.first, row.version, row.first_position
                );
                report.found(Rule::StreamRow, stream.first, detail);
            }
        }
        for (kind, id) in rowless {
            report.found(Rule::StreamRow, None, format!("{kind}/{id} has no row"));
        }
    }
}
