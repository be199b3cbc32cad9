#![doc = include_str!("../README.md")]

pub mod append;
pub mod blob;
mod clock;
mod content_hash;
mod counter;
pub mod crash_point;
mod crosscheck;
mod decode;
mod disk_brake;
mod error;
mod extension;
pub mod guards_rebuild;
mod ingest;
mod lease;
mod load;
mod migrate;
mod pools;
mod read;
pub mod relcheck;
mod row;
mod snapshot;
mod sourced;
mod store;
pub mod subscribe;
mod test_clock;

pub use append::{
    AppendItem, Appended, Context, Fate, Guard, GuardFault, NewEvent, Pending, StreamWrite, Submitted,
};
pub use content_hash::{Hashed, content_hash};
pub use crosscheck::{Crosscheck, CrosscheckDifference, crosscheck};
pub use decode::{DecodeError, decode, upcast};
pub use disk_brake::DiskBrake;
pub use error::{AppendError, Unavailable};
pub use extension::{CREATE_VECTOR, Vector, vector};
pub use ingest::{IngestError, Ingested, TrajectoryBatch};
pub use lease::{Lease, Leases, Lost};
pub use load::{LoadError, Loaded, Snapshot, StoredOutcome, StoredState};
pub use migrate::{MIGRATOR, MigrateError, ensure_login, migrate};
pub use pools::{Options, Pools};
pub use read::{Direction, Filter, Reader};
pub use sourced::{LogEventStore, Sourced, SourcedEvent};
pub use store::Store;
pub use test_clock::TestClock;
