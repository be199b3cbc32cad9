//! What is outside of an installation: hosts that agents may reach, looked up in such a way that nobody gets at what is inside.

use std::fmt;
use std::net::SocketAddr;

use crate::BoxFuture;

/// Knows where hosts are.
pub trait Outside: fmt::Debug + Send + Sync {
    /// The addresses of a host, in the order in which they are to be tried. Whoever connects takes these and does not look the name
    /// up again: it may mean something else a moment later.
    fn addresses<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Vec<SocketAddr>, OutsideError>>;
}

/// Why nobody can go there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutsideError {
    /// Nobody knows the name.
    #[error("there is no such host")]
    Unknown,
    /// It is within a network of somebody's own.
    #[error(
        "it has an address that is not public; `private_hosts` of the server's settings names those that may be reached"
    )]
    Private,
}
