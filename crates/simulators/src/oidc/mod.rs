//! A provider of accounts: an OpenID issuer and, at the same address, one that behaves as GitHub does.
//!
//! | path | as |
//! |---|---|
//! | `/.well-known/openid-configuration`, `/jwks` | OpenID discovery and keys |
//! | `/authorize`, `/token`, `/userinfo` | OpenID: code flow, PKCE by S256 required |
//! | `/login/oauth/authorize`, `/login/oauth/access_token` | GitHub: errors of the second come with status 200 |
//! | `/user`, `/user/emails`, and below `/api/v3` | GitHub's API, and that of an Enterprise Server |
//!
//! What it does not do: show pages, ask for a password, refresh tokens, let anybody register over HTTP.

mod authorize;
mod body;
mod browser;
mod discovery;
mod fault;
mod github;
mod id_token;
mod keys;
mod person;
mod request;
mod state;
mod token;

use std::fmt;
use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use tokio::{net::TcpListener, task::JoinHandle};

pub use browser::{NoRedirect, Redirect, go};
pub use fault::Fault;
pub use keys::Algorithm;
pub use person::Person;
pub use request::Request;
use state::Provider;

/// A running provider. It ends when this is dropped.
pub struct Oidc {
    provider: Arc<Provider>,
    serving: JoinHandle<()>,
}

/// What a client got when it registered.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its public name.
    pub client_id: String,
    /// What proves that it is this client. Good for this provider only, which is gone after the test.
    pub client_secret: String,
}

impl Oidc {
    /// Starts one that signs with RS256, as most do.
    ///
    /// # Panics
    /// When this machine has no free port: a test cannot go on.
    pub async fn start() -> Self {
        Self::start_with(Algorithm::Rs256).await
    }

    /// Starts one that signs with this algorithm.
    ///
    /// # Panics
    /// When this machine has no free port: a test cannot go on.
    pub async fn start_with(algorithm: Algorithm) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("the loopback has a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let provider = Arc::new(Provider::new(format!("http://{address}"), algorithm));
        let router = router(Arc::clone(&provider));
        let serving = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("the server ends with its handle, not before");
        });
        Self { provider, serving }
    }

    /// Its name and address: `http://127.0.0.1:<port>`. Base of the GitHub-like provider too.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.provider.issuer()
    }

    /// Registers a client that may be answered at exactly this address.
    #[must_use]
    pub fn register(&self, redirect_uri: &str) -> Registration {
        self.provider.register(redirect_uri)
    }

    /// Whoever comes to sign in from here on is this person.
    pub fn person(&self, person: Person) -> &Self {
        self.provider.set_person(person);
        self
    }

    /// Misbehaves from here on, whoever signs in.
    pub fn misbehave(&self, fault: Fault) -> &Self {
        self.provider.add_rule(None, fault);
        self
    }

    /// Misbehaves from here on when this person signs in.
    pub fn misbehave_for(&self, sub: &str, fault: Fault) -> &Self {
        self.provider.add_rule(Some(sub.to_owned()), fault);
        self
    }

    /// Forgets every fault.
    pub fn behave(&self) -> &Self {
        self.provider.forget_rules();
        self
    }

    /// Replaces the signing key by a new one. The old one is no longer published.
    pub fn rotate_keys(&self) -> &Self {
        self.provider.rotate_keys();
        self
    }

    /// Ends it, and returns when nobody listens at its address any more.
    pub async fn stop(mut self) {
        self.serving.abort();
        // It ends as cancelled: that is what was asked for.
        let _ = (&mut self.serving).await;
    }

    /// Every request so far, in order.
    #[must_use]
    pub fn requests(&self) -> Vec<Request> {
        self.provider.requests()
    }

    /// The requests to one path.
    #[must_use]
    pub fn requests_to(&self, path: &str) -> Vec<Request> {
        self.requests().into_iter().filter(|request| request.path == path).collect()
    }
}

impl Drop for Oidc {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl fmt::Debug for Oidc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oidc").field("issuer", &self.issuer()).finish_non_exhaustive()
    }
}

fn router(provider: Arc<Provider>) -> Router {
    Router::new()
        .route("/.well-known/openid-configuration", get(discovery::metadata))
        .route("/jwks", get(discovery::jwks))
        .route("/authorize", get(authorize::openid))
        .route("/token", post(token::token))
        .route("/userinfo", get(discovery::userinfo))
        .route("/login/oauth/authorize", get(authorize::github))
        .route("/login/oauth/access_token", post(github::access_token))
        .route("/user", get(github::user))
        .route("/user/emails", get(github::emails))
        .route("/api/v3/user", get(github::user))
        .route("/api/v3/user/emails", get(github::emails))
        .layer(middleware::from_fn_with_state(Arc::clone(&provider), request::record))
        .with_state(provider)
}
