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
        Ok(Self(accounts::Origin { address, agent: agent.map(without_secrets) }))
    }
}

/// A client that puts its key or token there is to be known by the rest: the text is kept with the session.
fn without_secrets(agent: &str) -> String {
    let words = agent.split(' ').map(|word| {
        let secret = word.contains("omoi_") || word.contains("eyJ");
        if secret { "…" } else { word }
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_known_without_its_key() {
        assert_eq!(without_secrets("curl/8.5.0"), "curl/8.5.0");
        assert_eq!(without_secrets("tool/1 key=omoi_live_abc (x)"), "tool/1 … (x)");
        assert_eq!(without_secrets("eyJhbGciOiJFZERTQSJ9.e30.c2ln"), "…");
    }
}
