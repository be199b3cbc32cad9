//! Accounts on a real Postgres, without HTTP; a story a file.
#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the tests share")]

#[allow(dead_code, reason = "shared with the tests of the log")]
#[path = "../../../eventstore/tests/it/support.rs"]
mod support;

mod house;

mod erased_is_gone;
mod keys_are_wrapped;
mod letters_leave_once;
mod the_vault_is_apart;
mod time_ends_things;
