//! The keys of an installation: one signs, all verify. Turning them over takes three steps, and no token is refused on
//! the way: let every node know the next key, let every node sign with it, and say until when the last one signed.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use kernel::Timestamp;
use serde::Serialize;

use super::keys::{PublicKey, SigningKey};

/// A key that verifies here and does not sign here.
#[derive(Clone, Copy, Debug)]
pub struct OtherKey {
    /// Its public half.
    pub key: PublicKey,
    /// When the last node stopped signing with it; `None` while one still may, or will. What it signs later is refused,
    /// so a key that is stolen after its time is worth nothing, even if nobody takes it out of the ring.
    pub until: Option<Timestamp>,
}

/// One key stands in the ring twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key {0} stands in the ring twice: leave it out where it is not meant")]
pub struct KeyNamedTwice(
    /// Its id.
    pub String,
);

/// The keys of an installation.
#[derive(Debug)]
pub struct KeyRing {
    signing: SigningKey,
    known: Vec<Known>,
}

#[derive(Debug)]
pub(super) struct Known {
    /// The first part of every token that this key signs.
    header: String,
    pub(super) key: PublicKey,
    pub(super) until: Option<Timestamp>,
}

impl KeyRing {
    /// A ring in which `signing` signs, and `others` verify too.
    ///
    /// # Errors
    /// When a key stands there twice: until when it signs would be two answers.
    pub fn new(signing: SigningKey, others: Vec<OtherKey>) -> Result<Self, KeyNamedTwice> {
        let mut known: Vec<Known> = Vec::with_capacity(1 + others.len());
        for other in [OtherKey { key: signing.public(), until: None }].into_iter().chain(others) {
            if known.iter().any(|known| known.key == other.key) {
                return Err(KeyNamedTwice(other.key.id()));
            }
            known.push(Known { header: header(&other.key), key: other.key, until: other.until });
        }
        Ok(Self { signing, known })
    }

    /// The public halves, for `/.well-known/jwks.json`.
    #[must_use]
    pub fn jwks(&self) -> Jwks {
        Jwks { keys: self.known.iter().map(|known| Jwk::of(&known.key)).collect() }
    }

    /// `header.payload.signature`, the last two in base64url.
    pub(super) fn sign(&self, payload: &[u8]) -> String {
        let header = &self.known[0].header;
        let signed = format!("{header}.{}", Base64UrlUnpadded::encode_string(payload));
        let signature = Base64UrlUnpadded::encode_string(&self.signing.sign(&signed));
        format!("{signed}.{signature}")
    }

    /// The key whose header this is.
    pub(super) fn of_header(&self, header: &str) -> Option<&Known> {
        self.known.iter().find(|known| known.header == header)
    }
}

/// What every token of a key begins with.
fn header(key: &PublicKey) -> String {
    let json = format!(r#"{{"alg":"EdDSA","typ":"at+jwt","kid":"{}"}}"#, key.id());
    Base64UrlUnpadded::encode_string(json.as_bytes())
}

/// The public keys as others read them (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Jwks {
    /// The one that signs first.
    pub keys: Vec<Jwk>,
}

/// One public key (RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Jwk {
    /// The family of keys, `OKP`.
    pub kty: &'static str,
    /// The curve, `Ed25519`.
    pub crv: &'static str,
    /// The algorithm, `EdDSA`.
    pub alg: &'static str,
    /// What it is for, `sig`.
    #[serde(rename = "use")]
    pub usage: &'static str,
    /// Its name in a token's header.
    pub kid: String,
    /// The key.
    pub x: String,
}

impl Jwk {
    fn of(key: &PublicKey) -> Self {
        Self { kty: "OKP", crv: "Ed25519", alg: "EdDSA", usage: "sig", kid: key.id(), x: key.to_text() }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::secret::ExposeSecret as _;

    #[test]
    fn the_list_of_keys_holds_public_halves_and_nothing_else() {
        let (signing, older) = (SigningKey::random(), SigningKey::random());
        let secrets = [signing.to_text(), older.to_text()];
        let expected = [&signing, &older].map(|key| {
            let (kid, x) = (key.public().id(), key.public().to_text());
            json!({"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": kid, "x": x})
        });
        let ring = KeyRing::new(signing, vec![OtherKey { key: older.public(), until: None }]).unwrap();
        let printed = format!("{ring:?}");
        assert_eq!(serde_json::to_value(ring.jwks()).unwrap(), json!({"keys": expected}));
        assert!(secrets.iter().all(|secret| !printed.contains(secret.expose_secret())), "{printed}");
    }

    #[test]
    fn a_key_stands_in_the_ring_once() {
        let key = SigningKey::random().public();
        let other = OtherKey { key, until: None };
        assert_eq!(
            KeyRing::new(SigningKey::random(), vec![other, other]).map(drop),
            Err(KeyNamedTwice(key.id()))
        );
        let signing = SigningKey::random();
        let itself = OtherKey { key: signing.public(), until: Some(Timestamp::from_micros(0)) };
        assert!(KeyRing::new(signing, vec![itself]).is_err());
    }
}
