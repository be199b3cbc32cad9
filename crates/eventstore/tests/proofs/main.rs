//! The long proofs of the log, one a file, each with its must-fail twin.
//!
//! In `make test` each takes about `PROOF_SECONDS` and runs as many cases as fit, at least three; with
//! `PROOF_FULL=1` it runs its full count (`cargo xtask proof log --full`). `proof.rs` is the clock and the
//! figures, `evidence.rs` what is found wrong with a log, `process.rs` and `cluster.rs` what is killed.

#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the proofs share")]

mod cluster;
mod copier;
mod evidence;
mod load;
mod process;
mod proof;
mod schedule;
#[allow(dead_code, reason = "shared with the stories of tests/it, which use all of it")]
#[path = "../it/support.rs"]
mod support;

mod crash_points;
mod disk_full;
mod ingest;
mod kill_postgres;
mod kill_writer;
mod last_place;
mod many_writers;
mod open_transaction;
mod order;
mod retry;
mod stopped_writer;
mod subscribe;
