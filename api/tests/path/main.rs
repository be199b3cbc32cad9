//! The long proofs of the path from a command over HTTP to the read models, one a file, each with its must-fail twin.
//!
//! In `make test` each takes about `PROOF_SECONDS` and runs as many cases as fit, at least three; with
//! `PROOF_FULL=1` it runs its full count (`cargo xtask proof path --full`). The clock and the figures are those of
//! the proofs of the log. `site.rs` and `nodes.rs` are the product as it runs, `client.rs` and `load.rs` who uses
//! it, `tour.rs` makes every type of event happen, and `judge.rs` says whether every promise was kept.

mod client;
#[allow(dead_code, reason = "shared with the proofs of the bus, which use the rest")]
mod database;
mod door;
mod judge;
mod kept_alive;
mod load;
mod merges_tour;
mod nodes;
#[path = "../../../crates/eventstore/tests/proofs/proof.rs"]
mod proof;
mod proxy;
mod runs_tour;
mod site;
mod specs_tour;
#[allow(dead_code, unused_imports, reason = "shared with the stories of tests/it, which use all of it")]
#[path = "../support/mod.rs"]
mod support;
mod tour;

mod cut_after_commit;
mod drain;
mod duplicates;
mod edges;
mod kill_api;
mod kill_projector;
mod last_place;
mod old_events;
mod one_stream;
mod open_transaction;
mod poison;
mod replay;
mod restart_postgres;
mod two_processes;
