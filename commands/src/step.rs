//! One stream's part of a unit of work, free of its Rust type: what the dispatcher loads, decides and appends.

use std::future::Future;
use std::pin::Pin;

use eventstore::{Guard, LoadError, NewEvent, Pending, Store, StoredOutcome, StoredState, StreamWrite};
use kernel::{CommandId, EventId, OrgId, ProjectId, Rejection as _, Uuid};

use crate::handlers::Site;
use crate::slots::Cached;
use crate::tickets::unknown;
use crate::{CommandError, Handled, Permission};

/// A snapshot is taken when a stream has grown by this much since the last one.
const SNAPSHOT_EVERY: i64 = 500;

pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// An order to one stream, with what is known about that stream beforehand.
pub struct Step {
    pub(crate) kind: &'static str,
    pub(crate) id: Uuid,
    pub(crate) begins: bool,
    pub(crate) expected: Option<i64>,
    pub(crate) order: Box<dyn Order>,
}

impl Step {
    /// `command` for the stream `id`.
    #[must_use]
    pub fn on<D: Handled>(id: Uuid, command: D::Command) -> Self
    where
        D::Rules: Default,
    {
        Self::under::<D>(id, command, D::Rules::default())
    }

    /// `command` for the stream `id`, guarded by `rules`.
    #[must_use]
    pub fn under<D: Handled>(id: Uuid, command: D::Command, rules: D::Rules) -> Self {
        let order = TypedOrder::<D> { id, command, rules, project: D::project(id), decided: Vec::new() };
        Self { kind: D::TYPE, id, begins: false, expected: None, order: Box::new(order) }
    }

    /// The id was just made, so the stream cannot exist: spares the load. The append still checks.
    #[must_use]
    pub fn beginning(mut self) -> Self {
        self.begins = true;
        self
    }

    /// The project that the stream belongs to, when it begins.
    #[must_use]
    pub fn in_project(mut self, project: ProjectId) -> Self {
        self.order.put_in(project);
        self
    }

    /// Acts only on this version of the stream (`If-Match`).
    #[must_use]
    pub fn expecting(mut self, version: Option<i64>) -> Self {
        self.expected = version;
        self
    }
}

impl std::fmt::Debug for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Step").field("kind", &self.kind).field("id", &self.id).finish_non_exhaustive()
    }
}

/// What a step comes to in a state.
pub(crate) enum Decision {
    /// The state is not in memory.
    Unknown,
    /// The stream is at another version than the step expects.
    Moved {
        actual: i64,
    },
    Refused(CommandError),
    Nothing,
    Change,
}

/// An order without its types.
pub(crate) trait Order: Send + Sync {
    fn permission(&self) -> Permission;

    fn put_in(&mut self, project: ProjectId);

    fn assume_absent(&self, cached: &mut Cached);

    fn load<'a>(
        &'a self,
        store: &'a Store,
        org: OrgId,
        command: CommandId,
        cached: &'a mut Cached,
    ) -> BoxFuture<'a, Result<Option<StoredOutcome>, LoadError>>;

    /// `only`: the one project that exists for who asks, if there is only one.
    fn decide(&mut self, expected: Option<i64>, only: Option<ProjectId>, cached: &mut Cached) -> Decision;

    /// What was decided, for the append.
    fn write(&self, cached: &mut Cached) -> Result<(StreamWrite, Vec<Guard>), CommandError>;

    /// Folds in what was submitted; the version that this makes the stream, and now and then a snapshot to save once
    /// it stands.
    fn submitted(
        &self,
        store: &Store,
        org: OrgId,
        append: &Pending,
        cached: &mut Cached,
    ) -> (i64, Option<BoxFuture<'static, ()>>);
}

struct TypedOrder<D: Handled> {
    id: Uuid,
    command: D::Command,
    rules: D::Rules,
    project: Option<ProjectId>,
    decided: Vec<D::Event>,
}

impl<D: Handled> Order for TypedOrder<D> {
    fn permission(&self) -> Permission {
        D::permission(&self.command)
    }

    fn put_in(&mut self, project: ProjectId) {
        self.project = Some(project);
    }

    fn assume_absent(&self, cached: &mut Cached) {
        if cached.get::<D>().is_none() {
            cached.put(StoredState::<D>::default());
        }
    }

    fn load<'a>(
        &'a self,
        store: &'a Store,
        org: OrgId,
        command: CommandId,
        cached: &'a mut Cached,
    ) -> BoxFuture<'a, Result<Option<StoredOutcome>, LoadError>> {
        Box::pin(async move {
            let loaded = store.load::<D>(org, &self.id.to_string(), command).await?;
            cached.put(loaded.aggregate);
            Ok(loaded.outcome)
        })
    }

    fn decide(&mut self, expected: Option<i64>, only: Option<ProjectId>, cached: &mut Cached) -> Decision {
        let Some(known) = cached.get::<D>() else { return Decision::Unknown };
        if only.is_some() && known.project.or(self.project) != only {
            return Decision::Refused(unknown(&D::TYPE.replace('_', " ")));
        }
        if expected.is_some_and(|expected| expected != known.version) {
            return Decision::Moved { actual: known.version };
        }
        match known.state.decide(self.command.clone()) {
            Ok(events) => {
                self.decided = events;
                if self.decided.is_empty() { Decision::Nothing } else { Decision::Change }
            }
            Err(rejection) => Decision::Refused(CommandError::Rejected {
                code: rejection.code().to_owned(),
                message: rejection.to_string(),
                repeated: false,
            }),
        }
    }

    fn write(&self, cached: &mut Cached) -> Result<(StreamWrite, Vec<Guard>), CommandError> {
        let known = cached.get::<D>().expect("decided on it");
        let project = known.project.or(self.project);
        let site = Site { id: self.id, project, rules: &self.rules };
        let guards = known.state.guards(&site, &self.decided);
        let write = StreamWrite {
            aggregate_type: D::TYPE.into(),
            aggregate_id: self.id.to_string(),
            project,
            expected: known.version,
            events: self.decided.iter().map(new_event).collect::<Result<_, _>>()?,
        };
        Ok((write, guards))
    }

    fn submitted(
        &self,
        store: &Store,
        org: OrgId,
        append: &Pending,
        cached: &mut Cached,
    ) -> (i64, Option<BoxFuture<'static, ()>>) {
        let known = cached.get::<D>().expect("decided on it");
        for event in &self.decided {
            known.state.evolve(event);
        }
        known.version += i64::try_from(self.decided.len()).expect("a decision is a handful of events");
        known.project = known.project.or(self.project);
        let answer = (known.version, snapshot_now_and_then(known, store, org, self.id));
        cached.rest_on(append.clone(), answer.0);
        answer
    }
}

fn snapshot_now_and_then<D: Handled>(
    known: &mut StoredState<D>,
    store: &Store,
    org: OrgId,
    id: Uuid,
) -> Option<BoxFuture<'static, ()>> {
    if known.version - known.snapshot_version < SNAPSHOT_EVERY {
        return None;
    }
    known.snapshot_version = known.version;
    let (store, state, version) = (store.clone(), known.state.clone(), known.version);
    Some(Box::pin(async move {
        if let Err(error) = store.save_snapshot(org, &id.to_string(), version, &state).await {
            tracing::warn!(aggregate.kind = D::TYPE, aggregate.id = %id, %error, "no snapshot this time");
        }
    }))
}

fn new_event<E: kernel::EventKind>(event: &E) -> Result<NewEvent, CommandError> {
    Ok(NewEvent {
        event_id: EventId(Uuid::now_v7()),
        event_type: event.event_type().into(),
        schema_version: event.schema_version(),
        payload: serde_json::to_string(event).map_err(|error| CommandError::Broken(error.to_string()))?,
    })
}
