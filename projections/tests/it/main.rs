//! What read models answer out of their tables and out of the log, on a real Postgres; a story a file.
#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the tests share")]

#[allow(dead_code, reason = "shared with the tests of the log")]
#[path = "../../../crates/eventstore/tests/it/support.rs"]
mod support;
mod tables;
mod tickets;
mod world;

mod held;
mod places_of_run;
mod ready;
