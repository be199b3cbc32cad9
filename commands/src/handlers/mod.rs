//! What an aggregate needs beyond its pure decision to be dispatched; one file an aggregate.

mod agent;
mod intervention;
mod lease;
mod merge;
mod organization;
mod project;
mod repository;
mod run;
mod spec;
mod task;
mod ticket;
mod trajectory;
mod user;
mod work_graph;

use eventstore::{Guard, Snapshot};
use kernel::{ProjectId, Uuid};

pub use lease::WorkLease;
pub use run::{RunRules, RunSlots};
pub use ticket::Columns;
pub use trajectory::CallRules;

use crate::Permission;

/// Where a decision is about to be appended.
#[derive(Debug)]
pub struct Site<'a, R> {
    /// The stream.
    pub id: Uuid,
    /// Its project.
    pub project: Option<ProjectId>,
    /// What the guards depend on besides the stream's own events.
    pub rules: &'a R,
}

/// An aggregate that the dispatcher can serve.
pub trait Handled: Snapshot<Command: Clone + Sync> {
    /// What its guards depend on besides its own events, e.g. the limits of the board's columns; `()` for most.
    type Rules: Send + Sync + 'static;

    /// What the actor needs for this command.
    fn permission(command: &Self::Command) -> Permission;

    /// The project of a new stream, when its id says so.
    fn project(id: Uuid) -> Option<ProjectId> {
        let _ = id;
        None
    }

    /// The rules over a set that these events touch; decided inside the append. `self` is the state before.
    fn guards(&self, site: &Site<'_, Self::Rules>, events: &[Self::Event]) -> Vec<Guard>;
}
