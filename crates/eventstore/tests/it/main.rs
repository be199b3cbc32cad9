//! The log keeps its promises, on a real Postgres; a story a file.
#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the tests share")]

mod append;
mod blobs;
mod chains;
mod commands_once;
mod conformance;
mod content_hashes;
mod counter;
mod guards;
mod guards_rebuild;
mod leases;
mod loading;
mod neighbours;
mod partitions;
mod reading;
mod relcheck;
mod rights;
mod second_hash;
mod stock;
mod support;
mod tenants;
mod unavailable;
