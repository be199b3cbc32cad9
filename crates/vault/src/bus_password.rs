//! Passwords of users of the event bus: made here, shown once, and known to the bus by their hash.

use crate::random;
use crate::secret::SecretString;

/// The least that bcrypt allows. A hash is slow so that nobody finds a password that a person chose by trying; 192
/// random bits nobody finds however fast it is, and the bus checks one at each connection.
const COST: u32 = 4;

/// A new password, and what the configuration of the bus says in its place.
#[derive(Debug)]
pub struct BusPassword {
    /// 48 digits that mean nothing in a URL: 192 random bits.
    pub password: SecretString,
    /// Its bcrypt hash, `$2b$04$…`.
    pub hash: String,
}

impl BusPassword {
    /// Makes one.
    #[must_use]
    pub fn random() -> Self {
        let password = hex::encode(random::bytes::<24>());
        let hash = bcrypt::hash_with_salt(password.as_bytes(), COST, random::bytes::<16>())
            .expect("the cost is one of bcrypt's, and 48 digits are within its 72 bytes");
        Self { password: password.into(), hash: hash.format_for_version(bcrypt::Version::TwoB) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::ExposeSecret as _;

    #[test]
    fn the_hash_is_of_the_password_and_of_no_other() {
        let (one, other) = (BusPassword::random(), BusPassword::random());
        assert_ne!(one.hash, other.hash);
        assert_eq!(one.password.expose_secret().len(), 48);
        assert!(one.hash.starts_with("$2b$04$") && one.hash.len() == 60, "{}", one.hash);
        let is_of = |password: &BusPassword| bcrypt::verify(password.password.expose_secret(), &one.hash);
        assert_eq!((is_of(&one).ok(), is_of(&other).ok()), (Some(true), Some(false)));
    }

    #[test]
    fn nothing_shows_the_password() {
        let made = BusPassword::random();
        assert!(!format!("{made:?}").contains(made.password.expose_secret()));
    }
}
