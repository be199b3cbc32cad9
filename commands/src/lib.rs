#![doc = include_str!("../README.md")]

pub mod authority;
mod dispatcher;
mod error;
pub mod handlers;
mod intent;
mod merges;
mod numbers;
pub mod processes;
mod projects;
mod runs;
mod slots;
mod specs;
mod step;
mod tasks;
mod ticket_dependencies;
mod tickets;

pub use authority::{Actor, Grants, Permission, Permissions, Role};
pub use dispatcher::{Dispatcher, Receipt};
pub use error::CommandError;
pub use handlers::{CallRules, Columns, Handled, RunRules, RunSlots, Site, WorkLease};
pub use intent::Intent;
pub use runs::{Admission, NewRun, Profiles, Unlimited};
pub use specs::Preview;
pub use step::Step;
pub use tasks::NewTask;
pub use tickets::{Move, NewTicket};
