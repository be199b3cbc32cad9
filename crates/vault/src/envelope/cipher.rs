//! XChaCha20-Poly1305 with a random nonce before the ciphertext and the tag behind it. The only place that knows the
//! cipher.

use chacha20poly1305::{AeadInOut as _, KeyInit as _, Tag, XChaCha20Poly1305, XNonce};

use crate::random;
use crate::secret::{ExposeSecret as _, ExposeSecretMut as _, SecretKey, SecretSlice};

const NONCE: usize = 24;
const TAG: usize = 16;
/// By how much the sealed bytes are longer than the plain ones.
pub(super) const OVERHEAD: usize = NONCE + TAG;

/// Seals `plain` so that only the same key opens it, and only with the same `bound`.
pub(super) fn seal(key: &SecretKey, plain: &[u8], bound: &[u8]) -> Vec<u8> {
    let nonce = random::bytes::<NONCE>();
    let mut sealed = Vec::with_capacity(OVERHEAD + plain.len());
    sealed.extend_from_slice(&nonce);
    sealed.extend_from_slice(plain);
    let tag = cipher(key)
        .encrypt_inout_detached(&XNonce::from(nonce), bound, (&mut sealed[NONCE..]).into())
        .expect("shorter than 256 GiB: it is in memory");
    sealed.extend_from_slice(&tag);
    sealed
}

/// The plain bytes; `None` when the key or `bound` is another one, or a bit was changed.
pub(super) fn open(key: &SecretKey, sealed: &[u8], bound: &[u8]) -> Option<SecretSlice<u8>> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE>()?;
    let (body, tag) = rest.split_last_chunk::<TAG>()?;
    // Opened where it stays: the bytes are checked first, so a changed text is never in the clear.
    let mut plain = SecretSlice::from(body.to_vec());
    cipher(key)
        .decrypt_inout_detached(
            &XNonce::from(*nonce),
            bound,
            plain.expose_secret_mut().into(),
            &Tag::from(*tag),
        )
        .ok()?;
    Some(plain)
}

fn cipher(key: &SecretKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(key.expose_secret().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of draft-irtf-cfrg-xchacha-03, A.3.1: another implementation reads what is sealed here.
    #[test]
    fn it_is_xchacha20_poly1305() {
        let key = hex_bytes("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f");
        let key = SecretKey::new(Box::new(key.try_into().unwrap()));
        let bound = hex_bytes("50515253c0c1c2c3c4c5c6c7");
        let sealed = hex_bytes(
            "404142434445464748494a4b4c4d4e4f5051525354555657\
             bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb\
             731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452\
             2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9\
             21f9664c97637da9768812f615c68b13b52e\
             c0875924c1c7987947deafd8780acf49",
        );
        let plain = open(&key, &sealed, &bound).unwrap();
        let text = std::str::from_utf8(plain.expose_secret()).unwrap();
        assert!(text.starts_with("Ladies and Gentlemen of the class of '99"), "{text}");
    }

    #[test]
    fn every_bit_counts() {
        let key = random::key();
        let sealed = seal(&key, b"secret", b"place");
        assert_eq!(open(&key, &sealed, b"place").unwrap().expose_secret(), b"secret");
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&key, &changed, b"place").is_none(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(open(&key, &sealed[..length], b"place").is_none(), "{length} bytes");
        }
        assert!(open(&random::key(), &sealed, b"place").is_none());
        assert!(open(&key, &sealed, b"elsewhere").is_none());
    }

    fn hex_bytes(text: &str) -> Vec<u8> {
        hex::decode(text).unwrap()
    }
}
