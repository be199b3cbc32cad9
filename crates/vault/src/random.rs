//! Randomness of the operating system, and no other: a generator of our own would be one more thing to trust.

use rand::{TryRngCore as _, rngs::OsRng};

use crate::secret::{SecretBox, SecretKey};

/// There is no fallback: without it everything made here could be guessed, so the process must not go on.
const NEEDED: &str = "the operating system gives random bytes: nothing here is safe without them";

/// Random bytes that are no secret, such as a nonce.
pub(crate) fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    OsRng.try_fill_bytes(&mut bytes).expect(NEEDED);
    bytes
}

/// A random key, made in the place where it stays.
pub(crate) fn key() -> SecretKey {
    SecretBox::init_with_mut(|bytes: &mut [u8; 32]| OsRng.try_fill_bytes(bytes).expect(NEEDED))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::ExposeSecret as _;

    #[test]
    fn nothing_comes_twice() {
        assert_ne!(bytes::<24>(), bytes::<24>());
        assert_ne!(key().expose_secret(), key().expose_secret());
        assert_ne!(key().expose_secret(), &[0; 32]);
    }
}
