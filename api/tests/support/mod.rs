//! What the stories in `tests/it` share: the real binary, the real services, and waiting for conditions.

mod api;
mod database;
mod eventually;
mod person;
mod processes;
mod socket;
mod up;

pub(crate) use api::{Answer, Api, answer};
pub(crate) use database::{TestDatabase, guard_exe};
pub(crate) use eventually::eventually;
pub(crate) use person::{PASSWORD, Person, letter_to, token_of};
pub(crate) use processes::{descendants, is_running, signal};
pub(crate) use socket::{Follower, Socket};
pub(crate) use up::{MASTER_KEY, Up, omoi, remove_home};
