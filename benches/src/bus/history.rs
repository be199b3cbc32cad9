//! The log that is published: a real one, in Postgres.

use bus::{LogState, Reading, Source, SourceError};
use eventstore::{AppendItem, Context, Direction, Filter, NewEvent, Store, StreamWrite};
use kernel::{ActorId, CommandId, EventId, OrgId, Recorded, Uuid};

use crate::ledger::Event;

/// Events of one append.
const EACH: usize = 500;

/// A log as the relay reads it.
#[derive(Clone, Debug)]
pub(super) struct History {
    store: Store,
    /// The bench knows only one log.
    state: LogState,
}

impl History {
    /// Writes a log of so many events.
    pub(super) async fn write(store: Store, events: usize) -> anyhow::Result<Self> {
        let org = OrgId(Uuid::now_v7());
        let mut head = 0;
        while head < i64::try_from(events)? {
            let appended = store.append(item(org)?).await?;
            head = appended.last_position.expect("it has events");
        }
        Ok(Self { store, state: LogState { incarnation: Uuid::now_v7(), head } })
    }

    pub(super) fn head(&self) -> i64 {
        self.state.head
    }

    /// All of it.
    pub(super) async fn events(&self) -> Result<Vec<Recorded<String>>, SourceError> {
        let mut all = Vec::new();
        while i64::try_from(all.len()).expect("it is in memory") < self.head() {
            all.extend(self.page(i64::try_from(all.len()).expect("it is in memory"), 1_000).await?);
        }
        Ok(all)
    }
}

fn item(org: OrgId) -> anyhow::Result<AppendItem> {
    let event = |n: usize| {
        Ok(NewEvent {
            event_id: EventId(Uuid::now_v7()),
            event_type: "ledger.entered".into(),
            schema_version: 1,
            payload: serde_json::to_string(&Event::entered(i64::try_from(n)?))?,
        })
    };
    Ok(AppendItem {
        context: Context {
            org,
            actor: ActorId(Uuid::now_v7()),
            command_id: CommandId(Uuid::now_v7()),
            request_hash: [0; 32],
            correlation_id: Uuid::now_v7(),
            causation_id: None,
            epoch: None,
            metadata: [(
                "traceparent".to_owned(),
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
            )]
            .into(),
        },
        outcome: "accepted".into(),
        streams: vec![StreamWrite {
            aggregate_type: "ledger".into(),
            aggregate_id: Uuid::now_v7().to_string(),
            project: None,
            expected: 0,
            events: (0..EACH).map(event).collect::<anyhow::Result<_>>()?,
        }],
        guards: Vec::new(),
    })
}

impl Source for History {
    async fn state(&self) -> Result<LogState, SourceError> {
        Ok(self.state)
    }

    async fn page(&self, after: i64, limit: i64) -> Result<Vec<Recorded<String>>, SourceError> {
        let page = self.store.reader().page(&Filter::default(), after, limit, Direction::Forwards).await;
        page.map_err(|error| SourceError(error.to_string()))
    }

    async fn grown(&self, _beyond: i64) {
        // It does not grow.
        std::future::pending::<()>().await;
    }

    fn reading(&self, _event: &Recorded<String>) -> Reading {
        Reading::Newest
    }
}
