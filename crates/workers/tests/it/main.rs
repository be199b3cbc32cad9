//! The loops that run beside the API, on a real Postgres; a story a file.
#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the tests share")]

#[allow(dead_code, reason = "shared with the tests of the log")]
#[path = "../../../eventstore/tests/it/support.rs"]
mod support;

mod board;
mod embeddings;
mod event_index;
mod generations;
mod node;
mod planning;
mod processes;
mod readers;
mod site;
