//! Sealed values. A data key seals values; a master key, which is kept outside of the database and its backups, wraps
//! data keys. So the master key can be changed without touching a value ([`MasterKeys::rewrap`]), and a value is gone
//! for good when its data key is ([`SubjectKey`]).
//!
//! Each value and each wrapped key is bound to its [`Place`]: moved to another row or organization it does not open.
//!
//! The cipher is XChaCha20-Poly1305: its nonces have 192 bits, so that random ones never meet, however many values
//! one key seals, and it needs no hardware to be constant in time.

mod cipher;
mod data_key;
mod hash_key;
mod master_key;
mod place;

pub use data_key::{DataKey, NotSealed, Sealed, Shut, SubjectKey};
pub use hash_key::HashKey;
pub use master_key::{MasterKey, MasterKeyId, MasterKeys, NotWrapped, UnwrapError, WrappedKey};
pub use place::Place;
