//! Passwords: what one may be ([`Password`]) and what is kept of it ([`PasswordHash`]).
//!
//! Counting attempts, and how many hashes run at a time, is for whoever calls: each takes 19 MiB.

mod hash;
mod policy;

pub use hash::{HashingFailed, PasswordHash, UnreadableHash, verify};
pub use policy::{Password, PasswordError};
