//! One provider, and the address that it answers to.

use std::time::Duration;

use oauth2::RedirectUrl;
use openidconnect::core::CoreJsonWebKeySet;

use crate::address;
use crate::discovery::Metadata;
use crate::http::Http;
use crate::kept::Kept;
use crate::{OauthError, Provider, Setting};

/// Begins and finishes sign-ins by one provider. Made once and shared: it keeps connections, and what discovery said.
#[derive(Debug)]
pub struct Client {
    pub(crate) provider: Provider,
    pub(crate) redirect_uri: RedirectUrl,
    pub(crate) http: Http,
    pub(crate) metadata: Kept<Metadata>,
    pub(crate) keys: Kept<CoreJsonWebKeySet>,
}

impl Client {
    /// A client that is answered at `redirect_uri`, letter by letter as it is registered at the provider. It must be for
    /// this provider alone. Nobody is asked yet.
    ///
    /// # Errors
    /// [`OauthError::Misconfigured`]: the address is not https, or this machine has no root certificates.
    pub fn new(provider: Provider, redirect_uri: &str) -> Result<Self, OauthError> {
        if !address::is_redirect_uri(redirect_uri) {
            return Err(Setting::RedirectUri.into());
        }
        let redirect_uri = RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| Setting::RedirectUri)?;
        let http = Http::new()?;
        Ok(Self { provider, redirect_uri, http, metadata: Kept::nothing(), keys: Kept::nothing() })
    }

    /// With another time that each answer may take; it is 10 s otherwise. A sign-in needs four answers at most.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.http.set_patience(patience);
        self
    }

    /// Whom it asks.
    #[must_use]
    pub const fn provider(&self) -> &Provider {
        &self.provider
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_redirect_address_is_looked_at_and_kept_as_it_is_spelt() {
        let made = |redirect_uri| Client::new(Provider::google("c", "s".into()).unwrap(), redirect_uri);
        for text in ["http://omoi.example/callback", "https://omoi.example/#x", "/callback", ""] {
            assert_eq!(made(text).unwrap_err().code(), "oauth_misconfigured_redirect_uri", "{text}");
        }
        // An address that a parser would spell in another way, which the provider would not recognise.
        let spelt = "https://OMOI.example:443";
        assert_eq!(made(spelt).unwrap().redirect_uri.as_str(), spelt);
    }
}
