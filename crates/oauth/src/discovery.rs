//! What an issuer says of itself, and the keys that it signs with.

use std::sync::Arc;

use oauth2::AuthType;
use oauth2::http::StatusCode;
use oauth2::url::Url;
use openidconnect::core::CoreJsonWebKeySet;
use serde::Deserialize;

use crate::provider::Issuer;
use crate::{Client, Flaw, OauthError, Setting, address};

/// The part of discovery that is used here. Nothing is known of addresses before [`Metadata::checked`].
#[derive(Debug, Deserialize)]
pub(crate) struct Metadata {
    issuer: String,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) userinfo_endpoint: Option<Url>,
    jwks_uri: Url,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Whether every redirect names the issuer (RFC 9207).
    #[serde(default)]
    pub(crate) authorization_response_iss_parameter_supported: bool,
}

impl Metadata {
    fn checked(self, issuer: &Issuer) -> Result<Self, Flaw> {
        // As text: an issuer that is spelt in another way is another issuer (OpenID Connect Discovery, 4.3).
        if self.issuer != issuer.text {
            return Err(Flaw::DiscoveryIssuer);
        }
        let named = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        let mut named = named.iter().copied().chain(&self.userinfo_endpoint);
        let safe = named.all(|endpoint| address::may_be_named(&issuer.url, endpoint));
        if safe { Ok(self) } else { Err(Flaw::Endpoint) }
    }

    /// How the client proves to be itself: in a header unless the issuer knows the body only.
    pub(crate) fn auth_type(&self) -> AuthType {
        let knows = |method: &str, methods: &[String]| methods.iter().any(|known| known == method);
        match &self.token_endpoint_auth_methods_supported {
            Some(methods)
                if knows("client_secret_post", methods) && !knows("client_secret_basic", methods) =>
            {
                AuthType::RequestBody
            }
            _ => AuthType::BasicAuth,
        }
    }
}

impl Client {
    /// What the issuer says of itself; fresh, or fetched.
    pub(crate) async fn metadata(&self, issuer: &Issuer) -> Result<Arc<Metadata>, OauthError> {
        if let Some(metadata) = self.metadata.fresh() {
            return Ok(metadata);
        }
        let answer: Result<Metadata, StatusCode> = self.http.get(&issuer.discovery(), None).await?;
        let metadata = answer.map_err(|_| Setting::Issuer)?.checked(issuer)?;
        Ok(self.metadata.keep(metadata))
    }

    /// The issuer's keys; fresh, or fetched.
    pub(crate) async fn keys(&self, metadata: &Metadata) -> Result<Arc<CoreJsonWebKeySet>, OauthError> {
        match self.keys.fresh() {
            Some(keys) => Ok(keys),
            None => self.new_keys(metadata).await,
        }
    }

    /// The issuer's keys as they are now.
    pub(crate) async fn new_keys(&self, metadata: &Metadata) -> Result<Arc<CoreJsonWebKeySet>, OauthError> {
        let answer: Result<CoreJsonWebKeySet, StatusCode> = self.http.get(&metadata.jwks_uri, None).await?;
        Ok(self.keys.keep(answer.map_err(|_| Flaw::Unreadable)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(more: &str) -> Metadata {
        let text = format!(
            r#"{{"issuer":"https://a.example","authorization_endpoint":"https://a.example/authorize",
                "token_endpoint":"https://a.example/token","jwks_uri":"https://keys.example/jwks"{more}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    fn issuer(text: &str) -> Issuer {
        Issuer { text: text.to_owned(), url: Url::parse(text).unwrap() }
    }

    #[test]
    fn an_issuer_is_spelt_in_one_way() {
        assert!(read("").checked(&issuer("https://a.example")).is_ok());
        for other in ["https://a.example/", "https://A.example", "https://b.example"] {
            assert_eq!(read("").checked(&issuer(other)).unwrap_err(), Flaw::DiscoveryIssuer, "{other}");
        }
    }

    #[test]
    fn every_address_that_it_names_is_looked_at() {
        let read = |change: fn(&mut Metadata)| {
            let mut metadata = read(r#","userinfo_endpoint":"https://a.example/userinfo""#);
            change(&mut metadata);
            metadata.checked(&issuer("https://a.example")).map(drop)
        };
        assert_eq!(read(|_| ()), Ok(()));
        let changes: [fn(&mut Metadata); 4] = [
            |metadata| metadata.authorization_endpoint = Url::parse("javascript:alert(1)").unwrap(),
            |metadata| metadata.token_endpoint = Url::parse("http://a.example/token").unwrap(),
            |metadata| metadata.jwks_uri = Url::parse("http://127.0.0.1/jwks").unwrap(),
            |metadata| metadata.userinfo_endpoint = Url::parse("http://localhost/userinfo").ok(),
        ];
        for change in changes {
            assert_eq!(read(change), Err(Flaw::Endpoint));
        }
    }

    #[test]
    fn the_secret_goes_where_the_issuer_wants_it() {
        let methods =
            |list: &str| read(&format!(r#","token_endpoint_auth_methods_supported":[{list}]"#)).auth_type();
        assert!(matches!(read("").auth_type(), AuthType::BasicAuth), "the default of the standard");
        assert!(matches!(methods(r#""client_secret_post","client_secret_basic""#), AuthType::BasicAuth));
        assert!(matches!(methods(r#""client_secret_post""#), AuthType::RequestBody));
    }
}
