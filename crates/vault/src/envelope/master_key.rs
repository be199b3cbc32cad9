//! The key outside of the database that wraps the data keys inside of it.

use std::fmt;

use sha2::{Digest as _, Sha256};

use super::cipher;
use super::data_key::DataKey;
use super::place::{Place, Purpose};
use crate::key_text::{self, KeyTextError};
use crate::random;
use crate::secret::{ExposeSecret as _, ExposeSecretMut as _, SecretKey, SecretString};

/// The first byte of what is wrapped in this way.
const FORM: u8 = 1;
const KEY: usize = 32;
const ID: usize = 8;
/// Bytes of a wrapped key: form, id of the master key, nonce, key, tag.
const WRAPPED: usize = 1 + ID + cipher::OVERHEAD + KEY;

/// Wraps data keys. Keep it where no backup of the database goes.
#[derive(Debug)]
pub struct MasterKey {
    id: MasterKeyId,
    key: SecretKey,
}

/// The name of a master key. It follows from the key (a hash), so nobody gives one and none can be wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MasterKeyId([u8; ID]);

impl fmt::Display for MasterKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for MasterKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MasterKeyId({self})")
    }
}

impl MasterKey {
    /// A new one, for an installation that has none.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    #[must_use]
    pub fn random() -> Self {
        Self::of(random::key())
    }

    /// Reads one from the text of a file or a variable: 64 hexadecimal digits or base64 of 32 bytes.
    ///
    /// # Errors
    /// When it is neither, or a placeholder.
    pub fn parse(text: &SecretString) -> Result<Self, KeyTextError> {
        key_text::parse(text).map(Self::of)
    }

    /// The text that [`parse`](Self::parse) reads, for the file that it is kept in.
    #[must_use]
    pub fn to_text(&self) -> SecretString {
        key_text::write(self.key.expose_secret())
    }

    /// Its name.
    #[must_use]
    pub const fn id(&self) -> MasterKeyId {
        self.id
    }

    fn of(key: SecretKey) -> Self {
        let mut hash = Sha256::new_with_prefix("omoi.master-key.v1");
        hash.update(key.expose_secret());
        let mut id = [0; ID];
        id.copy_from_slice(&hash.finalize()[..ID]);
        Self { id: MasterKeyId(id), key }
    }
}

/// A data key as it is stored, which is no secret without the master key.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey([u8; WRAPPED]);

/// The bytes are no wrapped key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a wrapped key: those are {} bytes of a known form", WRAPPED)]
pub struct NotWrapped;

impl WrappedKey {
    /// One that was stored.
    ///
    /// # Errors
    /// When the bytes have not its form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, NotWrapped> {
        let bytes: [u8; WRAPPED] = bytes.try_into().map_err(|_| NotWrapped)?;
        if bytes[0] == FORM { Ok(Self(bytes)) } else { Err(NotWrapped) }
    }

    /// What is stored.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The master key that it is wrapped with.
    #[must_use]
    pub fn wrapped_with(&self) -> MasterKeyId {
        let mut id = [0; ID];
        id.copy_from_slice(&self.0[1..=ID]);
        MasterKeyId(id)
    }
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey({})", self.wrapped_with())
    }
}

/// Why a wrapped key stays shut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnwrapError {
    /// Its master key is not here.
    #[error(
        "the master key {0} is not configured: add it to the older ones until everything is wrapped again"
    )]
    UnknownMasterKey(
        /// The missing one.
        MasterKeyId,
    ),
    /// It was wrapped for another place, or changed.
    #[error("the wrapped key does not open: it belongs to another row, or was changed")]
    Shut,
}

/// The master keys of an installation: one wraps, all unwrap.
#[derive(Debug)]
pub struct MasterKeys {
    current: MasterKey,
    older: Vec<MasterKey>,
}

impl MasterKeys {
    /// `current` wraps from now on; `older` ones still unwrap, until everything has gone through
    /// [`rewrap`](Self::rewrap).
    #[must_use]
    pub const fn new(current: MasterKey, older: Vec<MasterKey>) -> Self {
        Self { current, older }
    }

    /// Wraps a data key for its row.
    ///
    /// # Panics
    /// When the operating system gives no random bytes.
    #[must_use]
    pub fn wrap(&self, key: &DataKey, place: &Place<'_>) -> WrappedKey {
        let sealed = cipher::seal(&self.current.key, key.0.expose_secret(), &place.bind(Purpose::WrappedKey));
        let mut bytes = [FORM; WRAPPED];
        bytes[1..=ID].copy_from_slice(&self.current.id.0);
        bytes[1 + ID..].copy_from_slice(&sealed);
        WrappedKey(bytes)
    }

    /// The data key that was wrapped for this row.
    ///
    /// # Errors
    /// When the master key is not here, or the wrapped key belongs to another row or was changed.
    pub fn unwrap(&self, wrapped: &WrappedKey, place: &Place<'_>) -> Result<DataKey, UnwrapError> {
        let id = wrapped.wrapped_with();
        let master = std::iter::once(&self.current)
            .chain(&self.older)
            .find(|master| master.id == id)
            .ok_or(UnwrapError::UnknownMasterKey(id))?;
        let opened = cipher::open(&master.key, &wrapped.0[1 + ID..], &place.bind(Purpose::WrappedKey))
            .ok_or(UnwrapError::Shut)?;
        let mut key = SecretKey::default();
        key.expose_secret_mut().copy_from_slice(opened.expose_secret());
        Ok(DataKey(key))
    }

    /// The same data key wrapped with the current master key; `None` when it is already. What the data key sealed stays
    /// as it is: this is all that changing the master key takes.
    ///
    /// # Errors
    /// As [`unwrap`](Self::unwrap).
    pub fn rewrap(&self, wrapped: &WrappedKey, place: &Place<'_>) -> Result<Option<WrappedKey>, UnwrapError> {
        if wrapped.wrapped_with() == self.current.id {
            return Ok(None);
        }
        Ok(Some(self.wrap(&self.unwrap(wrapped, place)?, place)))
    }
}

#[cfg(test)]
mod tests {
    use super::super::place::tests::{HERE, elsewhere};
    use super::*;

    fn copy(key: &MasterKey) -> MasterKey {
        MasterKey::parse(&key.to_text()).unwrap()
    }

    fn same(one: &DataKey, other: &DataKey) -> bool {
        one.0.expose_secret() == other.0.expose_secret()
    }

    #[test]
    fn a_wrapped_key_opens_for_its_own_row_and_no_other() {
        let keys = MasterKeys::new(MasterKey::random(), vec![]);
        let key = DataKey::random();
        let wrapped = keys.wrap(&key, &HERE);
        assert!(same(&keys.unwrap(&wrapped, &HERE).unwrap(), &key));
        for place in elsewhere() {
            assert_eq!(keys.unwrap(&wrapped, &place).map(drop), Err(UnwrapError::Shut), "{place:?}");
        }
    }

    #[test]
    fn changing_the_master_key_wraps_again_and_touches_no_value() {
        let (old, new) = (MasterKey::random(), MasterKey::random());
        let key = DataKey::random();
        let value = key.seal(b"ada@example.org", &HERE);
        let before = MasterKeys::new(copy(&old), vec![]);
        let wrapped = before.wrap(&key, &HERE);

        let during = MasterKeys::new(copy(&new), vec![copy(&old)]);
        assert!(same(&during.unwrap(&wrapped, &HERE).unwrap(), &key), "the old one still opens");
        let again = during.rewrap(&wrapped, &HERE).unwrap().expect("it was wrapped with the old key");
        assert_eq!((wrapped.wrapped_with(), again.wrapped_with()), (old.id(), new.id()));
        assert_eq!(during.rewrap(&again, &HERE), Ok(None), "once is enough");

        let after = MasterKeys::new(new, vec![]);
        let opened = after.unwrap(&again, &HERE).unwrap().open(&value, &HERE).unwrap();
        assert_eq!(opened.expose_secret(), b"ada@example.org");
        let missing = UnwrapError::UnknownMasterKey(old.id());
        assert_eq!(after.unwrap(&wrapped, &HERE).map(drop), Err(missing));
        assert!(missing.to_string().contains(&old.id().to_string()), "{missing}");
    }

    #[test]
    fn a_wrapped_key_of_another_row_is_not_wrapped_again_here() {
        let (old, new) = (MasterKey::random(), MasterKey::random());
        let wrapped = MasterKeys::new(copy(&old), vec![]).wrap(&DataKey::random(), &HERE);
        let during = MasterKeys::new(new, vec![old]);
        assert_eq!(during.rewrap(&wrapped, &elsewhere()[0]), Err(UnwrapError::Shut));
    }

    #[test]
    fn every_bit_of_a_wrapped_key_counts() {
        let keys = MasterKeys::new(MasterKey::random(), vec![]);
        let wrapped = keys.wrap(&DataKey::random(), &HERE);
        for bit in 0..WRAPPED * 8 {
            let mut bytes = wrapped.0;
            bytes[bit / 8] ^= 1 << (bit % 8);
            let opened = WrappedKey::from_bytes(&bytes).ok().and_then(|key| keys.unwrap(&key, &HERE).ok());
            assert!(opened.is_none(), "bit {bit}");
        }
    }

    #[test]
    fn a_stored_key_reads_back_and_what_is_none_is_refused() {
        let wrapped = MasterKeys::new(MasterKey::random(), vec![]).wrap(&DataKey::random(), &HERE);
        let bytes = wrapped.as_bytes();
        assert_eq!(WrappedKey::from_bytes(bytes), Ok(wrapped.clone()));
        for wrong in [&bytes[..0], &bytes[1..], &[bytes, &[0]].concat(), &[&[2_u8][..], &bytes[1..]].concat()]
        {
            assert_eq!(WrappedKey::from_bytes(wrong), Err(NotWrapped));
        }
    }

    /// A sealed value that holds a key's bytes, made at the same place with the same key, is no wrapped key.
    #[test]
    fn a_sealed_value_is_never_taken_for_a_wrapped_key() {
        let master = MasterKey::random();
        let forger = DataKey(SecretKey::new(Box::new(*master.key.expose_secret())));
        let sealed = forger.seal(&[7; KEY], &HERE);
        let mut bytes = vec![FORM];
        bytes.extend(master.id().0);
        bytes.extend(&sealed.as_bytes()[1..]);
        let keys = MasterKeys::new(master, vec![]);
        let forged = WrappedKey::from_bytes(&bytes).unwrap();
        assert_eq!(keys.unwrap(&forged, &HERE).map(drop), Err(UnwrapError::Shut));
    }

    /// Stored keys carry it: another answer here would lose them.
    #[test]
    fn the_name_of_a_master_key_never_changes() {
        let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let key = MasterKey::parse(&text.into()).unwrap();
        assert_eq!(key.id().to_string(), "ed84d5545bfafd5d");
        assert_eq!(key.to_text().expose_secret(), text);
    }

    #[test]
    fn a_master_key_is_never_printed() {
        let master = MasterKey::random();
        let text = master.to_text();
        let keys = MasterKeys::new(master, vec![]);
        let printed = format!("{keys:?} {:?}", keys.wrap(&DataKey::random(), &HERE));
        assert!(!printed.contains(text.expose_secret()) && printed.contains("REDACTED"), "{printed}");
    }
}
