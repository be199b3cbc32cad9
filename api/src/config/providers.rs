//! By which accounts elsewhere people may sign in.

use super::{Secret, faults::Faults, layers::Layers, public_url::WebAddress};

/// The names of the settings, but for secrets.
pub(super) const SETTINGS: &[(&str, &str)] = &[
    ("github_client_id", ""),
    ("github_url", "https://github.com"),
    ("google_client_id", ""),
    ("oidc_client_id", ""),
    ("oidc_issuer", ""),
    ("oidc_name", "Single sign-on"),
];
pub(super) const SECRETS: &[&str] = &["github_client_secret", "google_client_secret", "oidc_client_secret"];

/// What this installation is at a provider.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

/// Those that are configured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Providers {
    /// GitHub, or a GitHub Enterprise Server at `github_url`.
    pub(crate) github: Option<Client>,
    /// Where that is.
    pub(crate) github_url: String,
    /// Google.
    pub(crate) google: Option<Client>,
    /// Any OpenID Connect issuer.
    pub(crate) oidc: Option<Issuer>,
}

/// An OpenID Connect issuer.
#[derive(Debug, Clone)]
pub(crate) struct Issuer {
    /// What people read on the button.
    pub(crate) name: String,
    /// Its address, letter by letter as it names itself.
    pub(crate) issuer: String,
    pub(crate) client: Client,
}

impl Providers {
    pub(super) fn read(layers: &Layers, f: &mut Faults) -> Self {
        let github = client(layers, f, "github_client_id", "github_client_secret");
        let google = client(layers, f, "google_client_id", "google_client_secret");
        let at_issuer = client(layers, f, "oidc_client_id", "oidc_client_secret");
        let issuer = layers.optional(f, "oidc_issuer", "an address such as https://login.example");
        let name = layers.value(f, "oidc_name", "what people read on the button").unwrap_or_default();
        let oidc = match (at_issuer, issuer) {
            (Some(client), Some(WebAddress(issuer))) => Some(Issuer { name, issuer, client }),
            (None, None) => None,
            _ => {
                f.add("oidc_issuer, oidc_client_id and oidc_client_secret: give all of them or none".into());
                None
            }
        };
        let github_url = layers.value(f, "github_url", "an address such as https://github.example");
        let WebAddress(github_url) = github_url.unwrap_or_default();
        Self { github, github_url, google, oidc }
    }
}

fn client(layers: &Layers, f: &mut Faults, id: &str, secret: &str) -> Option<Client> {
    let given: Option<String> = layers.optional(f, id, "what the provider calls this installation");
    match (given, layers.secret_text(f, secret)) {
        (Some(id), Some(secret)) => Some(Client { id, secret }),
        (None, None) => None,
        _ => {
            f.add(format!(
                "{id} and {secret}: the provider shows both where this installation is registered; give both"
            ));
            None
        }
    }
}
