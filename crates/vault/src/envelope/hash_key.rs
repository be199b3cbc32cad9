//! A key that hashes: the same text is the same hash, and says nothing to whoever has not the key.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::data_key::DataKey;
use crate::secret::{ExposeSecret as _, SecretKey};

/// Hashes with HMAC-SHA-256. It follows from a data key and a purpose, so that it is kept, turned over and lost
/// with that data key, and no two purposes have hashes in common.
#[derive(Debug)]
pub struct HashKey(SecretKey);

impl HashKey {
    pub(super) fn of(key: &DataKey, purpose: &str) -> Self {
        Self(SecretKey::new(Box::new(mac(key.0.expose_secret(), &[b"omoi.hash-key.v1", purpose.as_bytes()]))))
    }

    /// The hash of `value`.
    #[must_use]
    pub fn hash(&self, value: &[u8]) -> [u8; 32] {
        mac(self.0.expose_secret(), &[value])
    }
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of HMAC may have any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_follows_from_key_purpose_and_value() {
        let key = DataKey::random();
        let hash = key.hash_key("address").hash(b"ada@example.org");
        assert_eq!(key.hash_key("address").hash(b"ada@example.org"), hash);
        assert_ne!(key.hash_key("address").hash(b"bob@example.org"), hash);
        assert_ne!(key.hash_key("account").hash(b"ada@example.org"), hash);
        assert_ne!(DataKey::random().hash_key("address").hash(b"ada@example.org"), hash);
    }

    /// Hashes are stored: another answer here would make everybody unknown.
    #[test]
    fn a_hash_is_never_another() {
        let key = DataKey(SecretKey::new(Box::new([7; 32])));
        let hash = key.hash_key("address").hash(b"ada@example.org");
        assert_eq!(hex::encode(hash), "698bbcc03af4c28cf9edea1c8dd3228d212f9f86bc4e533c3d9a16e5a846bc1f");
    }
}
