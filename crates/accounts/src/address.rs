//! An e-mail address, as people type it.

use std::fmt;

use unicode_normalization::UnicodeNormalization as _;

/// Bytes of the longest address that mail can carry (RFC 5321).
const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;

/// An address that mail can be sent to. Printed it is `[address]`: it says who somebody is.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress(String);

/// The text is no address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an e-mail address; expected a form such as ada@example.org")]
pub struct InvalidAddress;

impl EmailAddress {
    /// Reads one. Only what every mail server agrees on is looked at; whether it exists shows when a letter arrives.
    ///
    /// # Errors
    /// When it has not the form `somebody@somewhere`.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let text: String = text.trim().nfc().collect();
        let (local, domain) = text.rsplit_once('@').ok_or(InvalidAddress)?;
        // What a header or a list of addresses gives another meaning.
        let plain = |c: char| !c.is_control() && !c.is_whitespace() && !"\"(),:;<>@[\\]".contains(c);
        let dotted = |part: &str| part.split('.').all(|piece| !piece.is_empty());
        let label = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
        let fits = text.len() <= LONGEST && (1..=LONGEST_LOCAL).contains(&local.len());
        if fits && local.chars().all(plain) && dotted(local) && domain.chars().all(label) && dotted(domain) {
            Ok(Self(text))
        } else {
            Err(InvalidAddress)
        }
    }

    /// As it was typed, for the letter.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two are compared: no provider that matters tells capitals apart, and people do not either.
    pub(crate) fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[address]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_somebody_somewhere() {
        for text in
            ["ada@example.org", " Ada.Lovelace+omoi@Example.ORG ", "operator@localhost", "ä@bücher.example"]
        {
            assert_eq!(EmailAddress::parse(text).unwrap().as_str(), text.trim());
        }
        let long = format!("{}@example.org", "a".repeat(65));
        let longest = format!("a@{}", "b.".repeat(130));
        for text in [
            "",
            "ada",
            "@",
            "ada@",
            "@example.org",
            "a b@example.org",
            "ada@exa mple.org",
            "ada@example..org",
            ".ada@example.org",
            "ada@example.org\r\nBcc: all@example.org",
            "ada@example.org, bob@example.org",
            "<ada@example.org>",
            "ada@[127.0.0.1]",
            "a\0@example.org",
            "a@b@c",
            &long,
            &longest,
        ] {
            assert_eq!(EmailAddress::parse(text), Err(InvalidAddress), "{text:?}");
        }
    }

    #[test]
    fn capitals_and_accents_do_not_tell_people_apart() {
        let folded = |text: &str| EmailAddress::parse(text).unwrap().folded();
        assert_eq!(folded("ADA@Example.org"), folded("ada@example.ORG"));
        assert_eq!(folded("e\u{301}va@example.org"), folded("\u{e9}va@example.org"));
        assert_ne!(folded("ada@example.org"), folded("ada@example.com"));
    }

    #[test]
    fn an_address_is_never_printed() {
        assert_eq!(format!("{:?}", EmailAddress::parse("ada@example.org")), "Ok([address])");
    }
}
