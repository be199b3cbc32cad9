//! Sandboxes on this machine: what a program of a stranger is given, and what holds it.
//!
//! [`LocalSandboxes`] makes them with bubblewrap. A start is: check the plan (`plan.rs`), write down what the guard has to do
//! (`view.rs`: what the program sees; `filter.rs`: which system calls it has; `groups.rs`: what the kernel limits), start the
//! guard, and wait until the program is about to run behind all of it (`ready.rs`). From then on a keeper (`keeper.rs`) ends it when it is
//! asked to, or when the program is over a limit (`watch.rs`), and then everything that it left (`start.rs` and `keeper.rs` say so of each).
//!
//! [`ProcessSandboxes`] holds nothing, and says so.

mod bubblewrap;
mod filter;
mod groups;
mod keeper;
mod limits;
mod local;
mod place;
mod plan;
mod process;
mod ready;
mod start;
mod sweep;
mod view;
mod watch;

pub use local::{LocalSandboxes, Options};
pub use process::ProcessSandboxes;
pub(crate) use start::account;
