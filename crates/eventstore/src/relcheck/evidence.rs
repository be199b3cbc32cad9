//! What the checker looks at, as values.

use uuid::Uuid;

use super::Line;

/// An event, exactly as the table holds it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct EventRow {
    /// Place in the log.
    pub position: i64,
    /// The tenant.
    pub org_id: Uuid,
    /// The project.
    pub project_id: Option<Uuid>,
    /// Kind of aggregate.
    pub aggregate_type: String,
    /// The stream within its kind.
    pub aggregate_id: String,
    /// Place in the stream.
    pub sequence: i64,
    /// The event's own id.
    pub event_id: Uuid,
    /// What happened.
    pub event_type: String,
    /// Version of the payload.
    pub schema_version: i32,
    /// The bytes as stored.
    pub payload: String,
    /// The bytes as stored.
    pub metadata: String,
    /// Who.
    pub actor: Uuid,
    /// The story it belongs to.
    pub correlation_id: Uuid,
    /// What caused it.
    pub causation_id: Option<Uuid>,
    /// The command.
    pub command_id: Uuid,
    /// When, in microseconds since 1970.
    pub recorded_us: i64,
    /// Of any length: a cut one is a finding, not a failure.
    pub content_hash: Vec<u8>,
}

/// A row of `es.streams`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct StreamRow {
    /// Kind of aggregate.
    pub aggregate_type: String,
    /// The stream within its kind.
    pub aggregate_id: String,
    /// The tenant.
    pub org_id: Uuid,
    /// The project.
    pub project_id: Option<Uuid>,
    /// How many events it has.
    pub version: i64,
    /// Where it begins.
    pub first_position: i64,
}

/// A row of `es.command_results`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct OutcomeRow {
    /// The tenant.
    pub org_id: Uuid,
    /// The command.
    pub command_id: Uuid,
    /// Where its events begin; `None` when it has none.
    pub first_position: Option<i64>,
    /// Where they end.
    pub last_position: Option<i64>,
}

/// A row of `es.leases`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct LeaseRow {
    /// The tenant; nil for the platform's own.
    pub org_id: Uuid,
    /// What is owned.
    pub name: String,
    /// The claim number.
    pub epoch: i64,
    /// By whom.
    pub owner: String,
}

/// A row of `es.checkpoints`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CheckpointRow {
    /// Who reads.
    pub consumer: String,
    /// How far it is.
    pub position: i64,
    /// In which life of the log.
    pub incarnation: Uuid,
}

/// A row of `es.parked`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct ParkedRow {
    /// Who reads.
    pub consumer: String,
    /// What waits: a project, else an organization.
    pub root: Uuid,
    /// From which position on.
    pub position: i64,
}

/// What a consumer that takes every event made of the log: one position for each event it applied.
#[derive(Clone, Debug)]
pub struct Effects {
    /// Who reads.
    pub consumer: String,
    /// In any order, repeated when an event was applied again.
    pub positions: Vec<i64>,
}

/// Everything but the events themselves.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Of the log; `None` when its row is missing.
    pub incarnation: Option<Uuid>,
    /// Every stream of the log.
    pub streams: Vec<StreamRow>,
    /// The outcomes that are still kept.
    pub outcomes: Vec<OutcomeRow>,
    /// Every lease.
    pub leases: Vec<LeaseRow>,
    /// Every consumer.
    pub checkpoints: Vec<CheckpointRow>,
    /// What consumers have set aside.
    pub parked: Vec<ParkedRow>,
    /// Of the consumers whose effects are known.
    pub effects: Vec<Effects>,
    /// One a client; the order within each is the order in which its lines reached the disk.
    pub journals: Vec<Vec<Line>>,
    /// Whether the journals name every command there was: then an event of another command is a phantom.
    pub journals_are_complete: bool,
}
