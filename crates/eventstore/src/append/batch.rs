//! One call of `es.append`: items become arrays of rows, its answers become one result an item.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use kernel::Timestamp;
use sqlx::Row as _;
use sqlx::postgres::{PgConnection, PgRow};

use super::wire::{self, NewEventRow, NewGuardRow, NewItemRow, NewStreamRow};
use super::{AppendItem, Appended, Guard, GuardFault};
use crate::content_hash::{Hashed, content_hash};
use crate::crash_point::reach;
use crate::{AppendError, Unavailable};

/// An item with everything computed that does not need the database. Made in the caller's task, so that the
/// lane only copies.
#[derive(Debug)]
pub(crate) struct Prepared {
    item: AppendItem,
    streams: String,
    metadata: String,
    /// Of the first event of an item with guards: they are rebuilt from it.
    first_metadata: Option<String>,
    hashes: Vec<[u8; 32]>,
    bytes: usize,
}

impl Prepared {
    pub(crate) fn new(item: AppendItem) -> Result<Self, AppendError> {
        item.check()?;
        let metadata = if item.context.metadata.is_empty() {
            "{}".to_owned()
        } else {
            serde_json::to_string(&item.context.metadata).expect("a map of texts is JSON")
        };
        let first_metadata = (!item.guards.is_empty()).then(|| {
            let mut all = item.context.metadata.clone();
            let guards = serde_json::to_string(&item.guards).expect("guards are JSON");
            all.insert(super::GUARDS_KEY.to_owned(), guards);
            serde_json::to_string(&all).expect("a map of texts is JSON")
        });
        let mut streams = String::new();
        let mut hashes = Vec::with_capacity(item.event_count());
        let mut bytes = 0;
        let context = &item.context;
        for stream in &item.streams {
            if !streams.is_empty() {
                streams.push(' ');
            }
            write!(streams, "{}/{}", stream.aggregate_type, stream.aggregate_id)
                .expect("writing to a text succeeds");
            for (sequence, event) in (stream.expected + 1..).zip(&stream.events) {
                bytes += event.payload.len() + 512;
                let metadata = first_metadata.as_ref().filter(|_| hashes.is_empty()).unwrap_or(&metadata);
                hashes.push(content_hash(&Hashed {
                    org: context.org.0,
                    aggregate_type: &stream.aggregate_type,
                    aggregate_id: &stream.aggregate_id,
                    sequence,
                    event_id: event.event_id.0,
                    event_type: &event.event_type,
                    schema_version: event.schema_version,
                    payload: &event.payload,
                    metadata,
                    actor: context.actor.0,
                    correlation: context.correlation_id,
                    causation: context.causation_id,
                    command: context.command_id.0,
                }));
            }
        }
        Ok(Self { item, streams, metadata, first_metadata, hashes, bytes })
    }

    pub(crate) fn item(&self) -> &AppendItem {
        &self.item
    }

    pub(crate) fn event_count(&self) -> usize {
        self.hashes.len()
    }

    /// Roughly what it weighs on the wire.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }
}

/// Appends the items in one transaction of the database.
///
/// `chained`: streams occur more than once, and all items are appended or none.
///
/// # Errors
/// When the call as a whole failed; then none of the items is known to be appended.
pub(super) async fn append(
    connection: &mut PgConnection,
    log_id: i16,
    notify: bool,
    batch: &[&Prepared],
    chained: bool,
) -> Result<Vec<Result<Appended, AppendError>>, sqlx::Error> {
    let (new, others) = guard_rows(batch);
    reach("append.sent");
    let rows = sqlx::query(
        "select item, status, first_position, last_position, detail, recorded_at \
           from es.append($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(log_id)
    .bind(item_rows(batch))
    .bind(if chained { chains(stream_rows(batch)) } else { stream_rows(batch) })
    .bind(event_rows(batch))
    .bind(new)
    .bind(others)
    .bind(chained)
    .bind(notify)
    .fetch_all(connection)
    .await?;
    reach("append.committed");
    answers(batch, &rows)
}

fn item_rows<'a>(batch: &[&'a Prepared]) -> Vec<NewItemRow<'a>> {
    let mut events_before = 0;
    batch
        .iter()
        .map(|prepared| {
            let context = &prepared.item.context;
            let events = count(prepared.event_count());
            let row = NewItemRow {
                org_id: context.org.0,
                command_id: context.command_id.0,
                request_hash: &context.request_hash,
                outcome: &prepared.item.outcome,
                streams: &prepared.streams,
                events_before,
                events,
            };
            events_before += events;
            row
        })
        .collect()
}

fn stream_rows<'a>(batch: &[&'a Prepared]) -> Vec<NewStreamRow<'a>> {
    let mut rows = Vec::with_capacity(batch.len());
    for (item, prepared) in (1..).zip(batch) {
        for stream in &prepared.item.streams {
            rows.push(NewStreamRow {
                item,
                org_id: prepared.item.context.org.0,
                aggregate_type: &stream.aggregate_type,
                aggregate_id: &stream.aggregate_id,
                project_id: stream.project.map(|project| project.0),
                expected: stream.expected,
                events: count(stream.events.len()),
            });
        }
    }
    rows
}

/// One row a stream: from where its first item found it to where its last one leaves it.
fn chains(rows: Vec<NewStreamRow<'_>>) -> Vec<NewStreamRow<'_>> {
    let mut chains: Vec<NewStreamRow<'_>> = Vec::with_capacity(rows.len());
    let mut places = HashMap::new();
    for row in rows {
        match places.entry((row.aggregate_type, row.aggregate_id)) {
            Entry::Occupied(place) => {
                let chain: &mut NewStreamRow<'_> = &mut chains[*place.get()];
                chain.events += row.events;
            }
            Entry::Vacant(free) => {
                free.insert(chains.len());
                chains.push(row);
            }
        }
    }
    chains
}

fn event_rows<'a>(batch: &[&'a Prepared]) -> Vec<NewEventRow<'a>> {
    let mut rows = Vec::with_capacity(batch.iter().map(|prepared| prepared.event_count()).sum());
    for (item, prepared) in (1..).zip(batch) {
        let context = &prepared.item.context;
        let mut hashes = prepared.hashes.iter();
        let mut first_metadata = prepared.first_metadata.as_deref();
        for stream in &prepared.item.streams {
            for (sequence, event) in (stream.expected + 1..).zip(&stream.events) {
                rows.push(NewEventRow {
                    item,
                    org_id: context.org.0,
                    project_id: stream.project.map(|project| project.0),
                    aggregate_type: &stream.aggregate_type,
                    aggregate_id: &stream.aggregate_id,
                    sequence,
                    event_id: event.event_id.0,
                    event_type: &event.event_type,
                    event_version: wire::event_version(event.schema_version),
                    schema_version: event.schema_version,
                    payload: &event.payload,
                    metadata: first_metadata.take().unwrap_or(&prepared.metadata),
                    actor: context.actor.0,
                    correlation_id: context.correlation_id,
                    causation_id: context.causation_id,
                    command_id: context.command_id.0,
                    epoch: context.epoch,
                    content_hash: hashes.next().expect("one hash an event"),
                });
            }
        }
    }
    rows
}

/// Those of items with none but plain ones, and all others.
fn guard_rows<'a>(batch: &[&'a Prepared]) -> (Vec<NewGuardRow<'a>>, Vec<NewGuardRow<'a>>) {
    let (mut new, mut others) = (Vec::new(), Vec::new());
    for (number, Prepared { item, .. }) in (1..).zip(batch.iter().copied()) {
        let rows = if item.guards.iter().all(Guard::is_plain) { &mut new } else { &mut others };
        rows.extend((0..).zip(&item.guards).map(|(n, guard)| guard.row(item.context.org.0, number, n)));
    }
    (new, others)
}

/// Row 0 says where the winners begin; they follow in the order of their items. The others have a row each.
fn answers(batch: &[&Prepared], rows: &[PgRow]) -> Result<Vec<Result<Appended, AppendError>>, sqlx::Error> {
    let mut losers: Vec<_> = batch.iter().map(|_| None).collect();
    let mut begin = None;
    for row in rows {
        let number: i32 = row.try_get("item")?;
        match usize::try_from(number - 1) {
            Err(_) => begin = Some((row.try_get::<i64, _>("first_position")?, recorded_at(row)?)),
            Ok(index) => losers[index] = Some(loser(row)?),
        }
    }
    let Some((mut next, recorded_at)) = begin else {
        return Err(sqlx::Error::Protocol("es.append did not say where the events begin".into()));
    };
    let mut winner = |prepared: &Prepared| {
        let events = i64::from(count(prepared.event_count()));
        let first = next;
        next += events;
        Ok(Appended {
            first_position: (events > 0).then_some(first),
            last_position: (events > 0).then_some(first + events - 1),
            outcome: prepared.item.outcome.clone(),
            recorded_at,
            repeated: false,
        })
    };
    Ok(batch.iter().zip(losers).map(|(prepared, loser)| loser.unwrap_or_else(|| winner(prepared))).collect())
}

fn loser(row: &PgRow) -> Result<Result<Appended, AppendError>, sqlx::Error> {
    let status: &str = row.try_get("status")?;
    let detail: Option<&str> = row.try_get("detail")?;
    Ok(match (status, detail) {
        ("repeated", Some(outcome)) => Ok(Appended {
            first_position: row.try_get("first_position")?,
            last_position: row.try_get("last_position")?,
            outcome: outcome.to_owned().into(),
            recorded_at: recorded_at(row)?,
            repeated: true,
        }),
        ("mismatch", _) => Err(AppendError::CommandMismatch),
        ("conflict", Some(detail)) => Err(conflict(detail)),
        ("guard", Some(detail)) => Err(guard_failure(detail)),
        _ => Err(Unavailable::Refused(format!("es.append answered {status:?} {detail:?}")).into()),
    })
}

fn recorded_at(row: &PgRow) -> Result<Timestamp, sqlx::Error> {
    Ok(Timestamp::from(row.try_get::<DateTime<Utc>, _>("recorded_at")?))
}

fn conflict(detail: &str) -> AppendError {
    let (stream, actual) = detail.rsplit_once('@').unwrap_or((detail, "0"));
    AppendError::Conflict { stream: stream.to_owned(), actual: actual.parse().unwrap_or(0) }
}

fn guard_failure(detail: &str) -> AppendError {
    let parsed = detail
        .split_once(':')
        .and_then(|(index, fault)| Some((index.parse().ok()?, GuardFault::parse(fault)?)));
    match parsed {
        Some((index, fault)) => AppendError::Guard { index, fault },
        None => Unavailable::Refused(format!("es.append answered the guard {detail:?}")).into(),
    }
}

fn count(n: usize) -> i32 {
    i32::try_from(n).expect("a batch is bounded")
}
