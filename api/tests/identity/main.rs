//! The long proofs of who people are, one a file, each with its must-fail twin: what is hostile is refused and leaves no
//! trace, what is secret or personal stands nowhere, and whoever has lost a right has lost it, whatever happens meanwhile.
//!
//! They share the product as it runs with the proofs of the path, and people and sockets with the stories of `tests/it`.
//! `world.rs` is who is there, `raw.rs` what no client would send.

#[allow(dead_code, reason = "shared with the proofs of the path, which use all of it")]
#[path = "../path/database.rs"]
mod database;
#[allow(dead_code, reason = "shared with the proofs of the log, which use all of it")]
#[path = "../../../crates/eventstore/tests/proofs/proof.rs"]
mod proof;
#[allow(dead_code, unused_imports, reason = "shared with the stories of tests/it, which use all of it")]
#[path = "../support/mod.rs"]
mod support;

mod raw;
mod world;

mod bus_of_others;
mod canaries;
mod clock;
mod corpus;
mod enumeration;
mod erasure;
mod many_accepts;
mod refresh_race;
mod role_removed;
