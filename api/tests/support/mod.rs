//! What the stories in `tests/it` share: the real binary, the real services, and waiting for conditions.

mod api;
mod bus_of_others;
mod database;
mod eventually;
mod person;
mod plans;
mod processes;
mod repository;
mod socket;
mod up;
pub(crate) mod workshop;

pub(crate) use api::{Answer, Api, answer};
pub(crate) use bus_of_others::{Credential, bus_of_others};
pub(crate) use database::{TestDatabase, guard_exe};
pub(crate) use eventually::eventually;
pub(crate) use person::{PASSWORD, Person, letter_to, token_of};
pub(crate) use plans::{files_of, plan_of};
pub(crate) use processes::{descendants, is_running, signal};
pub(crate) use repository::{git, repository};
pub(crate) use socket::{Follower, Socket};
pub(crate) use up::{MASTER_KEY, Ready, Up, omoi, remove_home};
