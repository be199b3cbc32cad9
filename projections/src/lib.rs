#![doc = include_str!("../README.md")]

pub mod activity;
pub mod board;
mod catalogue;
pub mod event_index;
mod fact;
pub mod memberships;
pub mod near_duplicates;
pub mod people;
mod projection;
pub mod projects;
mod reader;
mod remembered;
pub mod spec_workspace;
pub mod task_detail;
pub mod task_graph;
#[cfg(test)]
mod testing;
pub mod ticket_detail;

pub use catalogue::{Visitor, shown_in, visit_all};
pub use fact::Fact;
pub use projection::{Key, Projection};
pub use reader::{Answer, ReadModels, Row};
