//! The long proofs of whole builds, one a file: from a repository and a plan to merged, verified commits. Whatever overlaps, whoever is
//! killed, and whatever only fails together: what was accepted is on the branch once, or waits for a person with its commit.
//!
//! `world.rs` is the product as it runs, with repositories and plans; `overlap.rs` makes up work whose conflicts are known; `seen.rs` reads
//! what became of a merge, and `judge.rs` says whether every promise was kept. `history.rs` judges the commits one by one, and
//! `killed_judge.rs` what was built while everybody was killed. In `fixtures/` are small repositories as people have them, each with a plan.

#[allow(dead_code, reason = "shared with the proofs of the path, which use all of it")]
#[path = "../path/database.rs"]
mod database;
#[allow(dead_code, reason = "shared with the proofs of agents, which use all of it")]
#[path = "../agents/marks.rs"]
mod marks;
#[allow(dead_code, reason = "shared with the proofs of the log, which use all of it")]
#[path = "../../../crates/eventstore/tests/proofs/proof.rs"]
mod proof;
#[allow(dead_code, unused_imports, reason = "shared with the stories of tests/it, which use all of it")]
#[path = "../support/mod.rs"]
mod support;

mod history;
mod judge;
mod killed_judge;
mod overlap;
mod seen;
mod world;

mod fixtures;
mod killed;
mod overlapping;
mod semantic;
