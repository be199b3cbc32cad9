//! Where people reach the server.

use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use work::project::AllowedHost;

/// `http(s)://host[:port]`, without a path: pages and cookies are of the whole host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PublicUrl(pub(super) String);

impl FromStr for PublicUrl {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim_end_matches('/');
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).ok_or(())?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "-.:[]_".contains(c);
        if !host.is_empty() && host.len() <= 200 && host.chars().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(())
        }
    }
}

/// Several of them, parted by commas. No pattern: each is compared word for word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origins(pub(super) Vec<String>);

impl FromStr for Origins {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let all = text.split(',').map(|one| one.trim().parse::<PublicUrl>().map(|PublicUrl(url)| url));
        all.collect::<Result<_, _>>().map(Self)
    }
}

/// Networks as `10.0.0.0/8`, or single addresses, parted by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Networks(pub(super) Vec<IpNet>);

impl FromStr for Networks {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let one =
            |text: &str| text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).map_err(|_| ());
        text.split(',').map(|text| one(text.trim())).collect::<Result<_, _>>().map(Self)
    }
}

/// Names of hosts, parted by commas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HostNames(pub(super) Vec<String>);

impl FromStr for HostNames {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let one = |text: &str| {
            let name = AllowedHost::new(text.trim()).map_err(|_| ())?;
            let plain = !name.as_str().contains([':', '*']);
            plain.then(|| String::from(name)).ok_or(())
        };
        text.split(',').map(one).collect::<Result<_, _>>().map(Self)
    }
}

/// The address of another server: of what it says, and at what path, its client judges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WebAddress(pub(super) String);

impl FromStr for WebAddress {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let web = text.starts_with("https://") || text.starts_with("http://");
        if web { Ok(Self(text.to_owned())) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_url_is_a_scheme_and_a_host() {
        let of = |text: &str| text.parse::<PublicUrl>().map(|url| url.0);
        assert_eq!(of("https://omoi.example/"), Ok("https://omoi.example".to_owned()));
        assert_eq!(of("http://127.0.0.1:4310"), Ok("http://127.0.0.1:4310".to_owned()));
        assert_eq!(of("http://[::1]:4310"), Ok("http://[::1]:4310".to_owned()));
        let two = "https://a.example, http://localhost:5173".parse::<Origins>().map(|all| all.0);
        assert_eq!(two, Ok(vec!["https://a.example".to_owned(), "http://localhost:5173".to_owned()]));
        let names = "npm.corp.example, localhost".parse::<HostNames>().map(|all| all.0);
        assert_eq!(names, Ok(vec!["npm.corp.example".to_owned(), "localhost".to_owned()]));
        for wrong in ["*.corp.example", "10.0.0.1", "npm.corp.example:8443", "a,,b", ""] {
            assert_eq!(wrong.parse::<HostNames>(), Err(()), "{wrong}");
        }
        for wrong in ["*", "null", "https://*.example", "https://a.example,"] {
            assert_eq!(wrong.parse::<Origins>(), Err(()), "{wrong}");
        }
        for wrong in
            ["", "omoi.example", "https://", "https://a/b", "https://u:p@a", "https://a?b", "ftp://a"]
        {
            assert_eq!(of(wrong), Err(()), "{wrong}");
        }
    }
}
