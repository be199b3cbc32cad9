//! From where a request comes: the address of its connection, and what the client calls itself.

use std::convert::Infallible;
use std::net::SocketAddr;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::{header, request::Parts};

/// For the list of sessions, the audit and throttling.
#[derive(Clone, Debug)]
pub(crate) struct Origin(pub(crate) accounts::Origin);

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip().to_string());
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self(accounts::Origin { address, agent: agent.map(str::to_owned) }))
    }
}
