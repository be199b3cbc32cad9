//! Where a provider is, and what opens it.

use std::fmt;

use ports::llm::{Deadlines, LlmError, Reply, Said};
use reqwest::Method;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value};
use url::{Host, Url};

use super::http::{Ask, Decode, Http, HttpOptions};

/// Fields that are added to every request: what one server has and the port has not, such as `reasoning_effort`.
pub type Extra = Map<String, Value>;

/// The part of every address of a provider, without a slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why an address is none for a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BaseUrlError {
    /// It is no URL with a host.
    #[error("the address of the provider is no URL: give it as https://host/path")]
    NotAUrl,
    /// Prompts and the key would go over the network for everybody to read.
    #[error("the address of the provider has no TLS: use https, or set plain_http if its network is trusted")]
    NoTls,
    /// Addresses are logged.
    #[error("the address of the provider holds a password, a query or a fragment: give the key by itself")]
    Adorned,
}

impl BaseUrl {
    /// Reads one. Without TLS it is this machine, or `plain_http` says that the network may read along.
    ///
    /// # Errors
    /// When it is no such address.
    pub fn parse(text: &str, plain_http: bool) -> Result<Self, BaseUrlError> {
        let url = Url::parse(text.trim().trim_end_matches('/')).map_err(|_| BaseUrlError::NotAUrl)?;
        let Some(host) = url.host() else { return Err(BaseUrlError::NotAUrl) };
        let adorned = !url.username().is_empty() || url.password().is_some();
        if adorned || url.query().is_some() || url.fragment().is_some() {
            return Err(BaseUrlError::Adorned);
        }
        let is_here = match host {
            Host::Domain(name) => name == "localhost",
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        match url.scheme() {
            "https" => Ok(Self(url)),
            "http" if is_here || plain_http => Ok(Self(url)),
            "http" => Err(BaseUrlError::NoTls),
            _ => Err(BaseUrlError::NotAUrl),
        }
    }

    pub(super) fn is_at(&self, host: &str) -> bool {
        self.0.host_str() == Some(host)
    }

    pub(super) fn join(&self, path: &str) -> Url {
        let mut url = self.0.clone();
        let before = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{before}{path}"));
        url
    }
}

/// A provider as it is reached.
#[derive(Clone)]
pub struct Endpoint {
    pub(super) http: Http,
    base: BaseUrl,
    key: Option<SecretString>,
    extra: Extra,
}

/// Why a provider cannot be reached from here at all.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// The library found no certificates.
    #[error("TLS cannot be prepared: check the certificates of the operating system")]
    Tls(#[source] reqwest::Error),
    /// It would break a header.
    #[error("the key holds a character that no key has, perhaps a line break: write it anew")]
    Key,
}

impl Endpoint {
    /// The provider at `base`, opened by `key`. It is first spoken to when there is something to ask.
    ///
    /// # Errors
    /// When nothing could be sent.
    pub fn new(
        base: BaseUrl,
        key: Option<SecretString>,
        options: HttpOptions,
    ) -> Result<Self, EndpointError> {
        let http = Http::new(options).map_err(EndpointError::Tls)?;
        if let Some(key) = &key {
            secret_header("", key).ok_or(EndpointError::Key)?;
        }
        Ok(Self { http, base, key, extra: Extra::new() })
    }

    /// The same with these fields in every request. They do not replace a field that is there already.
    #[must_use]
    pub fn with_extra(mut self, extra: Extra) -> Self {
        self.extra = extra;
        self
    }

    pub(super) const fn base(&self) -> &BaseUrl {
        &self.base
    }

    pub(super) const fn key(&self) -> Option<&SecretString> {
        self.key.as_ref()
    }

    /// Asks in a wire format. Nothing is sent before the first piece is wanted.
    pub(super) fn call(&self, what: What) -> Result<Reply, LlmError> {
        let mut headers = what.headers;
        headers.insert(ACCEPT, HeaderValue::from_static("text/event-stream"));
        let request = self.request(what.path, what.opened_by, headers, what.body)?;
        let key = self.key.clone();
        Ok(self.http.call(Ask { request, key, deadlines: what.deadlines, decoder: what.decoder }))
    }

    /// A request with the key, and with the fields that every request has.
    pub(super) fn request(
        &self,
        path: &str,
        opened_by: OpenedBy,
        headers: HeaderMap,
        mut body: Map<String, Value>,
    ) -> Result<reqwest::Request, LlmError> {
        for (name, value) in &self.extra {
            body.entry(name).or_insert_with(|| value.clone());
        }
        let body = serde_json::to_vec(&body).map_err(|error| {
            let said = Said::new(&format!("it is no JSON: {error}"));
            LlmError::InvalidRequest { said }
        })?;
        let mut request = reqwest::Request::new(Method::POST, self.base.join(path));
        *request.body_mut() = Some(body.into());
        *request.headers_mut() = headers;
        let headers = request.headers_mut();
        headers.insert(reqwest::header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(key) = &self.key {
            let (name, before) = opened_by.header();
            headers.insert(name, secret_header(before, key).expect("it was looked at before"));
        }
        Ok(request)
    }
}

/// One request of a wire format.
pub(super) struct What {
    pub(super) path: &'static str,
    pub(super) opened_by: OpenedBy,
    pub(super) headers: HeaderMap,
    pub(super) body: Map<String, Value>,
    pub(super) deadlines: Deadlines,
    pub(super) decoder: Box<dyn Fn() -> Box<dyn Decode> + Send + Sync>,
}

/// Where the key goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum OpenedBy {
    ApiKey,
    Bearer,
}

impl OpenedBy {
    const fn header(self) -> (HeaderName, &'static str) {
        match self {
            Self::ApiKey => (HeaderName::from_static("x-api-key"), ""),
            Self::Bearer => (AUTHORIZATION, "Bearer "),
        }
    }
}

pub(super) fn secret_header(before: &str, key: &SecretString) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("{before}{}", key.expose_secret())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint")
            .field("base", &self.base.0.as_str())
            .field("has_key", &self.key.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_has_tls_or_is_here() {
        for good in [
            "https://api.example.com",
            "https://example.com/v1/",
            "http://127.0.0.1:1",
            "http://localhost",
            "http://[::1]:8080",
        ] {
            assert!(BaseUrl::parse(good, false).is_ok(), "{good}");
        }
        assert_eq!(BaseUrl::parse("http://gpu.lan:11434", false), Err(BaseUrlError::NoTls));
        assert!(BaseUrl::parse("http://gpu.lan:11434", true).is_ok());
        for none in ["", "example.com", "ftp://example.com", "https://", "file:///etc/passwd"] {
            assert_eq!(BaseUrl::parse(none, true), Err(BaseUrlError::NotAUrl), "{none}");
        }
        for adorned in
            ["https://ada:hunter2@example.com", "https://example.com?key=1", "https://example.com#a"]
        {
            assert_eq!(BaseUrl::parse(adorned, true), Err(BaseUrlError::Adorned), "{adorned}");
        }
    }

    #[test]
    fn paths_are_below_the_base() {
        let joined = |base: &str| BaseUrl::parse(base, false).unwrap().join("/chat/completions").to_string();
        assert_eq!(joined("https://example.com/v1/"), "https://example.com/v1/chat/completions");
        assert_eq!(joined("https://example.com"), "https://example.com/chat/completions");
    }

    #[test]
    fn a_key_that_breaks_a_header_is_refused_and_none_is_printed() {
        let base = BaseUrl::parse("https://example.com", false).unwrap();
        let with = |key: &str| Endpoint::new(base.clone(), Some(key.into()), HttpOptions::default());
        assert!(matches!(with("hunter2\n"), Err(EndpointError::Key)));
        let printed = format!("{:?}", with("hunter2").unwrap());
        assert!(printed.contains("example.com") && !printed.contains("hunter2"), "{printed}");
        assert!(!format!("{:?}", secret_header("Bearer ", &"hunter2".into()).unwrap()).contains("hunter2"));
    }
}
