//! Plans as files, on folders as their tools write them, on broken ones, and on hostile texts.

mod broken;
mod corpus;
mod documents;
mod folders;
mod limits;
mod plans;
mod round_trips;
mod summary;
