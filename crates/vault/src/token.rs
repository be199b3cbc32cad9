//! Tokens that are good once: whoever has the text may do one thing. 256 random bits, so that nobody guesses one; a
//! prefix, so that a scanner finds one that leaked and none is taken for another.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};

use crate::Fingerprint;
use crate::envelope::HashKey;
use crate::random;
use crate::secret::{ExposeSecret as _, SecretString, Zeroizing};

/// Characters of 32 bytes in base64url.
const BODY: usize = 43;

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// Sets a new password.
    Reset,
    /// Proves that an address is read by who says so.
    Verification,
    /// Lets somebody into an organization.
    Invitation,
    /// Gives the next access token of a session.
    Refresh,
    /// Signs in without a password.
    LoginLink,
    /// Joins an account elsewhere to an account here.
    Consent,
}

impl TokenKind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Reset => "omoi_reset_",
            Self::Verification => "omoi_verify_",
            Self::Invitation => "omoi_invite_",
            Self::Refresh => "omoi_refresh_",
            Self::LoginLink => "omoi_login_",
            Self::Consent => "omoi_consent_",
        }
    }
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reset => "reset",
            Self::Verification => "verification",
            Self::Invitation => "invitation",
            Self::Refresh => "refresh",
            Self::LoginLink => "login",
            Self::Consent => "consent",
        })
    }
}

/// The text cannot be a token of this kind. Nothing has been looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no {0} token: use it whole, as it was given out, or ask for a new one")]
pub struct NotAToken(
    /// What was expected.
    pub TokenKind,
);

/// A well-formed token. Its text is given out once; what is kept is its [`Fingerprint`].
#[derive(Debug)]
pub struct Token {
    kind: TokenKind,
    text: SecretString,
}

impl Token {
    /// A new one.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    #[must_use]
    pub fn random(kind: TokenKind) -> Self {
        Self::of(kind, random::key().expose_secret())
    }

    /// The one that takes the place of this one. It follows from it, for whoever has `key` and for nobody else: a client
    /// whose answer was lost is given the same again, and nobody has to keep it.
    #[must_use]
    pub fn successor(&self, key: &HashKey) -> Self {
        let bytes = Zeroizing::new(key.hash(self.text.expose_secret().as_bytes()));
        Self::of(self.kind, &bytes)
    }

    fn of(kind: TokenKind, bytes: &[u8; 32]) -> Self {
        let mut body = Zeroizing::new([0; BODY]);
        let body = Base64UrlUnpadded::encode(bytes, &mut body[..]).expect("43 characters hold 32 bytes");
        // Of the right size from the start: a text that grows leaves copies behind.
        let mut text = String::with_capacity(kind.prefix().len() + BODY);
        text.push_str(kind.prefix());
        text.push_str(body);
        Self { kind, text: text.into() }
    }

    /// The token of this kind in `text`.
    ///
    /// # Errors
    /// When it cannot be one: another kind, another length, or one character that no token has.
    pub fn parse(kind: TokenKind, text: &str) -> Result<Self, NotAToken> {
        let body = text.strip_prefix(kind.prefix()).ok_or(NotAToken(kind))?;
        // A longer body does not fit, a shorter one leaves bytes over, and of two ways to write the last character
        // only one is base64: a token has one text.
        let mut bytes = Zeroizing::new([0; 32]);
        let whole = Base64UrlUnpadded::decode(body, &mut bytes[..]).is_ok_and(|bytes| bytes.len() == 32);
        if !whole {
            return Err(NotAToken(kind));
        }
        Ok(Self { kind, text: text.into() })
    }

    /// What it is good for.
    #[must_use]
    pub const fn kind(&self) -> TokenKind {
        self.kind
    }

    /// What is kept of it. The kind is part of it: a row of one kind is never found with a token of another.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.text.expose_secret())
    }

    /// The text, for whom it is meant.
    #[must_use]
    pub const fn reveal(&self) -> &SecretString {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::envelope::DataKey;

    const KINDS: [TokenKind; 5] = [
        TokenKind::Reset,
        TokenKind::Verification,
        TokenKind::Invitation,
        TokenKind::Refresh,
        TokenKind::LoginLink,
    ];

    #[test]
    fn a_token_reads_back_as_its_own_kind_only() {
        for kind in KINDS {
            let token = Token::random(kind);
            let text = token.reveal().expose_secret();
            for other in KINDS {
                match Token::parse(other, text) {
                    Ok(read) => {
                        assert_eq!((read.kind(), kind), (other, other));
                        assert_eq!(read.fingerprint(), token.fingerprint());
                    }
                    Err(error) => assert_eq!(error, NotAToken(other), "{kind}"),
                }
            }
            assert!(Token::parse(kind, text).is_ok(), "{kind}");
        }
    }

    #[test]
    fn tokens_are_unique_and_differ_in_what_is_kept() {
        let kept: std::collections::BTreeSet<_> =
            (0..1_000).map(|_| *Token::random(TokenKind::Reset).fingerprint().as_bytes()).collect();
        assert_eq!(kept.len(), 1_000);
    }

    #[test]
    fn a_successor_follows_from_a_token_and_the_key() {
        let (key, other) = (DataKey::random().hash_key("refresh"), DataKey::random().hash_key("refresh"));
        let token = Token::random(TokenKind::Refresh);
        let next = token.successor(&key);
        assert_eq!(next.fingerprint(), token.successor(&key).fingerprint());
        assert!(Token::parse(TokenKind::Refresh, next.reveal().expose_secret()).is_ok());
        for another in [token.successor(&other), next.successor(&key), Token::random(TokenKind::Refresh)] {
            assert_ne!(another.fingerprint(), next.fingerprint());
        }
    }

    #[test]
    fn the_same_bytes_of_another_kind_are_another_secret() {
        let reset = Token::random(TokenKind::Reset);
        let login = reset.reveal().expose_secret().replace("omoi_reset_", "omoi_login_");
        let login = Token::parse(TokenKind::LoginLink, &login).unwrap();
        assert_ne!(login.fingerprint(), reset.fingerprint());
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let token = Token::random(TokenKind::Refresh);
        let text = token.reveal().expose_secret();
        let body = &text["omoi_refresh_".len()..];
        let wrong = [
            String::new(),
            body.to_owned(),
            "omoi_refresh_".to_owned(),
            format!("{text}A"),
            format!("{text}="),
            format!("{text}\n"),
            format!(" {text}"),
            text[..text.len() - 1].to_owned(),
            format!("OMOI_refresh_{body}"),
            format!("omoi_refresh_{}+", &body[..42]),
            format!("omoi_refresh_{}\u{e9}", &body[..41]),
            format!("omoi_refresh_{}", "A".repeat(9_000_000)),
        ];
        for wrong in wrong {
            let refused = Token::parse(TokenKind::Refresh, &wrong).is_err();
            assert!(refused, "{}", wrong.chars().take(80).collect::<String>());
        }
    }

    /// The last character holds four bits of the token: sixteen of the 64 are texts, and each is another token.
    #[test]
    fn a_token_has_one_text() {
        let head = format!("omoi_reset_{}", "A".repeat(42));
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let texts: Vec<_> = alphabet
            .chars()
            .filter(|last| Token::parse(TokenKind::Reset, &format!("{head}{last}")).is_ok())
            .collect();
        assert_eq!(texts.len(), 16, "{texts:?}");
    }

    #[test]
    fn a_token_is_never_printed_and_its_error_does_not_hold_it() {
        let token = Token::random(TokenKind::Invitation);
        let body = &token.reveal().expose_secret()["omoi_invite_".len()..];
        assert!(!format!("{token:?}").contains(body));
        let error = Token::parse(TokenKind::Reset, token.reveal().expose_secret()).unwrap_err();
        assert!(!error.to_string().contains(body) && error.to_string().contains("reset"));
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange_to_be_refused(text in any::<String>()) {
            prop_assert!(Token::parse(TokenKind::Reset, &text).is_err());
        }
    }
}
