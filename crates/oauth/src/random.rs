//! What nobody can guess.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use rand::{TryRngCore as _, rngs::OsRng};
use vault::secret::{SecretString, Zeroizing};

/// 256 random bits of the operating system, as text that needs no encoding in an address: 43 characters, and RFC 7636
/// wants at least as many of a verifier.
///
/// # Panics
/// When the operating system gives no random bytes: nothing here is safe without them.
pub(crate) fn text() -> SecretString {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    OsRng.try_fill_bytes(&mut bytes[..]).expect("the operating system gives random bytes");
    Base64UrlUnpadded::encode_string(&bytes[..]).into()
}

#[cfg(test)]
mod tests {
    use vault::secret::ExposeSecret as _;

    use super::*;

    #[test]
    fn it_has_43_characters_and_never_comes_twice() {
        let texts: std::collections::BTreeSet<String> =
            (0..1_000).map(|_| text().expose_secret().to_owned()).collect();
        assert_eq!(texts.len(), 1_000);
        assert!(texts.iter().all(|text| text.len() == 43));
    }
}
