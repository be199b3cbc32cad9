//! A sign-in begins: where the browser goes, and what must come back with it.

use std::fmt;

use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, Scope};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreJsonWebKeySet};
use openidconnect::{IssuerUrl, Nonce};
use vault::secret::{ExposeSecret as _, SecretString};

use crate::provider::{Github, Issuer, Way};
use crate::{Client, Flaw, OauthError, random};

/// A sign-in that has begun. The caller keeps `state` and `pending`, bound to the browser, and sends it to `url`.
pub struct Begun {
    /// Where the browser is sent. Holds the state and the nonce, so it is as secret as they are.
    pub url: SecretString,
    /// What the browser must bring back, letter by letter. 256 random bits.
    pub state: SecretString,
    /// What [`Client::finish`] needs.
    pub pending: Pending,
}

/// What proves that the answer belongs to this sign-in. It never passes through the address bar.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Proves that who has the code is who began (PKCE).
    pub verifier: SecretString,
    /// Must stand in the ID token.
    pub nonce: SecretString,
}

impl fmt::Debug for Begun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Begun").finish_non_exhaustive()
    }
}

impl Client {
    /// Begins a sign-in. Asks for who somebody is, her name and her e-mail address, and for nothing else.
    ///
    /// # Errors
    /// At an OpenID issuer, when discovery fails: [`OauthError::Away`], [`OauthError::Misconfigured`] when there is no
    /// issuer, [`OauthError::Invalid`] when it contradicts itself. At GitHub never.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    pub async fn begin(&self) -> Result<Begun, OauthError> {
        let state = random::text();
        let pending = Pending { verifier: random::text(), nonce: random::text() };
        let url = match &self.provider.way {
            Way::Oidc(issuer) => self.openid_url(issuer, &state, &pending).await?,
            Way::Github(github) => self.github_url(github, &state, &pending),
        };
        Ok(Begun { url: url.into(), state, pending })
    }

    async fn openid_url(
        &self,
        issuer: &Issuer,
        state: &SecretString,
        pending: &Pending,
    ) -> Result<String, OauthError> {
        let metadata = self.metadata(issuer).await?;
        let issuer_url = IssuerUrl::new(issuer.text.clone()).map_err(|_| Flaw::DiscoveryIssuer)?;
        let client_id = ClientId::new(self.provider.client_id.clone());
        let client = CoreClient::new(client_id, issuer_url, CoreJsonWebKeySet::default())
            .set_auth_uri(AuthUrl::from_url(metadata.authorization_endpoint.clone()))
            .set_redirect_uri(self.redirect_uri.clone());
        let state = CsrfToken::new(state.expose_secret().to_owned());
        let nonce = Nonce::new(pending.nonce.expose_secret().to_owned());
        let (url, ..) = client
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, move || state, move || nonce)
            .add_scopes(["email", "profile"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge(pending))
            .url();
        Ok(url.into())
    }

    fn github_url(&self, github: &Github, state: &SecretString, pending: &Pending) -> String {
        let state = CsrfToken::new(state.expose_secret().to_owned());
        let (url, _) = BasicClient::new(ClientId::new(self.provider.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(github.authorize()))
            .set_redirect_uri(self.redirect_uri.clone())
            .authorize_url(move || state)
            .add_scopes(["read:user", "user:email"].map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge(pending))
            .url();
        url.into()
    }
}

/// By S256, always: the other method shows the verifier to whoever sees the address.
fn challenge(pending: &Pending) -> PkceCodeChallenge {
    PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(
        pending.verifier.expose_secret().to_owned(),
    ))
}
