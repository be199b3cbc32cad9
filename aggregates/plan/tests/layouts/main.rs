//! Plans as files, on folders as their tools write them, on broken ones, and on hostile texts.
#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the tests share")]

mod broken;
mod corpus;
mod documents;
mod folders;
mod judged;
mod limits;
mod plans;
mod round_trips;
mod summary;
