#![doc = include_str!("../README.md")]

mod decider;
mod ids;
mod money;
mod process;
mod recorded;
mod testing;
mod time;

pub use decider::{Decider, EventKind, Rejection, Upcast};
pub use ids::{ActorId, CommandId, EventId, InvalidId, OrgId, ProjectId, Uuid, derived_uuid};
pub use money::Usd;
pub use process::{Action, Memory, News, Process, Start};
pub use recorded::{Envelope, Recorded};
pub use testing::{Given, When, given, recorded};
pub use time::Timestamp;
