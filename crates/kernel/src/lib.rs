//! The vocabulary every other crate speaks: typed ids, money, time, and the shapes of event sourcing.
//!
//! Pure on purpose: no async, no database, no clock. Time and ids are values that arrive in a command, so
//! that the same events always fold to the same state. Start with [`Decider`]; [`Recorded`] is an event as
//! the log holds it; [`given`] tests a decider by value.

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
pub use process::{Action, Process};
pub use recorded::{Envelope, Recorded};
pub use testing::{Given, When, given};
pub use time::Timestamp;
