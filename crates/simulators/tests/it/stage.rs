//! A provider, a client of it, and requests that have one thing different.

use std::collections::BTreeMap;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use reqwest::{RequestBuilder, Url};
use sha2::{Digest as _, Sha256};
use simulators::oidc::{Algorithm, Oidc, Person, Registration};

pub(crate) const CALLBACK: &str = "http://127.0.0.1:9/oauth/callback";
pub(crate) const VERIFIER: &str = "a-verifier-of-the-forty-three-characters-it-needs";

/// A parameter, and what stands there instead; `None` leaves it out.
pub(crate) type Change<'a> = (&'a str, Option<&'a str>);

pub(crate) struct Stage {
    pub(crate) oidc: Oidc,
    pub(crate) client: Registration,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let oidc = Oidc::start_with(Algorithm::Es256).await;
        oidc.person(Person::ada());
        let client = oidc.register(CALLBACK);
        Self { oidc, client }
    }

    /// A good address to begin at, with some parameters replaced, or left out where there is no value.
    pub(crate) fn authorize(&self, path: &str, changes: &[Change<'_>]) -> String {
        let challenge = Base64UrlUnpadded::encode_string(&Sha256::digest(VERIFIER));
        let mut params = BTreeMap::from([
            ("client_id", self.client.client_id.as_str()),
            ("redirect_uri", CALLBACK),
            ("response_type", "code"),
            ("scope", "openid email user:email"),
            ("state", "the state"),
            ("nonce", "the nonce"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
        ]);
        change(&mut params, changes);
        Url::parse_with_params(&format!("{}{path}", self.oidc.issuer()), params).unwrap().into()
    }

    /// A good request for a token, with some parameters replaced or left out.
    pub(crate) fn token(&self, path: &str, code: &str, changes: &[Change<'_>]) -> RequestBuilder {
        let mut params = BTreeMap::from([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("client_id", self.client.client_id.as_str()),
            ("client_secret", self.client.client_secret.as_str()),
        ]);
        change(&mut params, changes);
        let form = Url::parse_with_params("http://127.0.0.1/", params).unwrap();
        reqwest::Client::new()
            .post(format!("{}{path}", self.oidc.issuer()))
            .header("accept", "application/json")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.query().unwrap().to_owned())
    }
}

fn change<'a>(params: &mut BTreeMap<&'a str, &'a str>, changes: &[Change<'a>]) {
    for (name, value) in changes {
        match value {
            Some(value) => params.insert(name, value),
            None => params.remove(name),
        };
    }
}

pub(crate) async fn json(request: RequestBuilder) -> (u16, serde_json::Value) {
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}
