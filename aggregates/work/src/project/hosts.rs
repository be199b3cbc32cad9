//! Which hosts agents may reach.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use vocabulary::Bounded;

/// The hosts that agents of a project may reach; none unless somebody names them.
pub type AllowedHosts = Bounded<AllowedHost, 0, 100>;

/// A host by its name, or `*.` and a name for every host below it; port 443 unless it says another: `pypi.org`, `*.npmjs.org`,
/// `registry.example.com:8443`. An address is no name: whoever is allowed is known by what its certificate says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AllowedHost(String);

/// Why a text is no [`AllowedHost`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHost {
    /// What stands before the port is no name.
    #[error(
        "{0:?} is no name of a host, such as registry.npmjs.org or *.npmjs.org, in lower case and without https://"
    )]
    Name(String),
    /// It is an address.
    #[error("{0:?} is an address: name the host, so that it can be known by its certificate")]
    Address(String),
    /// What stands behind the colon is no port.
    #[error("{0:?} is no port: 1 to 65535")]
    Port(String),
}

impl AllowedHost {
    /// The port of HTTPS.
    pub const PORT: u16 = 443;
    /// The longest name that there can be.
    const MAX_CHARS: usize = 253;

    /// Checks `text`.
    ///
    /// # Errors
    /// [`InvalidHost`] says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, InvalidHost> {
        let (name, port) = split(text);
        if let Some(port) = port {
            port.parse::<u16>()
                .ok()
                .filter(|number| *number > 0 && number.to_string() == port)
                .ok_or_else(|| InvalidHost::Port(port.to_owned()))?;
        }
        let labels = name.strip_prefix("*.").unwrap_or(name);
        let fits = name.len() <= Self::MAX_CHARS && labels.split('.').all(is_label);
        if !fits || (labels.len() < name.len() && !labels.contains('.')) {
            return Err(InvalidHost::Name(name.to_owned()));
        }
        // No domain at the top is a number: this is what programs take for an address.
        if labels.rsplit('.').next().is_some_and(|last| last.starts_with(|c: char| c.is_ascii_digit())) {
            return Err(InvalidHost::Address(name.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether it is this host.
    #[must_use]
    pub fn is(&self, host: &str, port: u16) -> bool {
        let (name, own) = split(&self.0);
        if own.map_or(Self::PORT, |own| own.parse().unwrap_or_default()) != port {
            return false;
        }
        match name.strip_prefix('*') {
            None => host == name,
            // `*.npmjs.org` is each host below npmjs.org, and neither itself nor `evilnpmjs.org`.
            Some(below) => host.strip_suffix(below).is_some_and(|rest| !rest.is_empty()),
        }
    }

    /// The host as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn split(text: &str) -> (&str, Option<&str>) {
    text.split_once(':').map_or((text, None), |(name, port)| (name, Some(port)))
}

fn is_label(label: &str) -> bool {
    (1..=63).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

impl TryFrom<String> for AllowedHost {
    type Error = InvalidHost;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::new(&text)
    }
}

impl From<AllowedHost> for String {
    fn from(host: AllowedHost) -> Self {
        host.0
    }
}

impl FromStr for AllowedHost {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl fmt::Display for AllowedHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl JsonSchema for AllowedHost {
    fn schema_name() -> Cow<'static, str> {
        "AllowedHost".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "a host that agents may reach: its name, or `*.` and a name for all below it, and a port other than 443",
            "pattern": r"^(\*\.[a-z0-9-]+\.)?[a-z0-9-]+(\.[a-z0-9-]+)*(:[0-9]{1,5})?$",
            "maxLength": Self::MAX_CHARS + 6,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(allowed: &str, host: &str, port: u16) -> bool {
        AllowedHost::new(allowed).unwrap().is(host, port)
    }

    #[test]
    fn a_host_is_allowed_by_its_name_and_port() {
        assert!(is("pypi.org", "pypi.org", 443));
        assert!(is("registry.example.com:8443", "registry.example.com", 8443));
        assert!(is("*.npmjs.org", "registry.npmjs.org", 443) && is("*.npmjs.org", "a.b.npmjs.org", 443));
        assert!(is("localhost:8443", "localhost", 8443));
        for (allowed, host, port) in [
            ("pypi.org", "files.pypi.org", 443),
            ("pypi.org", "pypi.org", 80),
            ("pypi.org", "pypi.org.evil.com", 443),
            ("registry.example.com:8443", "registry.example.com", 443),
            ("*.npmjs.org", "npmjs.org", 443),
            ("*.npmjs.org", ".npmjs.org", 80),
            ("*.npmjs.org", "evilnpmjs.org", 443),
            ("*.npmjs.org", "registry.npmjs.org.evil.com", 443),
        ] {
            assert!(!is(allowed, host, port), "{allowed} {host}:{port}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "name of a host"),
            ("https://pypi.org", "no port"),
            ("pypi.org/simple", "name of a host"),
            ("PyPI.org", "lower case"),
            ("*", "name of a host"),
            ("*.org", "name of a host"),
            ("*.*.org", "name of a host"),
            ("a..b", "name of a host"),
            ("-a.org", "name of a host"),
            ("a_b.org", "name of a host"),
            ("bücher.de", "name of a host"),
            ("10.0.0.1", "an address"),
            ("127.1", "an address"),
            ("[::1]:443", "no port"),
            ("169.254.169.254:80", "an address"),
            ("pypi.org:0", "no port"),
            ("pypi.org:65536", "no port"),
            ("pypi.org:", "no port"),
            ("pypi.org:+1", "no port"),
            ("user@pypi.org", "name of a host"),
            (&format!("{}.org", "a".repeat(64)), "name of a host"),
            (&vec!["aaaaaaa"; 40].join("."), "name of a host"),
        ] {
            let refused = AllowedHost::new(text).unwrap_err().to_string();
            assert!(refused.contains(reason), "{text}: {refused}");
        }
    }
}
