//! Letters to people, and who delivers them. What a letter says and when it is sent is the caller's story.

use std::fmt;

use kernel::Uuid;
use secrecy::{ExposeSecret as _, SecretString};

use crate::BoxFuture;

/// RFC 5321 has 256 bytes for an address with its brackets, and 64 for what is before the `@`.
const ADDRESS_BYTES: usize = 254;
const LOCAL_BYTES: usize = 64;
/// A line of a message has at most 998 bytes, and a subject without spaces is not folded: 4 bytes a character fit.
const SUBJECT_CHARS: usize = 200;

/// Delivers letters.
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Hands `letter` over to whoever brings it on. `Ok` says that it was taken, not that it was read.
    ///
    /// `id` names the letter and becomes its Message-ID. A letter that may have been sent is sent again under the same
    /// id: its reader, or the mailer, sees one letter.
    fn send<'a>(&'a self, id: Uuid, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>>;
}

/// Plain text to one address. Neither is ever printed: a letter carries tokens that are good once, and who gets letters
/// is a person's own matter.
#[derive(Clone)]
pub struct Letter {
    to: String,
    subject: String,
    text: SecretString,
}

impl Letter {
    /// A letter whose parts cannot be taken for anything else: no line of them becomes a header, and no header a second
    /// recipient. Spaces of the subject that stand together become one, and line ends become `\n`.
    ///
    /// # Errors
    /// When a part is not fit for a letter.
    pub fn new(
        to: impl Into<String>,
        subject: impl AsRef<str>,
        text: &SecretString,
    ) -> Result<Self, LetterError> {
        let to = to.into();
        if !is_one_address(&to) {
            return Err(LetterError::Recipient);
        }
        let subject = with_single_spaces(subject.as_ref());
        check_subject(&subject)?;
        let text = text.expose_secret();
        // A server that ends lines at a bare CR would find commands where we wrote text.
        let text = if text.contains('\r') { with_plain_ends(text) } else { text.to_owned() };
        if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(LetterError::Text);
        }
        Ok(Self { to, subject, text: text.into() })
    }

    /// Whom it is to.
    #[must_use]
    pub fn to(&self) -> &str {
        &self.to
    }

    /// What it is about.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// What it says; its lines end with `\n`.
    #[must_use]
    pub const fn text(&self) -> &SecretString {
        &self.text
    }
}

impl fmt::Debug for Letter {
    /// Subjects hold names, so not even those.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Letter").finish_non_exhaustive()
    }
}

/// Why these parts are no letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// No address, more than one, or something with a line break in it.
    #[error(
        "the recipient is not one address: give it as name@domain, without spaces, brackets and line breaks"
    )]
    Recipient,
    /// A header is one line.
    #[error("the subject holds a line break or another control character: leave it out")]
    SubjectLines,
    /// Too short or too long.
    #[error("the subject has no text or more than {SUBJECT_CHARS} characters: say it in one line")]
    SubjectLength,
    /// Mail programs would show something else than what is written.
    #[error("the subject holds `=?`, which begins an encoded word: leave it out")]
    SubjectEncoded,
    /// The text holds what is not text.
    #[error("the text holds a control character other than a line break or a tab: leave it out")]
    Text,
}

/// Why a letter was not taken. The reasons are for a log: they never hold an address or a part of the letter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// The same letter may go through later. It may even have gone through, so send it again under its id.
    #[error("the letter cannot be delivered now, send it again later: {reason}")]
    Later {
        /// What is in the way.
        reason: String,
    },
    /// This letter will never go through, and others may.
    #[error("the letter can never be delivered, give it up and ask for another address: {reason}")]
    Never {
        /// What is wrong with it.
        reason: String,
    },
    /// No letter will go through before an operator has changed something.
    #[error("no letter can be delivered, check the settings for mail: {reason}")]
    Misconfigured {
        /// What was refused.
        reason: String,
    },
}

/// Less than the RFCs allow: no quoted local parts, comments or address literals. Nobody signs up with one, and each has
/// a history of meaning two addresses to two programs.
fn is_one_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let forbidden = |c: char| c.is_control() || c.is_whitespace() || "@,;:<>()[]\"\\".contains(c);
    text.len() <= ADDRESS_BYTES
        && (1..=LOCAL_BYTES).contains(&local.len())
        && !domain.is_empty()
        && !local.contains(forbidden)
        && !domain.contains(forbidden)
}

fn check_subject(subject: &str) -> Result<(), LetterError> {
    let breaks_a_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    if subject.contains(breaks_a_line) {
        Err(LetterError::SubjectLines)
    } else if !(1..=SUBJECT_CHARS).contains(&subject.chars().count()) {
        Err(LetterError::SubjectLength)
    } else if subject.contains("=?") {
        Err(LetterError::SubjectEncoded)
    } else {
        Ok(())
    }
}

/// A header is folded at its spaces, and readers drop those between two encoded words: more than one would not arrive.
fn with_single_spaces(subject: &str) -> String {
    subject.trim().split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// One pass, so that no further copy of the secret lies about.
fn with_plain_ends(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' => plain.push('\n'),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(to: &str, subject: &str, text: &str) -> Result<Letter, LetterError> {
        Letter::new(to, subject, &text.into())
    }

    fn to(address: &str) -> Result<(), LetterError> {
        letter(address, "Hello", "Hello").map(drop)
    }

    fn about(subject: &str) -> Result<(), LetterError> {
        letter("ada@example.org", subject, "Hello").map(drop)
    }

    #[test]
    fn a_letter_keeps_what_it_was_given() {
        let letter = letter("ada@example.org", " Grüße  = 1 ? ", "Hello\n\tAda\n").unwrap();
        assert_eq!(letter.to(), "ada@example.org");
        assert_eq!(letter.subject(), "Grüße = 1 ?");
        assert_eq!(letter.text().expose_secret(), "Hello\n\tAda\n");
    }

    #[test]
    fn neither_address_nor_subject_nor_text_is_printed() {
        let letter = letter("ada@example.org", "Ada invites you", "token-of-ada").unwrap();
        let printed = format!("{letter:?} {letter:#?}").to_lowercase();
        assert!(!printed.contains("ada") && printed.contains("letter"), "{printed}");
    }

    #[test]
    fn a_recipient_with_a_line_break_is_refused() {
        for address in [
            "ada@example.org\r\nBcc: eve@example.org",
            "ada@example.org\n",
            "\rada@example.org",
            "ada\r\n@example.org",
            "ada@example.org\u{0}",
            "ada@example.org\u{85}",
        ] {
            assert_eq!(to(address), Err(LetterError::Recipient), "{address:?}");
        }
    }

    #[test]
    fn a_recipient_is_one_address() {
        for address in [
            "",
            "ada",
            "@example.org",
            "ada@",
            "ada@eve@example.org",
            "ada@example.org,eve@example.org",
            "ada@example.org;eve@example.org",
            "ada@example.org eve@example.org",
            "Ada <ada@example.org>",
            "ada@example.org> SIZE=1",
            "\"a> \"@example.org",
            "friends:ada@example.org",
            "ada(eve)@example.org",
        ] {
            assert_eq!(to(address), Err(LetterError::Recipient), "{address:?}");
        }
        for address in ["ada@example.org", "a.b+c@localhost", "ädä@exämple.org", "o'hara@a-b.example"] {
            assert_eq!(to(address), Ok(()), "{address:?}");
        }
    }

    #[test]
    fn a_recipient_is_no_longer_than_servers_take() {
        let of = |local: usize, domain: usize| format!("{}@{}", "a".repeat(local), "b".repeat(domain));
        assert_eq!(to(&of(64, 189)), Ok(()));
        assert_eq!(to(&of(64, 190)), Err(LetterError::Recipient));
        assert_eq!(to(&of(65, 10)), Err(LetterError::Recipient));
    }

    #[test]
    fn a_subject_with_a_line_break_is_refused() {
        for subject in [
            "Hi\r\nBcc: eve@example.org",
            "Hi\nthere",
            "Hi\rthere",
            "Hi\u{0}",
            "Hi\u{85}there",
            "Hi\u{2028}there",
        ] {
            assert_eq!(about(subject), Err(LetterError::SubjectLines), "{subject:?}");
        }
    }

    #[test]
    fn a_subject_is_one_line_of_text() {
        assert_eq!(about("  "), Err(LetterError::SubjectLength));
        assert_eq!(about(&"ü".repeat(200)), Ok(()));
        assert_eq!(about(&"ü".repeat(201)), Err(LetterError::SubjectLength));
        assert_eq!(about("=?utf-8?q?=0D=0ABcc:?="), Err(LetterError::SubjectEncoded));
    }

    #[test]
    fn every_line_of_the_text_ends_in_one_way() {
        let letter = letter("ada@example.org", "Hello", "a\r\nb\rc\n\r\r\nd").unwrap();
        assert_eq!(letter.text().expose_secret(), "a\nb\nc\n\n\nd");
    }

    #[test]
    fn a_text_with_control_characters_is_refused() {
        for text in ["a\u{0}", "a\u{1b}[2J", "a\u{7f}", "a\u{c}"] {
            assert_eq!(
                letter("ada@example.org", "Hello", text).map(drop),
                Err(LetterError::Text),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_mailer_stands_behind_a_pointer() {
        #[derive(Debug)]
        struct Nowhere;
        impl Mailer for Nowhere {
            fn send<'a>(&'a self, _: Uuid, _: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
                Box::pin(std::future::ready(Ok(())))
            }
        }
        let mailer: std::sync::Arc<dyn Mailer> = std::sync::Arc::new(Nowhere);
        assert_eq!(format!("{mailer:?}"), "Nowhere");
    }
}
