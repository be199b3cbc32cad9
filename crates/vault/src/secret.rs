//! Text and bytes that are never printed and are wiped when they go. The types are those of the crate `secrecy`:
//! redacted in `Debug`, without `Display`, `Serialize` or `==`, and read only where somebody writes `expose_secret`.
//!
//! ```compile_fail
//! // A secret has no way into JSON.
//! serde_json::to_string(&vault::secret::SecretString::from("secret"));
//! ```

pub use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox, SecretSlice, SecretString, zeroize::Zeroizing};

/// The 32 bytes of a key.
pub type SecretKey = SecretBox<[u8; 32]>;

#[cfg(test)]
mod tests {
    use secrecy::zeroize::ZeroizeOnDrop;

    use super::*;

    #[test]
    fn a_secret_is_never_printed() {
        let text = format!("{:?}", SecretString::from("hunter2"));
        assert!(text.contains("REDACTED") && !text.contains("hunter2"), "{text}");
        let bytes = format!("{:?}", SecretSlice::from(vec![7_u8; 9]));
        assert!(bytes.contains("REDACTED") && !bytes.contains('7'), "{bytes}");
        let key = format!("{:?}", SecretKey::new(Box::new([7; 32])));
        assert!(key.contains("REDACTED") && !key.contains('7'), "{key}");
    }

    /// It compiles, or a secret would outlive its use.
    #[test]
    fn a_secret_is_wiped_when_it_goes() {
        fn is_wiped<T: ZeroizeOnDrop>(_: &T) {}
        is_wiped(&SecretString::default());
        is_wiped(&SecretSlice::<u8>::default());
        is_wiped(&SecretKey::default());
    }

    #[test]
    fn a_secret_is_read_from_a_body() {
        let secret: SecretString = serde_json::from_str("\"hunter2\"").unwrap();
        assert_eq!(secret.expose_secret(), "hunter2");
    }
}
