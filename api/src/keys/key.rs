//! A key as text: `omoi_<environment>_<body>_<check>`. The prefix lets scanners find one that leaked, the check lets
//! a typing error be refused without asking the database.

use rand::{Rng as _, distr::Alphanumeric};
use sha2::{Digest, Sha256};

/// Letters and digits of the body: 190 bits.
const BODY: usize = 32;
/// Letters and digits of the check: CRC-32 in base 62.
const CHECK: usize = 6;
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Where a key is used, so that one in the wrong place is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    /// `omoi up` on somebody's machine.
    Local,
    /// An installation with databases of its own.
    Live,
}

impl Environment {
    const ALL: [Self; 2] = [Self::Local, Self::Live];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Local => "local",
            Self::Live => "live",
        }
    }
}

/// A well-formed key. It is shown once; what is kept is its hash.
pub(crate) struct ApiKey(String);

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ApiKey")
    }
}

impl ApiKey {
    /// A new one, from the operating system's randomness.
    pub(crate) fn random(environment: Environment) -> Self {
        let body: String = rand::rng().sample_iter(Alphanumeric).take(BODY).map(char::from).collect();
        let head = format!("omoi_{}_{body}", environment.as_str());
        let check = check(&head);
        Self(format!("{head}_{check}"))
    }

    /// The key in `text`; `None` when it cannot be one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (head, given) = text.rsplit_once('_')?;
        let body = Environment::ALL.iter().find_map(|environment| {
            head.strip_prefix("omoi_")?.strip_prefix(environment.as_str())?.strip_prefix('_')
        })?;
        let sound = body.len() == BODY && body.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (sound && check(head) == given).then(|| Self(text.to_owned()))
    }

    /// What is kept of it.
    pub(crate) fn hash(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }

    /// The text, to be shown to its owner.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

fn check(head: &str) -> String {
    let mut rest = crc32fast::hash(head.as_bytes());
    let mut digits = [b'0'; CHECK];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[(rest % 62) as usize];
        rest /= 62;
    }
    digits.map(char::from).iter().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn keys_are_unique_and_read_back() {
        let mut seen = HashSet::new();
        for n in 0..20_000 {
            let environment = Environment::ALL[n % 2];
            let key = ApiKey::random(environment);
            let parsed = ApiKey::parse(key.reveal()).expect("what is made can be read");
            assert_eq!(parsed.hash(), key.hash());
            assert!(key.reveal().starts_with(&format!("omoi_{}_", environment.as_str())));
            assert!(seen.insert(key.hash()), "a key came twice");
        }
    }

    #[test]
    fn one_wrong_character_is_seen_without_the_database() {
        let key = ApiKey::random(Environment::Local).reveal().to_owned();
        for at in 0..key.len() {
            for other in ["x", "0", "_", "é"] {
                if &key[at..=at] != other {
                    let changed = format!("{}{other}{}", &key[..at], &key[at + 1..]);
                    assert!(ApiKey::parse(&changed).is_none(), "{changed}");
                }
            }
        }
        for wrong in ["", "_", "omoi_local__000000", "omoi_test_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa_000000"] {
            assert!(ApiKey::parse(wrong).is_none(), "{wrong}");
        }
        assert!(ApiKey::parse(&format!("{key} ")).is_none());
    }

    #[test]
    fn a_key_is_never_printed() {
        let key = ApiKey::random(Environment::Live);
        assert_eq!(format!("{key:?}"), "ApiKey");
    }
}
