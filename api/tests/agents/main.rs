//! The long proofs of agents at work, one a file: whoever is killed, whatever is away, and whatever somebody tells an agent to do,
//! each task is done once, each run ends once, what was committed is kept, and nothing leaves a sandbox.
//!
//! `batch.rs` is a few tasks that are done at once, and what has to be true of them afterwards.

#[allow(dead_code, reason = "shared with the proofs of the log, which use all of it")]
#[path = "../../../crates/eventstore/tests/proofs/proof.rs"]
mod proof;
#[allow(dead_code, unused_imports, reason = "shared with the stories of tests/it, which use all of it")]
#[path = "../support/mod.rs"]
mod support;

mod batch;
mod ear;
mod marks;
mod place;

mod a_killed_call_is_ambiguous;
mod injected_orders_do_nothing;
mod runs_survive_kill_nine;
mod runs_survive_their_database;
