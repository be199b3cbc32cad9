//! What follows from a plan. Pure and the same on every node; nothing here is taken from what a model claims.
//!
//! - [`Edges`] what comes before what
//! - [`schedule`] order, waves, the critical path by hours
//! - [`coverage`] which requirement is met by which tasks
//! - [`totals`] hours, tasks by type, files
//! - [`changed_tasks`] and its like: what another version says otherwise
//! - [`sync`] all of it, as the output of the phase `sync`
//!
//! A plan that breaks an invariant is computed, too: what is unknown is left out, and tasks that wait for themselves
//! have no order.

mod changes;
mod coverage;
mod edges;
pub(crate) mod graph;
mod schedule;
mod sync;
mod totals;

pub use changes::{Changes, changed_requirements, changed_tasks, changed_tickets};
pub use coverage::coverage;
pub use edges::Edges;
pub use schedule::{ASSUMED_MINUTES, Schedule, minutes, schedule};
pub use sync::sync;
pub use totals::{Totals, totals};

#[cfg(test)]
mod tests;
