//! Keys that sign as a provider's do.

use aws_lc_rs::{
    hmac,
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256,
        RsaKeyPair,
    },
};
use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde_json::{Value, json};

/// How ID tokens are signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// RSA of 2048 bits with SHA-256.
    Rs256,
    /// ECDSA over P-256 with SHA-256.
    Es256,
    /// Ed25519.
    EdDsa,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// As it stands in a token.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }
}

pub(super) struct Key {
    id: String,
    pair: Pair,
}

enum Pair {
    Rs256(RsaKeyPair),
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
}

impl Key {
    pub(super) fn generate(id: String, algorithm: Algorithm) -> Self {
        const MADE: &str = "the operating system gives random bytes";
        let pair = match algorithm {
            Algorithm::Rs256 => Pair::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).expect(MADE)),
            Algorithm::Es256 => {
                Pair::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect(MADE))
            }
            Algorithm::EdDsa => Pair::EdDsa(Ed25519KeyPair::generate().expect(MADE)),
        };
        Self { id, pair }
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// What is published of it.
    pub(super) fn jwk(&self) -> Value {
        match &self.pair {
            Pair::Rs256(pair) => {
                let public = pair.public_key();
                let modulus = encode(public.modulus().big_endian_without_leading_zero());
                let exponent = encode(public.exponent().big_endian_without_leading_zero());
                json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": self.id, "n": modulus, "e": exponent})
            }
            Pair::Es256(pair) => {
                // Uncompressed: a byte 4, then x, then y.
                let (x, y) = pair.public_key().as_ref()[1..].split_at(32);
                let (x, y) = (encode(x), encode(y));
                json!({"kty": "EC", "use": "sig", "alg": "ES256", "kid": self.id, "crv": "P-256", "x": x, "y": y})
            }
            Pair::EdDsa(pair) => {
                let x = encode(pair.public_key().as_ref());
                json!({"kty": "OKP", "use": "sig", "alg": "EdDSA", "kid": self.id, "crv": "Ed25519", "x": x})
            }
        }
    }

    pub(super) fn sign(&self, text: &str) -> Vec<u8> {
        const SIGNED: &str = "a key that was generated signs";
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature).expect(SIGNED);
                signature
            }
            Pair::Es256(pair) => pair.sign(&random, text.as_bytes()).expect(SIGNED).as_ref().to_vec(),
            Pair::EdDsa(pair) => pair.sign(text.as_bytes()).as_ref().to_vec(),
        }
    }
}

/// The signature of whoever has the client secret.
pub(super) fn sign_with_secret(secret: &str, text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()), text.as_bytes()).as_ref().to_vec()
}

pub(super) fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// 256 random bits as text: a code, a token, a secret.
pub(super) fn random_text() -> String {
    let mut bytes = [0_u8; 32];
    aws_lc_rs::rand::fill(&mut bytes).expect("the operating system gives random bytes");
    encode(&bytes)
}
