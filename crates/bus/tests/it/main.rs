//! The relay against a real server.
#![expect(clippy::unwrap_used, reason = "a panic is the report, also in what the tests share")]

mod analytics;
mod consumers;
mod following;
mod healing;
mod log;
mod messages;
mod publishing;
mod server;
