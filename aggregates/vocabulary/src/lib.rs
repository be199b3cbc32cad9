//! What the bounded contexts share: small values that are right once they exist.
//!
//! A value here is parsed where it enters (HTTP, CLI, MCP, the log) and trusted afterwards; hostile JSON is
//! refused by serde with the same rules. Events carry these types, so a rule may become wider with time but
//! never narrower: a narrower rule would make stored events unreadable.

mod name;
mod slug;

pub use name::{InvalidName, Name};
pub use slug::{InvalidSlug, Slug};
