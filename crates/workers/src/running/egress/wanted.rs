//! Whom somebody wants to reach.

use std::fmt;

use vocabulary::Line;

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// In lower case, without a dot at its end.
    pub(super) host: String,
    pub(super) port: u16,
}

impl Wanted {
    /// Reads `HOST:PORT`; none when it is something else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        let fits = (1..=253).contains(&host.len()) && host.bytes().all(plain);
        Some(Self { host, port: port.parse().ok().filter(|port| *port > 0)? }).filter(|_| fits)
    }

    pub(super) fn line(&self) -> Line<300> {
        Line::new(&self.to_string()).expect("its characters were checked, and their number")
    }

    /// As a project names it.
    pub(super) fn allowed(&self) -> String {
        if self.port == work::project::AllowedHost::PORT { self.host.clone() } else { self.to_string() }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_read_as_it_is_compared() {
        let read = |text: &str| Wanted::read(text).map(|to| to.to_string());
        assert_eq!(read("PyPI.org.:443").as_deref(), Some("pypi.org:443"));
        assert_eq!(read("[::1]:443").as_deref(), Some("[::1]:443"));
        for wrong in
            ["", "pypi.org", "pypi.org:", "pypi.org:0", "pypi.org:65536", ":443", "a b:443", "a/b:443"]
        {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(read(&format!("{}:443", "a".repeat(254))), None);
    }
}
