//! A command and all of its content follow from one number, so that a process that was killed can send it
//! again from its journal.

use eventstore::relcheck::Line;
use eventstore::{
    AppendError, AppendItem, Appended, Context, Guard, LoadError, NewEvent, Store, StreamWrite,
};
use kernel::{ActorId, CommandId, Decider, EventId, EventKind as _, OrgId, Uuid, derived_uuid};

use crate::journal::Journal;
use crate::tally::Tally;

/// Tenants that share the log.
const ORGS: u64 = 20;
/// Names that commands with a guard fight for.
const NAMES: u64 = 64;

/// Sends commands and journals what became of them.
#[derive(Clone, Debug)]
pub(crate) struct Sender {
    pub(crate) store: Store,
    pub(crate) journal: Journal,
    pub(crate) streams: u64,
}

impl Sender {
    /// Sends the command of `seed` until it has an answer.
    pub(crate) async fn send(&self, seed: u64) -> anyhow::Result<()> {
        let command_id = command_id(seed).0;
        self.journal.note(Line::Invoke { command_id, seed }).await;
        loop {
            match self.try_once(seed).await {
                Ok(first) => {
                    let first_position = first.first_position;
                    self.journal.note(Line::Ok { command_id, seed, first_position }).await;
                    return if seed.is_multiple_of(20) { self.send_again(seed, first).await } else { Ok(()) };
                }
                Err(AppendError::Unavailable(_)) => {
                    self.journal.note(Line::Unknown { command_id, seed }).await;
                    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                }
                Err(AppendError::Conflict { .. }) if !is_stale(seed) => {}
                Err(AppendError::Conflict { .. } | AppendError::Guard { .. }) => {
                    self.journal.note(Line::Fail { command_id, seed }).await;
                    return Ok(());
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// A repeat answers what the first answered.
    async fn send_again(&self, seed: u64, first: Appended) -> anyhow::Result<()> {
        match self.try_once(seed).await {
            Ok(again) => {
                anyhow::ensure!(
                    again.repeated && Appended { repeated: first.repeated, ..again.clone() } == first,
                    "command {seed} answered {first:?}, and then {again:?}"
                );
                Ok(())
            }
            // It has its answer; a repeat that meets a fault has nothing to settle.
            Err(AppendError::Unavailable(_)) => Ok(()),
            Err(error) => anyhow::bail!("command {seed} answered {first:?}, and then {error}"),
        }
    }

    async fn try_once(&self, seed: u64) -> Result<Appended, AppendError> {
        let (org, id) = stream(seed, self.streams);
        let loaded =
            self.store.load::<Tally>(org, &id, command_id(seed)).await.map_err(|error| match error {
                LoadError::Unavailable(reason) => AppendError::Unavailable(reason),
                unreadable => AppendError::Invalid(unreadable.to_string()),
            })?;
        let version = loaded.aggregate.version + if is_stale(seed) { 1000 } else { 0 };
        let events = loaded.aggregate.state.decide((seed, usize::try_from(seed % 3).unwrap_or(0) + 1));
        let events = events.expect("a tally refuses nothing");
        self.store.append(item(seed, org, &id, version, &events)).await
    }
}

fn item(seed: u64, org: OrgId, id: &str, expected: i64, events: &[crate::tally::Event]) -> AppendItem {
    let mut request_hash = [0; 32];
    request_hash[..8].copy_from_slice(&seed.to_be_bytes());
    let guard = (seed % 16 == 1).then(|| Guard::Unique {
        scope: "name".into(),
        key: (seed / 16 % NAMES).to_string(),
        holder: id.to_owned(),
    });
    AppendItem {
        context: Context {
            org,
            actor: ActorId(Uuid::nil()),
            command_id: command_id(seed),
            request_hash,
            correlation_id: command_id(seed).0,
            causation_id: None,
            epoch: None,
            metadata: std::collections::BTreeMap::new(),
        },
        outcome: "accepted".into(),
        streams: vec![StreamWrite {
            aggregate_type: Tally::TYPE.into(),
            aggregate_id: id.to_owned(),
            project: None,
            expected,
            events: events.iter().map(new_event).collect(),
        }],
        guards: guard.into_iter().collect(),
    }
}

fn new_event(event: &crate::tally::Event) -> NewEvent {
    NewEvent {
        event_id: EventId(Uuid::now_v7()),
        event_type: event.event_type().into(),
        schema_version: event.schema_version(),
        payload: serde_json::to_string(event).expect("an event is JSON"),
    }
}

/// Commands that ask for a version the stream does not have: they must fail and leave nothing.
fn is_stale(seed: u64) -> bool {
    seed % 50 == 7
}

fn command_id(seed: u64) -> CommandId {
    CommandId(derived_uuid(&[b"proof", &seed.to_be_bytes()]))
}

fn stream(seed: u64, streams: u64) -> (OrgId, String) {
    let number = seed / 50 % streams;
    let org = OrgId(derived_uuid(&[b"proof org", &(number % ORGS).to_be_bytes()]));
    (org, derived_uuid(&[b"proof stream", &number.to_be_bytes()]).to_string())
}
