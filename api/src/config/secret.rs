//! A value that is not shown.

use std::fmt;

use embedded::percent;

/// A URL that carries credentials.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret(String);

impl Secret {
    pub(crate) fn new(value: String) -> Self {
        Self(value)
    }

    /// The value itself, for the one call that needs it.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }

    /// The password in the URL.
    pub(crate) fn password(&self) -> Option<String> {
        let (credentials, _) = self.parts().1?;
        credentials.split_once(':').map(|(_, password)| percent::decode(password))
    }

    /// The URL as it may be shown.
    pub(crate) fn without_credentials(&self) -> String {
        match self.parts() {
            (scheme, Some((_, rest))) => format!("{scheme}{rest}"),
            _ => self.0.clone(),
        }
    }

    /// `nats://`, then, when there are credentials, those and what follows the `@`.
    fn parts(&self) -> (&str, Option<(&str, &str)>) {
        let start = self.0.find("://").map_or(0, |at| at + 3);
        let (scheme, rest) = self.0.split_at(start);
        let authority_ends = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let at = rest[..authority_ends].rfind('@');
        (scheme, at.map(|at| (&rest[..at], &rest[at + 1..])))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_found_and_left_out() {
        let url = Secret::new("postgres://app:p%40ss@db.example:5432/omoi".to_owned());
        assert_eq!(url.password().as_deref(), Some("p@ss"));
        assert_eq!(url.without_credentials(), "postgres://db.example:5432/omoi");
        assert_eq!(format!("{url:?}"), "Secret(..)");
        let bare = Secret::new("nats://bus:4222".to_owned());
        assert_eq!(bare.password(), None);
        assert_eq!(bare.without_credentials(), "nats://bus:4222");
    }
}
