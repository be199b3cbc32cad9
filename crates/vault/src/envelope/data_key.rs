//! The key that seals values: one for an organization, a project or a person.

use std::fmt;

use base64ct::{Base64, Encoding as _};

use super::cipher;
use super::hash_key::HashKey;
use super::place::{Place, Purpose};
use crate::random;
use crate::secret::{SecretKey, SecretSlice};

/// The first byte of what is sealed in this way.
const FORM: u8 = 1;

/// Seals and opens values. It lives in memory only; what is stored is [`WrappedKey`](super::WrappedKey).
#[derive(Debug)]
pub struct DataKey(pub(super) SecretKey);

/// The data key of one person. To erase them, destroy its one stored copy, the wrapped one: what it sealed, in events
/// that stay for ever and in every backup, is noise from then on.
pub type SubjectKey = DataKey;

impl DataKey {
    /// A new one.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    #[must_use]
    pub fn random() -> Self {
        Self(random::key())
    }

    /// Seals `plain` at `place`. Twice the same gives two texts; the length shows.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    #[must_use]
    pub fn seal(&self, plain: &[u8], place: &Place<'_>) -> Sealed {
        let mut bytes = vec![FORM];
        bytes.extend(cipher::seal(&self.0, plain, &place.bind(Purpose::SealedValue)));
        Sealed(bytes)
    }

    /// A key that hashes for `purpose`; it is lost when this one is.
    #[must_use]
    pub fn hash_key(&self, purpose: &str) -> HashKey {
        HashKey::of(self, purpose)
    }

    /// What was sealed at `place`.
    ///
    /// # Errors
    /// When it was sealed with another key or at another place, or was changed.
    pub fn open(&self, sealed: &Sealed, place: &Place<'_>) -> Result<SecretSlice<u8>, Shut> {
        cipher::open(&self.0, &sealed.0[1..], &place.bind(Purpose::SealedValue)).ok_or(Shut)
    }
}

/// A sealed value, which is no secret: to be stored as bytes or as text.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

/// The bytes or the text are no sealed value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a sealed value: it is cut off, or was never one")]
pub struct NotSealed;

/// A sealed value stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value does not open: it was sealed with another key or for another row, or was changed")]
pub struct Shut;

impl Sealed {
    /// One that was stored as bytes.
    ///
    /// # Errors
    /// When the bytes have not its form.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, NotSealed> {
        let formed = bytes.first() == Some(&FORM) && bytes.len() > cipher::OVERHEAD;
        if formed { Ok(Self(bytes)) } else { Err(NotSealed) }
    }

    /// What is stored.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// One that was stored as text.
    ///
    /// # Errors
    /// When the text has not its form.
    pub fn from_text(text: &str) -> Result<Self, NotSealed> {
        Self::from_bytes(Base64::decode_vec(text).map_err(|_| NotSealed)?)
    }

    /// Base64 with padding, as `vocabulary::Sealed` holds it.
    #[must_use]
    pub fn to_text(&self) -> String {
        Base64::encode_string(&self.0)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::place::tests::{HERE, elsewhere};
    use super::*;
    use crate::secret::ExposeSecret as _;

    fn opened(key: &DataKey, sealed: &Sealed, place: &Place<'_>) -> Result<Vec<u8>, Shut> {
        key.open(sealed, place).map(|plain| plain.expose_secret().to_vec())
    }

    #[test]
    fn a_value_opens_where_it_was_sealed_and_nowhere_else() {
        let key = DataKey::random();
        let sealed = key.seal(b"ada@example.org", &HERE);
        assert_eq!(opened(&key, &sealed, &HERE).unwrap(), b"ada@example.org");
        for place in elsewhere() {
            assert_eq!(opened(&key, &sealed, &place), Err(Shut), "{place:?}");
        }
    }

    /// This is what erasing a person comes to: the one key is gone, and another opens nothing.
    #[test]
    fn without_its_key_a_value_stays_shut() {
        let sealed = SubjectKey::random().seal(b"ada@example.org", &HERE);
        assert_eq!(opened(&SubjectKey::random(), &sealed, &HERE), Err(Shut));
        assert!(!sealed.as_bytes().windows(3).any(|part| part == b"ada"));
    }

    #[test]
    fn the_same_value_is_never_sealed_alike() {
        let key = DataKey::random();
        assert_ne!(key.seal(b"yes", &HERE), key.seal(b"yes", &HERE));
    }

    #[test]
    fn a_stored_value_reads_back() {
        let sealed = DataKey::random().seal(b"", &HERE);
        assert_eq!(Sealed::from_bytes(sealed.as_bytes().to_vec()), Ok(sealed.clone()));
        assert_eq!(Sealed::from_text(&sealed.to_text()), Ok(sealed));
    }

    #[test]
    fn what_was_never_sealed_is_refused() {
        let sealed = DataKey::random().seal(b"", &HERE);
        let mut of_another_form = sealed.as_bytes().to_vec();
        of_another_form[0] = 2;
        for bytes in [Vec::new(), vec![FORM], sealed.as_bytes()[..40].to_vec(), of_another_form] {
            assert_eq!(Sealed::from_bytes(bytes), Err(NotSealed));
        }
        for text in ["", "ada@example.org", &format!("{}=", sealed.to_text())] {
            assert_eq!(Sealed::from_text(text), Err(NotSealed), "{text}");
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        let key = DataKey(SecretKey::new(Box::new([7; 32])));
        assert!(!format!("{key:?}").contains('7'), "{key:?}");
        assert_eq!(format!("{:?}", key.seal(b"ada", &HERE)), "Sealed(44 bytes)");
    }

    proptest! {
        #[test]
        fn whatever_is_sealed_is_opened(plain in any::<Vec<u8>>(), table in any::<String>(), id in any::<u128>()) {
            let place = Place { table: &table, id: kernel::Uuid::from_u128(id), ..HERE };
            let key = DataKey::random();
            let stored = Sealed::from_text(&key.seal(&plain, &place).to_text()).unwrap();
            prop_assert_eq!(opened(&key, &stored, &place), Ok(plain));
        }

        #[test]
        fn no_bytes_are_too_strange_to_be_refused(mut bytes in any::<Vec<u8>>()) {
            bytes.insert(0, FORM);
            if let Ok(sealed) = Sealed::from_bytes(bytes) {
                prop_assert_eq!(opened(&DataKey::random(), &sealed, &HERE), Err(Shut));
            }
        }
    }
}
