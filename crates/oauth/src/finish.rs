//! A sign-in ends: the browser is back, with a code or with an error.

use oauth2::basic::BasicClient;
use oauth2::{
    AuthType, AuthorizationCode, ClientId, ClientSecret, PkceCodeVerifier, TokenResponse as _, TokenUrl,
};
use openidconnect::core::{CoreClient, CoreIdTokenClaims, CoreJsonWebKeySet};
use openidconnect::{IssuerUrl, TokenResponse as _};
use vault::secret::{ExposeSecret as _, SecretString};

use crate::exchange::TokenEndpoint;
use crate::provider::{Github, Issuer, Way};
use crate::userinfo::Userinfo;
use crate::{Client, Email, Flaw, Identity, OauthError, Pending, exchange, said};

impl Client {
    /// Who somebody is. `code` and `iss` are what the browser brought; `pending` is what was kept for **this** browser,
    /// after its state was found equal. The code is used up, whatever comes of it.
    ///
    /// # Errors
    /// Each kind of [`OauthError`]. [`OauthError::Away`] before the code was sent cannot be told from after: begin again.
    pub async fn finish(
        &self,
        code: &SecretString,
        pending: &Pending,
        iss: Option<&str>,
    ) -> Result<Identity, OauthError> {
        // Before anything is sent: a code that another provider gave out would otherwise be shown to this one.
        self.check_redirect(iss).await?;
        if !exchange::is_code(code.expose_secret()) {
            return Err(Flaw::Code.into());
        }
        match &self.provider.way {
            Way::Oidc(issuer) => self.finish_openid(issuer, code, pending).await,
            Way::Github(github) => self.finish_github(github, code, pending).await,
        }
    }

    /// What it means that the browser came back with an `error` and without a code. The state must have been found equal
    /// here too, or a stranger writes our log.
    pub async fn not_given(&self, error: &str, iss: Option<&str>) -> OauthError {
        match self.check_redirect(iss).await {
            Ok(()) => said::in_redirect(error),
            Err(error) => error,
        }
    }

    /// RFC 9207: whoever is named must be who was asked, and who always names himself must be named.
    async fn check_redirect(&self, iss: Option<&str>) -> Result<(), OauthError> {
        let (issuer, always) = match &self.provider.way {
            Way::Oidc(issuer) => {
                let metadata = self.metadata(issuer).await?;
                (issuer.text.clone(), metadata.authorization_response_iss_parameter_supported)
            }
            Way::Github(github) => (github.issuer(), false),
        };
        match iss {
            Some(named) if named == issuer => Ok(()),
            Some(_) => Err(Flaw::RedirectIssuer.into()),
            None if always => Err(Flaw::RedirectIssuerMissing.into()),
            None => Ok(()),
        }
    }

    async fn finish_openid(
        &self,
        issuer: &Issuer,
        code: &SecretString,
        pending: &Pending,
    ) -> Result<Identity, OauthError> {
        let metadata = self.metadata(issuer).await?;
        let issuer_url = IssuerUrl::new(issuer.text.clone()).map_err(|_| Flaw::DiscoveryIssuer)?;
        let client = CoreClient::new(self.client_id(), issuer_url, CoreJsonWebKeySet::default())
            .set_client_secret(self.client_secret())
            .set_auth_type(metadata.auth_type())
            .set_token_uri(TokenUrl::from_url(metadata.token_endpoint.clone()))
            .set_redirect_uri(self.redirect_uri.clone());
        let token = client
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(verifier(pending))
            .request_async(&TokenEndpoint(&self.http))
            .await
            .map_err(exchange::failed)?;
        let id_token = token.id_token().ok_or(Flaw::IdTokenMissing)?;
        let claims = self.verified(issuer, &metadata, id_token, &pending.nonce).await?;
        let subject = claims.subject().as_str().to_owned();
        let (mut email, mut name) = (email(&claims), name(&claims));
        if let (None, Some(endpoint)) = (&email, &metadata.userinfo_endpoint) {
            let userinfo = Userinfo::of(&subject, &self.http, endpoint, token.access_token()).await?;
            email = userinfo.email();
            name = name.or(userinfo.name);
        }
        Ok(Identity::checked(subject, email, name)?)
    }

    async fn finish_github(
        &self,
        github: &Github,
        code: &SecretString,
        pending: &Pending,
    ) -> Result<Identity, OauthError> {
        let client = BasicClient::new(self.client_id())
            .set_client_secret(self.client_secret())
            .set_auth_type(AuthType::RequestBody)
            .set_token_uri(TokenUrl::from_url(github.access_token()))
            .set_redirect_uri(self.redirect_uri.clone());
        let token = client
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(verifier(pending))
            .request_async(&TokenEndpoint(&self.http))
            .await
            .map_err(exchange::failed)?;
        github.identity(&self.http, token.access_token()).await
    }

    fn client_id(&self) -> ClientId {
        ClientId::new(self.provider.client_id.clone())
    }

    // The types of the crate hide a secret from `Debug` and do not wipe it: they live as long as one request.
    fn client_secret(&self) -> ClientSecret {
        ClientSecret::new(self.provider.client_secret.expose_secret().to_owned())
    }
}

fn verifier(pending: &Pending) -> PkceCodeVerifier {
    PkceCodeVerifier::new(pending.verifier.expose_secret().to_owned())
}

fn email(claims: &CoreIdTokenClaims) -> Option<Email> {
    let address = claims.email()?.as_str().to_owned();
    Some(Email { address, verified: claims.email_verified().unwrap_or(false) })
}

fn name(claims: &CoreIdTokenClaims) -> Option<String> {
    Some(claims.name()?.get(None)?.as_str().to_owned())
}
