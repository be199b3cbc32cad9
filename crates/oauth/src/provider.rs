//! What an operator says of a provider.

use oauth2::url::Url;
use vault::secret::{ExposeSecret as _, SecretString};

use crate::address;
use crate::{OauthError, Setting};

/// How a provider speaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// OpenID Connect, found by discovery.
    Oidc {
        /// The issuer, letter by letter as it names itself.
        issuer: String,
    },
    /// GitHub, or a GitHub Enterprise Server.
    Github {
        /// Where people sign in: `https://github.com`.
        web_base: String,
        /// Where programs ask: `https://api.github.com`, or `https://<host>/api/v3`.
        api_base: String,
    },
}

/// A provider of accounts, and what we are there.
#[derive(Clone, Debug)]
pub struct Provider {
    id: String,
    name: String,
    pub(crate) way: Way,
    pub(crate) client_id: String,
    pub(crate) client_secret: SecretString,
}

/// A [`Kind`] whose addresses have been looked at.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    Oidc(Issuer),
    Github(Github),
}

#[derive(Clone, Debug)]
pub(crate) struct Issuer {
    /// As it is spelt: it is compared as text.
    pub(crate) text: String,
    pub(crate) url: Url,
}

#[derive(Clone, Debug)]
pub(crate) struct Github {
    web_base: String,
    api_base: String,
}

impl Provider {
    /// A provider. `id` is part of addresses, `name` is what people read.
    ///
    /// # Errors
    /// [`OauthError::Misconfigured`] with what to look at.
    pub fn new(
        id: &str,
        name: &str,
        kind: Kind,
        client_id: &str,
        client_secret: SecretString,
    ) -> Result<Self, OauthError> {
        let of_an_address = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if id.is_empty() || id.len() > 40 || !id.bytes().all(of_an_address) {
            return Err(Setting::Id.into());
        }
        if client_id.is_empty() || client_secret.expose_secret().is_empty() {
            return Err(Setting::Client.into());
        }
        let (id, name, client_id) = (id.to_owned(), name.to_owned(), client_id.to_owned());
        Ok(Self { id, name, way: Way::parse(kind)?, client_id, client_secret })
    }

    /// GitHub.
    ///
    /// # Errors
    /// When client id or secret is empty.
    pub fn github(client_id: &str, client_secret: SecretString) -> Result<Self, OauthError> {
        let kind = Kind::Github {
            web_base: "https://github.com".to_owned(),
            api_base: "https://api.github.com".to_owned(),
        };
        Self::new("github", "GitHub", kind, client_id, client_secret)
    }

    /// Google.
    ///
    /// # Errors
    /// When client id or secret is empty.
    pub fn google(client_id: &str, client_secret: SecretString) -> Result<Self, OauthError> {
        let kind = Kind::Oidc { issuer: "https://accounts.google.com".to_owned() };
        Self::new("google", "Google", kind, client_id, client_secret)
    }

    /// The short name, as in addresses.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What names it to everybody: who somebody is there is of no meaning elsewhere, and `id` may be given to another
    /// provider one day.
    #[must_use]
    pub fn authority(&self) -> &str {
        match &self.way {
            Way::Oidc(issuer) => &issuer.text,
            Way::Github(github) => &github.web_base,
        }
    }

    /// What people read.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Way {
    fn parse(kind: Kind) -> Result<Self, Setting> {
        let checked = |text: &str| address::configured(text).ok_or(Setting::Address);
        match kind {
            Kind::Oidc { issuer } => {
                let url = checked(&issuer)?;
                Ok(Self::Oidc(Issuer { text: issuer, url }))
            }
            Kind::Github { web_base, api_base } => {
                let base =
                    |text: &str| checked(text).map(|url| url.as_str().trim_end_matches('/').to_owned());
                Ok(Self::Github(Github { web_base: base(&web_base)?, api_base: base(&api_base)? }))
            }
        }
    }
}

impl Issuer {
    /// Where it says what it is.
    pub(crate) fn discovery(&self) -> Url {
        below(self.text.trim_end_matches('/'), "/.well-known/openid-configuration")
    }
}

impl Github {
    /// What GitHub has called itself in redirects. No discovery says so, therefore nobody demands it.
    pub(crate) fn issuer(&self) -> String {
        format!("{}/login/oauth", self.web_base)
    }

    pub(crate) fn authorize(&self) -> Url {
        below(&self.web_base, "/login/oauth/authorize")
    }

    pub(crate) fn access_token(&self) -> Url {
        below(&self.web_base, "/login/oauth/access_token")
    }

    pub(crate) fn user(&self) -> Url {
        below(&self.api_base, "/user")
    }

    pub(crate) fn emails(&self) -> Url {
        below(&self.api_base, "/user/emails")
    }
}

fn below(base: &str, path: &str) -> Url {
    Url::parse(&format!("{base}{path}"))
        .expect("an address without query, as address::configured has seen to")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code_of(id: &str, kind: Kind, client_id: &str, secret: &str) -> &'static str {
        Provider::new(id, "A", kind, client_id, secret.into()).map_or_else(|error| error.code(), |_| "fine")
    }

    fn issuer(issuer: &str) -> Kind {
        Kind::Oidc { issuer: issuer.to_owned() }
    }

    #[test]
    fn what_an_operator_gets_wrong_is_named() {
        let good = || issuer("https://a.example");
        let github =
            |web: &str, api: &str| Kind::Github { web_base: web.to_owned(), api_base: api.to_owned() };
        let table = [
            ("a-1", good(), "c", "s", "fine"),
            ("", good(), "c", "s", "oauth_misconfigured_id"),
            ("A", good(), "c", "s", "oauth_misconfigured_id"),
            ("a/b", good(), "c", "s", "oauth_misconfigured_id"),
            ("a", good(), "", "s", "oauth_misconfigured_client"),
            ("a", good(), "c", "", "oauth_misconfigured_client"),
            ("a", issuer("http://a.example"), "c", "s", "oauth_misconfigured_address"),
            ("a", issuer("a.example"), "c", "s", "oauth_misconfigured_address"),
            ("a", issuer("https://a.example?b"), "c", "s", "oauth_misconfigured_address"),
            ("a", github("https://a.example", "http://a.example"), "c", "s", "oauth_misconfigured_address"),
            ("a", github("http://a.example", "https://a.example"), "c", "s", "oauth_misconfigured_address"),
        ];
        for (id, kind, client_id, secret, code) in table {
            let what = format!("{id} {kind:?}");
            assert_eq!(code_of(id, kind, client_id, secret), code, "{what}");
        }
        assert_eq!(code_of(&"a".repeat(41), good(), "c", "s"), "oauth_misconfigured_id");
    }

    #[test]
    fn addresses_are_below_their_base_with_one_slash() {
        for base in ["https://a.example/b", "https://a.example/b/"] {
            let Way::Oidc(issuer) = Way::parse(issuer(base)).unwrap() else { panic!("an issuer") };
            assert_eq!(issuer.discovery().as_str(), "https://a.example/b/.well-known/openid-configuration");
            assert_eq!(issuer.text, base, "the issuer is compared as it is spelt");
            let kind = Kind::Github { web_base: base.to_owned(), api_base: base.to_owned() };
            let Way::Github(github) = Way::parse(kind).unwrap() else { panic!("a github") };
            assert_eq!(github.emails().as_str(), "https://a.example/b/user/emails");
            assert_eq!(github.issuer(), "https://a.example/b/login/oauth");
        }
    }

    #[test]
    fn the_well_known_ones_are_themselves() {
        let google = Provider::google("c", "s".into()).unwrap();
        assert_eq!((google.id(), google.name()), ("google", "Google"));
        assert!(matches!(google.way, Way::Oidc(issuer) if issuer.text == "https://accounts.google.com"));
        let github = Provider::github("c", "s".into()).unwrap();
        assert_eq!((github.id(), github.name()), ("github", "GitHub"));
        let Way::Github(github) = github.way else { panic!("a github") };
        assert_eq!(github.authorize().as_str(), "https://github.com/login/oauth/authorize");
        assert_eq!(github.access_token().as_str(), "https://github.com/login/oauth/access_token");
        assert_eq!(github.user().as_str(), "https://api.github.com/user");
        assert_eq!(github.issuer(), "https://github.com/login/oauth");
    }

    #[test]
    fn the_secret_is_never_printed() {
        let text = format!("{:?}", Provider::google("c", "hunter2".into()).unwrap());
        assert!(text.contains("REDACTED") && !text.contains("hunter2"), "{text}");
    }
}
