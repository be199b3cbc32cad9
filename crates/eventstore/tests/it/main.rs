//! The log keeps its promises, on a real Postgres; a story a file.

mod append;
mod commands_once;
mod conformance;
mod counter;
mod guards;
mod neighbours;
mod stock;
mod support;
