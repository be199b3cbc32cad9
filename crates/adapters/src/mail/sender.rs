//! Whom letters are from.

use lettre::Address;
use lettre::message::Mailbox;

/// One mailbox, such as `OmoiOS <omoi@example.org>`. Its domain is also what we call ourselves to a mail server and in
/// Message-IDs: the name of a node is often no domain, and changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender(Mailbox);

impl Sender {
    /// Reads one from a setting.
    ///
    /// # Errors
    /// When it is not one mailbox with a plain address.
    pub fn parse(text: &str) -> Result<Self, SenderError> {
        let text = text.trim();
        if text.contains(char::is_control) {
            return Err(SenderError::Lines);
        }
        let mailbox: Mailbox = text.parse().map_err(|_| SenderError::NoMailbox)?;
        // The parser stops at the end of the first mailbox.
        let address = mailbox.email.to_string();
        let ends_here = text.strip_suffix('>').unwrap_or(text).ends_with(&address);
        if !ends_here {
            return Err(SenderError::NoMailbox);
        }
        if !address.is_ascii() {
            return Err(SenderError::NotAscii);
        }
        Ok(Self(mailbox))
    }

    pub(super) fn mailbox(&self) -> Mailbox {
        self.0.clone()
    }

    pub(super) fn address(&self) -> Address {
        self.0.email.clone()
    }

    pub(super) fn domain(&self) -> &str {
        self.0.email.domain()
    }
}

/// Why this is no sender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SenderError {
    /// Not one mailbox.
    #[error("the sender of mail is not one mailbox: write it as `OmoiOS <omoi@example.org>`")]
    NoMailbox,
    /// A header is one line.
    #[error("the sender of mail holds a line break or another control character: leave it out")]
    Lines,
    /// Such an address is refused by every server that does not know it, for every letter.
    #[error(
        "the address of the sender of mail has letters other than a to z: use one without, the name may have them"
    )]
    NotAscii,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_an_address_with_or_without_a_name() {
        for (text, domain) in [
            ("omoi@example.org", "example.org"),
            (" OmoiOS <omoi@mail.example.org> ", "mail.example.org"),
            ("\"Omoi, Inc.\" <omoi@localhost>", "localhost"),
            ("Ömoi <omoi@example.org>", "example.org"),
        ] {
            assert_eq!(
                Sender::parse(text).map(|sender| sender.domain().to_owned()),
                Ok(domain.to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_one_mailbox_is_refused() {
        for text in ["", "omoi", "omoi@", "<>", "omoi@example.org, eve@example.net", "omoi@example.org eve"] {
            assert_eq!(Sender::parse(text), Err(SenderError::NoMailbox), "{text}");
        }
    }

    #[test]
    fn a_sender_has_no_line_breaks() {
        for text in [
            "Omoi\r\nBcc: eve@example.org <omoi@example.org>",
            "omoi@example.org\nBcc: a@example.org",
            "a\0@b",
        ] {
            assert_eq!(Sender::parse(text), Err(SenderError::Lines), "{text:?}");
        }
    }

    #[test]
    fn every_server_can_take_the_address_of_a_sender() {
        assert_eq!(Sender::parse("ömoi@example.org"), Err(SenderError::NotAscii));
    }
}
