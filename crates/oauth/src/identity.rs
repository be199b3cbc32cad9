//! Who somebody is, as a provider says.

use crate::Flaw;

/// The longest subject that OpenID Connect allows, in bytes.
const LONGEST_SUBJECT: usize = 255;
/// The longest address that can be written to, in bytes.
const LONGEST_ADDRESS: usize = 254;

/// Who signed in. Only `subject` says who that is: an address can be given to somebody else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who this is at the provider, for ever. The same text at another provider is somebody else.
    pub subject: String,
    /// The address, when the provider knows one and may tell.
    pub email: Option<Email>,
    /// What the person is called there. Free text.
    pub name: Option<String>,
}

/// An e-mail address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email {
    /// As the provider spells it. Not parsed.
    pub address: String,
    /// Whether the provider says that this person reads it. Nothing is linked by an address of which it does not.
    pub verified: bool,
}

impl Identity {
    /// # Errors
    /// When there is nobody, or no address where one is said to be.
    pub(crate) fn checked(subject: String, email: Option<Email>, name: Option<String>) -> Result<Self, Flaw> {
        let printable = |text: &str| !text.chars().any(char::is_control);
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT || !printable(&subject) {
            return Err(Flaw::Subject);
        }
        let is_address = |text: &str| text.len() <= LONGEST_ADDRESS && text.contains('@') && printable(text);
        if email.as_ref().is_some_and(|email| !is_address(&email.address)) {
            return Err(Flaw::Unreadable);
        }
        Ok(Self { subject, email, name: name.filter(|name| !name.trim().is_empty()) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checked(subject: &str, address: &str) -> Result<Identity, Flaw> {
        let email = Email { address: address.to_owned(), verified: true };
        Identity::checked(subject.to_owned(), Some(email), Some(" ".to_owned()))
    }

    #[test]
    fn nobody_is_nobody() {
        assert_eq!(checked("1", "a@b").unwrap().name, None, "a blank name is none");
        let long = "1".repeat(256);
        for subject in ["", "a\nb", "a\0", &long] {
            assert_eq!(checked(subject, "a@b"), Err(Flaw::Subject), "{subject:?}");
        }
    }

    #[test]
    fn what_is_no_address_is_none() {
        let long = format!("{}@b", "a".repeat(253));
        for address in ["", "a", "a@b\r\nBcc: c@d", &long] {
            assert_eq!(checked("1", address), Err(Flaw::Unreadable), "{address:?}");
        }
    }
}
