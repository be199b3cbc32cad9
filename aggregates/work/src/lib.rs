//! The context of the work itself: what is to be done and how far it is.
//!
//! One module per aggregate; none uses another: [`project`] contains everything, [`ticket`] groups [`task`]s,
//! and [`work_graph`] knows which of them waits for which.

pub mod project;
pub mod task;
pub mod ticket;
pub mod work_graph;
