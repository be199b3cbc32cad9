#![doc = include_str!("../README.md")]

mod absent;
mod bounded;
mod companion;
mod files;
mod forward;
mod git;
mod host;
mod locks;
mod orders;
mod snapshot;
mod spool;
mod worker;

pub use worker::{WorkerError, work};
