#![doc = include_str!("../README.md")]

pub mod activity;
pub mod agent_roster;
pub mod board;
mod catalogue;
pub mod event_index;
mod fact;
pub mod inbox;
pub mod interventions;
pub mod memberships;
pub mod merge_queue;
pub mod near_duplicates;
pub mod people;
mod projection;
pub mod projects;
mod reader;
pub mod ready_queue;
mod remembered;
pub mod run_trajectory;
pub mod sandbox_fleet;
pub mod spec_report;
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
