#![doc = include_str!("../README.md")]

mod address;
mod client;
mod discovery;
mod error;
mod exchange;
mod finish;
mod github;
mod http;
mod id_token;
mod identity;
mod kept;
mod provider;
mod random;
mod said;
mod start;
mod userinfo;

pub use client::Client;
pub use error::{Flaw, OauthError, Outage, Refusal, Setting};
pub use identity::{Email, Identity};
pub use provider::{Kind, Provider};
pub use start::{Begun, Pending};
