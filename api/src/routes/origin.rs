//! From where a request comes: the address of the client, and what it calls itself.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::{header, request::Parts};

use super::client_address::ClientAddress;

/// For the list of sessions, the audit and throttling.
#[derive(Clone, Debug)]
pub(crate) struct Origin(pub(crate) accounts::Origin);

impl<S: Send + Sync> FromRequestParts<S> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let address = parts.extensions.get::<ClientAddress>().map(|client| client.0.to_string());
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self(accounts::Origin { address, agent: agent.map(str::to_owned) }))
    }
}
