//! The long proofs of the event bus and of the live socket, one a file, each with its must-fail twin: whatever becomes of
//! the bus, of the server or of a client, everybody hears everything once, and work goes on.
//!
//! They share the product as it runs and who uses it with the proofs of the path. `viewer.rs` is a client of the socket that
//! always goes on where it was, `bus_log.rs` reads the bus as an analyst does and says whether it is the log.

#[allow(dead_code, reason = "shared with the proofs of the path, which use all of it")]
#[path = "../path/client.rs"]
mod client;
#[allow(dead_code, reason = "shared with the proofs of the path, which use all of it")]
#[path = "../path/database.rs"]
mod database;
#[allow(dead_code, reason = "shared with the proofs of the path, which use all of it")]
#[path = "../path/door.rs"]
mod door;
#[path = "../path/load.rs"]
mod load;
#[allow(dead_code, reason = "shared with the proofs of the log, which use all of it")]
#[path = "../../../crates/eventstore/tests/proofs/proof.rs"]
mod proof;
#[allow(dead_code, reason = "shared with the proofs of the path, which use all of it")]
#[path = "../path/site.rs"]
mod site;
#[allow(dead_code, unused_imports, reason = "shared with the stories of tests/it, which use all of it")]
#[path = "../support/mod.rs"]
mod support;

mod bus_log;
mod place;
mod viewer;

mod kill_api;
mod nats_away;
mod nats_wiped;
mod slow_clients;
mod stale_replay;
