//! A key as text: `omoi_<environment>_<body>_<check>`. The prefix lets scanners find one that leaked; the check lets a
//! typing error, or a guess, be refused before anybody is asked. Keys of this form have been given out: it stays.

use rand::{Rng as _, TryRngCore as _, distr::Alphanumeric, rngs::OsRng};

use crate::Fingerprint;
use crate::secret::{ExposeSecret as _, SecretString};

const PREFIX: &str = "omoi_";
/// Letters and digits of the body: 190 bits.
const BODY: usize = 32;
/// Letters and digits of the check: CRC-32 in base 62.
const CHECK: usize = 6;
/// No key is longer.
const LONGEST: usize = 64;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Where a key is used, so that one in the wrong place is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Environment {
    /// An installation on somebody's machine.
    Local,
    /// An installation with databases of its own.
    Live,
}

impl Environment {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Local, Self::Live];

    /// As it stands in a key.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Live => "live",
        }
    }
}

/// Why a text is no key. Nothing has been looked up, and the text is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiKeyError {
    /// The check does not fit the rest.
    #[error(
        "this is not an API key: use it whole, as it was shown; a character is missing, added or another one"
    )]
    Mistyped,
    /// The check fits and the rest has not the form of a key.
    #[error("this has the check of an API key but not its form: use a key that this installation made")]
    Form,
    /// The key is for another kind of installation.
    #[error("this API key is not for a {} installation: use one that was made here", .0.as_str())]
    OtherEnvironment(
        /// Where it was to be used.
        Environment,
    ),
}

/// A well-formed key. It is shown once; what is kept is its [`Fingerprint`].
#[derive(Debug)]
pub struct ApiKey {
    environment: Environment,
    text: SecretString,
}

impl ApiKey {
    /// A new one.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    #[must_use]
    pub fn random(environment: Environment) -> Self {
        let name = environment.as_str();
        // Of the right size from the start: a text that grows leaves copies behind.
        let mut text = String::with_capacity(PREFIX.len() + name.len() + 1 + BODY + 1 + CHECK);
        text.push_str(PREFIX);
        text.push_str(name);
        text.push('_');
        text.extend(OsRng.unwrap_err().sample_iter(Alphanumeric).take(BODY).map(char::from));
        let check = check(&text);
        text.push('_');
        text.extend(check.map(char::from));
        Self { environment, text: text.into() }
    }

    /// The key in `text`. The check is tested before anything else is looked at.
    ///
    /// # Errors
    /// When it cannot be one.
    pub fn parse(text: &str) -> Result<Self, ApiKeyError> {
        // Before the check only because a check over megabytes is work that a stranger could order.
        if text.len() > LONGEST {
            return Err(ApiKeyError::Mistyped);
        }
        let (head, given) = text.rsplit_once('_').ok_or(ApiKeyError::Mistyped)?;
        if given.as_bytes() != check(head) {
            return Err(ApiKeyError::Mistyped);
        }
        let (name, body) =
            head.strip_prefix(PREFIX).and_then(|rest| rest.split_once('_')).ok_or(ApiKeyError::Form)?;
        let environment =
            Environment::ALL.into_iter().find(|one| one.as_str() == name).ok_or(ApiKeyError::Form)?;
        if body.len() != BODY || !body.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(ApiKeyError::Form);
        }
        Ok(Self { environment, text: text.into() })
    }

    /// The key in `text`, which must be for `environment`.
    ///
    /// # Errors
    /// When it cannot be one, or is for another environment.
    pub fn parse_for(environment: Environment, text: &str) -> Result<Self, ApiKeyError> {
        let key = Self::parse(text)?;
        if key.environment == environment { Ok(key) } else { Err(ApiKeyError::OtherEnvironment(environment)) }
    }

    /// Where it is used.
    #[must_use]
    pub const fn environment(&self) -> Environment {
        self.environment
    }

    /// What is kept of it.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.text.expose_secret())
    }

    /// The text, to be shown to its owner once.
    #[must_use]
    pub const fn reveal(&self) -> &SecretString {
        &self.text
    }
}

fn check(head: &str) -> [u8; CHECK] {
    let mut rest = crc32fast::hash(head.as_bytes());
    let mut digits = [b'0'; CHECK];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_unique_and_read_back() {
        let mut seen = BTreeSet::new();
        for n in 0..1_000 {
            let environment = Environment::ALL[n % 2];
            let key = ApiKey::random(environment);
            let text = key.reveal().expose_secret();
            let read = ApiKey::parse_for(environment, text).expect("what is made can be read");
            assert_eq!((read.environment(), read.fingerprint()), (environment, key.fingerprint()));
            assert!(text.starts_with(&format!("omoi_{}_", environment.as_str())), "{text}");
            assert!(seen.insert(*key.fingerprint().as_bytes()), "a key came twice");
        }
    }

    /// Made outside of this crate with CRC-32 and SHA-256 of Python. Keys of this form are in use, and what is kept of
    /// them is their hash: another value here would lock their owners out.
    #[test]
    fn keys_that_were_given_out_stay_valid() {
        let given_out = [
            (
                Environment::Local,
                "omoi_local_Zm9vYmFyMTIzNDU2Nzg5MGFiY2RlZmdo_1TpHbU",
                "c2953dab12e564767405b0bf4168dfc0f5c857bc0ed7ac8a2096bef637486863",
            ),
            (
                Environment::Live,
                "omoi_live_0123456789abcdefghijklmnopqrstuv_4aX96C",
                "79cef86e22e03220a0082eecdd4008cbb4389849717b4d7f114da405f33aeaee",
            ),
        ];
        for (environment, text, kept) in given_out {
            let key = ApiKey::parse_for(environment, text).unwrap();
            assert_eq!(hex::encode(key.fingerprint().as_bytes()), kept);
        }
    }

    #[test]
    fn every_change_of_one_character_is_refused() {
        for environment in Environment::ALL {
            let key = ApiKey::random(environment);
            let key = key.reveal().expose_secret();
            for at in 0..key.len() {
                for other in (0..128_u8).map(char::from).chain(['\u{e9}', '\u{1f511}']) {
                    if key[at..].starts_with(other) {
                        continue;
                    }
                    let changed = format!("{}{other}{}", &key[..at], &key[at + 1..]);
                    assert!(ApiKey::parse(&changed).is_err(), "{changed}");
                }
                let without = format!("{}{}", &key[..at], &key[at + 1..]);
                assert!(ApiKey::parse(&without).is_err(), "{without}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_character_more_or_two_swapped_are_refused(at in 0_usize..49, more in any::<char>()) {
            let key = ApiKey::random(Environment::Live);
            let key = key.reveal().expose_secret();
            let longer = format!("{}{more}{}", &key[..at], &key[at..]);
            prop_assert!(ApiKey::parse(&longer).is_err());
            let mut swapped = key.as_bytes().to_vec();
            swapped.swap(at, (at + 1) % key.len());
            let swapped = String::from_utf8(swapped).unwrap();
            prop_assert!(swapped == key || ApiKey::parse(&swapped).is_err());
        }

        #[test]
        fn no_text_is_too_strange_to_be_refused(text in any::<String>()) {
            prop_assert!(ApiKey::parse(&text).is_err());
        }
    }

    #[test]
    fn a_key_is_never_printed_and_its_error_does_not_hold_it() {
        let key = ApiKey::random(Environment::Live);
        let body = &key.reveal().expose_secret()["omoi_live_".len()..];
        assert!(!format!("{key:?}").contains(body), "{key:?}");
        let error = ApiKey::parse_for(Environment::Local, key.reveal().expose_secret()).unwrap_err();
        assert_eq!(error, ApiKeyError::OtherEnvironment(Environment::Local));
        assert!(error.to_string().contains("local") && !error.to_string().contains(body));
    }
}
