//! The long proofs of planning, one a file: from an idea to a plan and its work, by the program as it runs and a model that answers
//! from a script. Whatever the model does, whoever is killed, and whatever somebody brings along, the plan is the same, or is
//! refused by name.

#[allow(dead_code, reason = "shared with the proofs of the log, which use all of it")]
#[path = "../../../crates/eventstore/tests/proofs/proof.rs"]
mod proof;
#[allow(dead_code, unused_imports, reason = "shared with the stories of tests/it, which use all of it")]
#[path = "../support/mod.rs"]
mod support;

mod judge;
mod world;

mod defects;
mod faults;
mod kill;
mod materialize;
mod pipeline;
mod round_trip;
