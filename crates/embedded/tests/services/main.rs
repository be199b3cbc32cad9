//! The real Postgres and NATS, started, killed and stopped.

mod nats_rights;
mod nats_users;
mod postgres_lives;

use std::path::Path;

/// The guard program of this crate.
fn guard_exe() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_child-guard"))
}
