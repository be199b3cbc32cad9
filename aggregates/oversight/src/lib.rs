//! The context of oversight: who steps into the work of agents, why, and what comes of it.
//!
//! One aggregate yet: [`intervention`]. Discoveries and memories are to come.

pub mod intervention;
