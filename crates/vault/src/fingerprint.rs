//! What is kept of a secret that was made at random: enough to know it again, not enough to use it.

use std::fmt;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::secret::{ExposeSecret as _, SecretString};

/// SHA-256 of a token or an API key. A plain hash is enough, because what is hashed cannot be guessed; a password can,
/// so it has [`PasswordHash`](crate::password::PasswordHash). `==` takes the same time wherever two of them differ.
#[derive(Clone, Copy)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Of a secret that was made at random elsewhere; never of one that somebody thought of.
    #[must_use]
    pub fn of_random(secret: &SecretString) -> Self {
        Self::of(secret.expose_secret())
    }

    /// One that was stored.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// What is stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl PartialEq for Fingerprint {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Fingerprint {}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Fingerprint([REDACTED])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sha_256() {
        let of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hex::encode(Fingerprint::of("abc").as_bytes()), of_abc);
    }

    #[test]
    fn two_are_equal_when_every_bit_is() {
        let print = Fingerprint::of("abc");
        assert_eq!(Fingerprint::from_bytes(*print.as_bytes()), print);
        for bit in 0..256 {
            let mut bytes = *print.as_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(Fingerprint::from_bytes(bytes), print);
        }
    }

    #[test]
    fn it_is_never_printed() {
        assert_eq!(format!("{:?}", Fingerprint::of("abc")), "Fingerprint([REDACTED])");
    }
}
