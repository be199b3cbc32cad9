//! Consumers that each read the events of one organization. They are made here and not by who reads: a consumer says
//! whose events come, so who could make one could read everybody's.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use async_nats::Client;
use async_nats::jetstream;
use async_nats::jetstream::consumer::pull::Config;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, Info};
use futures::TryStreamExt as _;
use kernel::OrgId;

use crate::stream::{BASE_KEY, LogStream};
use crate::{BusError, Position};

/// What the names of these consumers begin with.
pub const CONSUMER_PREFIX: &str = "analyst_";
/// Messages that somebody may have and not have acknowledged; until then no more come.
const UNACKNOWLEDGED: i64 = 1_000;

/// A consumer of one organization's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgConsumer {
    /// Its name on the server, which begins with [`CONSUMER_PREFIX`].
    pub name: String,
    /// Whose events it reads.
    pub org: OrgId,
    /// Where it begins; `None` for the first event.
    pub from: Option<Position>,
}

/// The subjects of all events of an organization.
#[must_use]
pub fn subjects_of(log_id: i16, org: OrgId) -> String {
    format!("omoi.v1.{log_id}.{}.>", org.0)
}

/// Sees to it that the server has these consumers and no other of the kind. One that is as it should be is left alone,
/// with all it knows about what was read. One is made again after the stream was: what it knew is about other messages.
///
/// # Errors
/// When the server does not answer, or the relay has not begun the stream.
pub async fn keep_consumers(client: &Client, log_id: i16, wanted: &[OrgConsumer]) -> Result<(), BusError> {
    let log = LogStream::new(jetstream::new(client.clone()), log_id);
    let Some(stream) = log.look().await? else {
        return Err(BusError::Down("the stream is not there yet".to_owned()));
    };
    let metadata = &stream.cached_info().config.metadata;
    let Some(base) = metadata.get(BASE_KEY).and_then(|base| base.parse::<i64>().ok()) else {
        return Err(BusError::Down("the stream is being begun anew".to_owned()));
    };
    let wanted: BTreeMap<&str, Config> =
        wanted.iter().map(|one| (one.name.as_str(), config(log_id, base, one))).collect();
    let mut there = BTreeSet::new();
    let mut listed = stream.consumers();
    while let Some(info) = listed.try_next().await.map_err(|error| BusError::Down(error.to_string()))? {
        if !info.name.starts_with(CONSUMER_PREFIX) {
            continue;
        }
        match wanted.get(info.name.as_str()) {
            Some(config) if is_as(&info, config) => {
                there.insert(info.name);
            }
            _ => {
                let removed = stream.delete_consumer(&info.name).await;
                removed.map_err(|error| BusError::refused("the end of a consumer")(&error))?;
            }
        }
    }
    for (name, config) in wanted {
        if !there.contains(name) {
            let made = stream.create_consumer(config).await;
            made.map_err(|error| BusError::refused("a consumer")(&error))?;
        }
    }
    Ok(())
}

fn config(log_id: i16, base: Position, wanted: &OrgConsumer) -> Config {
    let deliver_policy = wanted.from.map_or(DeliverPolicy::All, |from| {
        // Position = sequence + base.
        let start_sequence = u64::try_from(from - base).unwrap_or(1).max(1);
        DeliverPolicy::ByStartSequence { start_sequence }
    });
    Config {
        durable_name: Some(wanted.name.clone()),
        filter_subject: subjects_of(log_id, wanted.org),
        ack_policy: AckPolicy::Explicit,
        max_ack_pending: UNACKNOWLEDGED,
        deliver_policy,
        metadata: HashMap::from([(BASE_KEY.to_owned(), base.to_string())]),
        ..Config::default()
    }
}

fn is_as(info: &Info, config: &Config) -> bool {
    let is = &info.config;
    is.filter_subject == config.filter_subject
        && is.deliver_policy == config.deliver_policy
        && is.deliver_subject.is_none()
        && is.metadata.get(BASE_KEY) == config.metadata.get(BASE_KEY)
}
