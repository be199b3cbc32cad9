//! A provider, a client of it, and a browser between them.

use oauth::{Begun, Client, Identity, Kind, OauthError, Provider};
use simulators::oidc::{Algorithm, Oidc, Person, Redirect, Registration, go};
use vault::secret::{ExposeSecret as _, SecretString};

pub(crate) const CALLBACK: &str = "http://127.0.0.1:9/auth/oauth/acme/callback";

/// How the provider speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum As {
    Openid,
    Github,
}

impl As {
    pub(crate) const BOTH: [Self; 2] = [Self::Openid, Self::Github];

    /// Where the client exchanges the code.
    pub(crate) const fn token_path(self) -> &'static str {
        match self {
            Self::Openid => "/token",
            Self::Github => "/login/oauth/access_token",
        }
    }
}

pub(crate) struct Stage {
    pub(crate) oidc: Oidc,
    pub(crate) registration: Registration,
    pub(crate) speaks: As,
    pub(crate) client: Client,
}

impl Stage {
    /// Ada signs in. ES256, because such a key is made in no time.
    pub(crate) async fn set(speaks: As) -> Self {
        Self::signing_with(Algorithm::Es256, speaks).await
    }

    pub(crate) async fn signing_with(algorithm: Algorithm, speaks: As) -> Self {
        let oidc = Oidc::start_with(algorithm).await;
        oidc.person(Person::ada());
        let registration = oidc.register(CALLBACK);
        let secret = registration.client_secret.as_str();
        let client = client(&oidc, speaks, &registration.client_id, secret, CALLBACK);
        Self { oidc, registration, speaks, client }
    }

    /// Another client of the same registration, with another secret or another address to be answered at.
    pub(crate) fn client_with(&self, secret: &str, redirect_uri: &str) -> Client {
        client(&self.oidc, self.speaks, &self.registration.client_id, secret, redirect_uri)
    }

    /// The whole way: begin, browser, finish.
    pub(crate) async fn sign_in(&self) -> Result<Identity, OauthError> {
        let begun = self.client.begin().await?;
        let redirect = browse(&begun).await;
        self.back(&begun, &redirect).await
    }

    /// What a caller does when the browser is back.
    pub(crate) async fn back(&self, begun: &Begun, redirect: &Redirect) -> Result<Identity, OauthError> {
        assert_eq!(redirect.state.as_deref(), Some(begun.state.expose_secret()), "the state comes back");
        let iss = redirect.iss.as_deref();
        match (&redirect.code, &redirect.error) {
            (Some(code), None) => self.client.finish(&secret(code), &begun.pending, iss).await,
            (None, Some(error)) => Err(self.client.not_given(error, iss).await),
            _ => panic!("neither code nor error, or both: {redirect:?}"),
        }
    }
}

fn client(oidc: &Oidc, speaks: As, id: &str, secret: &str, redirect_uri: &str) -> Client {
    let base = oidc.issuer().to_owned();
    let kind = match speaks {
        As::Openid => Kind::Oidc { issuer: base },
        As::Github => Kind::Github { web_base: base.clone(), api_base: base },
    };
    Client::new(Provider::new("acme", "Acme", kind, id, secret.into()).unwrap(), redirect_uri).unwrap()
}

pub(crate) async fn browse(begun: &Begun) -> Redirect {
    go(begun.url.expose_secret()).await.unwrap()
}

pub(crate) fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

/// The name of what went wrong.
pub(crate) fn code(result: &Result<Identity, OauthError>) -> &'static str {
    result.as_ref().map_or_else(OauthError::code, |_| "signed in")
}
