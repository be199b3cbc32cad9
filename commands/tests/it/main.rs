//! A command's whole way, on a real Postgres; a story a file.
#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the tests share")]

#[allow(dead_code, reason = "shared with the tests of the log")]
#[path = "../../../crates/eventstore/tests/it/counter.rs"]
mod counter;
#[allow(dead_code, reason = "shared with the tests of the log")]
#[path = "../../../crates/eventstore/tests/it/support.rs"]
mod support;

mod answers;
mod board;
mod columns;
mod edges;
mod in_turn;
mod nodes;
mod projects;
mod revisions;
mod snapshots;
mod units;
