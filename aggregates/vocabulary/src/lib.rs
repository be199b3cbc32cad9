//! What the bounded contexts share: small values that are right once they exist.
//!
//! A value here is parsed where it enters (HTTP, CLI, MCP, the log) and trusted afterwards; hostile JSON is
//! refused by serde with the same rules. Events carry these types, so a rule may become wider with time but
//! never narrower: a narrower rule would make stored events unreadable.

mod board;
mod bounded;
mod commit;
mod gate;
mod hours;
mod ids;
mod keyed_hash;
mod line;
mod mode;
mod name;
mod number;
mod phase;
mod priority;
mod repository_place;
mod sealed;
mod slug;
mod text;

pub use board::{Board, Column, InvalidBoard};
pub use bounded::{Bounded, InvalidLength};
pub use commit::{CommitId, InvalidCommitId};
pub use gate::{Criterion, EvidenceLevel, Gates, InvalidGates};
pub use hours::{Hours, InvalidHours};
pub use ids::{MergeId, RunId, SpecId, TaskId, TicketId, UserId};
pub use keyed_hash::{AccountHash, AddressHash, InvalidKeyedHash};
pub use line::{BranchName, CommandLine, FilePattern, InvalidLine, Line, Reason};
pub use mode::Mode;
pub use name::{InvalidName, Name};
pub use number::{InvalidNumber, TaskNumber, TicketNumber};
pub use phase::{InvalidPhase, Phase};
pub use priority::{InvalidPriority, Priority};
pub use repository_place::{InvalidRepositoryPlace, RepositoryPlace};
pub use sealed::{InvalidSealed, Sealed};
pub use slug::{InvalidSlug, Slug};
pub use text::{InvalidText, Text};
