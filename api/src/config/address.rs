//! `HOST:PORT`, where the host is an address or `localhost`.

use std::{
    net::{AddrParseError, SocketAddr},
    str::FromStr,
};

/// Where to listen. Other names are refused: what they mean may change while we run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Address(pub(super) SocketAddr);

impl FromStr for Address {
    type Err = AddrParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.strip_prefix("localhost:") {
            Some(port) => format!("127.0.0.1:{port}").parse().map(Self),
            None => text.parse().map(Self),
        }
    }
}
