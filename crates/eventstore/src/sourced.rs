//! The bridge to cqrs-es: a pure decider as its `Aggregate`, and this log as its `EventStore`.

use std::collections::{BTreeMap, HashMap};

use cqrs_es::event_sink::EventSink;
use cqrs_es::{Aggregate, AggregateContext, AggregateError, DomainEvent, EventEnvelope, EventStore};
use kernel::{ActorId, CommandId, Decider, EventId, EventKind as _, OrgId, ProjectId};
use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

use crate::load::{LoadError, Snapshot};
use crate::{AppendError, AppendItem, Context, Direction, Filter, NewEvent, Store, StreamWrite, decode};

/// A decider as a `cqrs_es::Aggregate`.
#[derive(Clone, Debug, Default)]
pub struct Sourced<D>(pub D);

impl<D: Serialize> Serialize for Sourced<D> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, D: Deserialize<'de>> Deserialize<'de> for Sourced<D> {
    fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
        D::deserialize(deserializer).map(Self)
    }
}

/// An event as a `cqrs_es::DomainEvent`: the same bytes, with the version as `N.0`.
#[derive(Clone, Debug, PartialEq)]
pub struct SourcedEvent<E>(pub E);

impl<E: Serialize> Serialize for SourcedEvent<E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de, E: Deserialize<'de>> Deserialize<'de> for SourcedEvent<E> {
    fn deserialize<De: Deserializer<'de>>(deserializer: De) -> Result<Self, De::Error> {
        E::deserialize(deserializer).map(Self)
    }
}

impl<E: kernel::EventKind> DomainEvent for SourcedEvent<E> {
    fn event_type(&self) -> String {
        self.0.event_type().to_owned()
    }

    fn event_version(&self) -> String {
        format!("{}.0", self.0.schema_version())
    }
}

impl<D> Aggregate for Sourced<D>
where
    D: Decider + Serialize + DeserializeOwned,
{
    const TYPE: &'static str = D::TYPE;
    type Command = D::Command;
    type Event = SourcedEvent<D::Event>;
    type Error = D::Rejection;
    type Services = ();

    async fn handle(
        &mut self,
        command: Self::Command,
        _services: &Self::Services,
        sink: &EventSink<Self>,
    ) -> Result<(), Self::Error> {
        for event in self.0.decide(command)? {
            sink.write(SourcedEvent(event), self).await;
        }
        Ok(())
    }

    fn apply(&mut self, event: Self::Event) {
        self.0.evolve(&event.0);
    }
}

/// This log as a `cqrs_es::EventStore`, for one organization and actor. A `CqrsFramework` over it works; the
/// product's own path is `commands::Dispatcher`, which also answers positions and outcomes.
///
/// ```no_run
/// use cqrs_es::CqrsFramework;
/// use eventstore::{LogEventStore, Options, Snapshot, Sourced, Store};
/// use kernel::{ActorId, OrgId, Uuid};
///
/// /// Carries out one command of any decider through the crate's own framework.
/// async fn execute<D: Snapshot>(url: &str, id: &str, command: D::Command) -> Result<(), Box<dyn std::error::Error>>
/// where
///     D::Rejection: 'static,
/// {
///     let store = Store::open(&Options::new(url))?;
///     let log = LogEventStore::new(store, OrgId(Uuid::now_v7()), ActorId(Uuid::now_v7()));
///     let framework = CqrsFramework::<Sourced<D>, _>::new(log, vec![], ());
///     framework.execute(id, command).await?;
///     Ok(())
/// }
/// ```
#[derive(Clone, Debug)]
pub struct LogEventStore {
    store: Store,
    org: OrgId,
    actor: ActorId,
}

impl LogEventStore {
    /// Reads and appends as `actor` of `org`.
    #[must_use]
    pub fn new(store: Store, org: OrgId, actor: ActorId) -> Self {
        Self { store, org, actor }
    }
}

/// A loaded aggregate on its way through `CqrsFramework::execute`.
#[derive(Debug)]
pub struct LogContext<D> {
    aggregate: Sourced<D>,
    id: String,
    version: i64,
    project: Option<ProjectId>,
}

impl<D> AggregateContext<Sourced<D>> for LogContext<D>
where
    D: Decider + Serialize + DeserializeOwned,
{
    fn aggregate(&mut self) -> &mut Sourced<D> {
        &mut self.aggregate
    }
}

impl<D> EventStore<Sourced<D>> for LogEventStore
where
    D: Snapshot,
    D::Event: Send,
{
    type AC = LogContext<D>;

    async fn load_events(
        &self,
        id: &str,
    ) -> Result<Vec<EventEnvelope<Sourced<D>>>, AggregateError<D::Rejection>> {
        let filter = Filter {
            aggregate_type: Some(D::TYPE.into()),
            aggregate_id: Some(id.into()),
            ..Filter::default()
        };
        let reader = self.store.reader_of(self.org);
        let mut events = Vec::new();
        let mut from = 0;
        loop {
            let page = reader.page(&filter, from, 1000, Direction::Forwards).await.map_err(unexpected)?;
            let Some(last) = page.last() else { return Ok(events) };
            from = last.envelope.position;
            for recorded in page {
                let envelope = recorded.envelope;
                let payload = decode(&envelope.event_type, envelope.schema_version, &recorded.event)
                    .map_err(|error| AggregateError::DeserializationError(error.into()))?;
                events.push(EventEnvelope {
                    aggregate_id: envelope.aggregate_id,
                    sequence: usize::try_from(envelope.sequence).map_err(unexpected)?,
                    payload: SourcedEvent(payload),
                    metadata: serde_json::from_str(&recorded.metadata).map_err(unexpected)?,
                });
            }
        }
    }

    async fn load_aggregate(&self, id: &str) -> Result<LogContext<D>, AggregateError<D::Rejection>> {
        let nobody = CommandId(Uuid::nil());
        let loaded = self.store.load::<D>(self.org, id, nobody).await.map_err(|error| match error {
            LoadError::Unreadable { .. } => AggregateError::DeserializationError(error.into()),
            other => unexpected(other),
        })?;
        let aggregate = loaded.aggregate;
        Ok(LogContext {
            aggregate: Sourced(aggregate.state),
            id: id.to_owned(),
            version: aggregate.version,
            project: aggregate.project,
        })
    }

    async fn commit(
        &self,
        events: Vec<SourcedEvent<D::Event>>,
        context: LogContext<D>,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<Sourced<D>>>, AggregateError<D::Rejection>> {
        if events.is_empty() {
            return Ok(Vec::new());
        }
        let new_events = events
            .iter()
            .map(|event| {
                Ok(NewEvent {
                    event_id: EventId(Uuid::now_v7()),
                    event_type: event.0.event_type().into(),
                    schema_version: event.0.schema_version(),
                    payload: serde_json::to_string(&event.0).map_err(unexpected)?,
                })
            })
            .collect::<Result<_, AggregateError<D::Rejection>>>()?;
        let item = AppendItem {
            context: Context {
                org: self.org,
                actor: self.actor,
                command_id: CommandId(Uuid::now_v7()),
                request_hash: [0; 32],
                correlation_id: Uuid::now_v7(),
                causation_id: None,
                epoch: None,
                metadata: metadata.clone().into_iter().collect::<BTreeMap<_, _>>(),
            },
            outcome: "accepted".into(),
            streams: vec![StreamWrite {
                aggregate_type: D::TYPE.into(),
                aggregate_id: context.id.clone(),
                project: context.project,
                expected: context.version,
                events: new_events,
            }],
            guards: Vec::new(),
        };
        match self.store.append(item).await {
            Ok(_) => {}
            Err(AppendError::Conflict { .. }) => return Err(AggregateError::AggregateConflict),
            Err(error @ AppendError::Unavailable(_)) => {
                return Err(AggregateError::DatabaseConnectionError(error.into()));
            }
            Err(error) => return Err(unexpected(error)),
        }
        (context.version + 1..)
            .zip(events)
            .map(|(sequence, payload)| {
                Ok(EventEnvelope {
                    aggregate_id: context.id.clone(),
                    sequence: usize::try_from(sequence).map_err(unexpected)?,
                    payload,
                    metadata: metadata.clone(),
                })
            })
            .collect()
    }
}

fn unexpected<E: std::error::Error>(
    error: impl std::error::Error + Send + Sync + 'static,
) -> AggregateError<E> {
    AggregateError::UnexpectedError(error.into())
}
