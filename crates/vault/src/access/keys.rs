//! The two halves of a key that signs tokens. Ed25519 in the strict reading of `ed25519-dalek`: of one message and one
//! key there is one signature, and keys of low order verify nothing.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use ed25519_dalek::{Signature, Signer as _, VerifyingKey};
use sha2::{Digest as _, Sha256};

use crate::key_text::{self, KeyTextError};
use crate::random;
use crate::secret::{ExposeSecret as _, SecretKey, SecretString};

/// Signs tokens; wiped when it goes, and printed as its public half's name.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// A new one.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    #[must_use]
    pub fn random() -> Self {
        Self::of(&random::key())
    }

    /// Reads one from a file or a variable: 64 hexadecimal digits or base64 of 32 bytes.
    ///
    /// # Errors
    /// When it is neither, or a placeholder.
    pub fn parse(text: &SecretString) -> Result<Self, KeyTextError> {
        key_text::parse(text).map(|key| Self::of(&key))
    }

    /// The text that [`parse`](Self::parse) reads, for the file that it is kept in.
    #[must_use]
    pub fn to_text(&self) -> SecretString {
        key_text::write(self.0.as_bytes())
    }

    /// The half that everybody may know.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(super) fn sign(&self, message: &str) -> [u8; 64] {
        self.0.sign(message.as_bytes()).to_bytes()
    }

    fn of(seed: &SecretKey) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed.expose_secret()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, [REDACTED])", self.public().id())
    }
}

/// The text is no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a public Ed25519 key: give the 43 characters of `x` as they stand in the list of keys")]
pub struct BadPublicKey;

/// Verifies tokens.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PublicKey(VerifyingKey);

impl PublicKey {
    /// Reads one as [`to_text`](Self::to_text) writes it.
    ///
    /// # Errors
    /// When it is not 32 bytes in base64url, or they are no point of the curve.
    pub fn parse(text: &str) -> Result<Self, BadPublicKey> {
        let mut bytes = [0; 32];
        let whole = Base64UrlUnpadded::decode(text, &mut bytes).is_ok_and(|bytes| bytes.len() == 32);
        let key = VerifyingKey::from_bytes(&bytes).map_err(|_| BadPublicKey)?;
        if whole { Ok(Self(key)) } else { Err(BadPublicKey) }
    }

    /// Its bytes in base64url, the `x` of a JWK.
    #[must_use]
    pub fn to_text(&self) -> String {
        Base64UrlUnpadded::encode_string(self.0.as_bytes())
    }

    /// Its name, which follows from the key (the thumbprint of RFC 7638): nobody gives one, so none can be wrong.
    #[must_use]
    pub fn id(&self) -> String {
        let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, self.to_text());
        Base64UrlUnpadded::encode_string(&Sha256::digest(jwk))
    }

    pub(super) fn verifies(&self, message: &str, signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message.as_bytes(), &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 8037, appendix A, whose thumbprint is given there.
    #[test]
    fn the_name_of_a_key_is_its_thumbprint() {
        let seed = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
        let key = SigningKey::parse(&seed.into()).unwrap().public();
        assert_eq!(key.to_text(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
        assert_eq!(key.id(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn both_halves_read_back() {
        let key = SigningKey::random();
        assert_eq!(SigningKey::parse(&key.to_text()).unwrap().public(), key.public());
        assert_eq!(PublicKey::parse(&key.public().to_text()), Ok(key.public()));
        assert_ne!(SigningKey::random().public(), key.public());
    }

    #[test]
    fn what_is_no_public_key_is_refused() {
        let text = SigningKey::random().public().to_text();
        let no_point = Base64UrlUnpadded::encode_string(&[2; 32]);
        for wrong in ["", "A", &text[1..], &format!("{text}="), &format!("{text}AA"), &no_point] {
            assert_eq!(PublicKey::parse(wrong), Err(BadPublicKey), "{wrong}");
        }
    }

    /// With a key of low order (here the identity) one signature fits nearly every message.
    #[test]
    fn a_key_of_low_order_verifies_nothing() {
        let mut identity = [0; 32];
        identity[0] = 1;
        let key = PublicKey::parse(&Base64UrlUnpadded::encode_string(&identity)).unwrap();
        let mut signature = [0; 64];
        signature[0] = 1;
        assert!(!key.verifies("any message", &signature));
    }

    #[test]
    fn a_signing_key_is_never_printed() {
        let key = SigningKey::random();
        let printed = format!("{key:?}");
        assert!(!printed.contains(key.to_text().expose_secret()), "{printed}");
        assert_eq!(printed, format!("SigningKey({}, [REDACTED])", key.public().id()));
    }
}
