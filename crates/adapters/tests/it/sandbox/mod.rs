//! Programs in sandboxes: what they are given, what they cannot do, and that they end.
//!
//! One suite for all providers: a test runs in each house that there is (`lab.rs`), and asks what only one that isolates can hold
//! by its level.

mod ending;
mod escapes;
mod given;
mod killed;
mod lab;
mod lifecycle;
mod limits;
mod neighbours;
mod refused;
mod tries;
