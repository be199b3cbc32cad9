#![doc = include_str!("../README.md")]

pub mod access;
pub mod api_key;
pub mod bus_password;
pub mod envelope;
mod fingerprint;
mod key_text;
pub mod password;
mod random;
pub mod secret;
pub mod token;

pub use fingerprint::Fingerprint;
pub use key_text::KeyTextError;
