//! The hostile tokens and keys of the attack corpus (D1), against the doors of this crate.
#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the tests share")]

mod hostile_api_keys;
mod hostile_tokens;
