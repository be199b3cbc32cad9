//! API keys: what one looks like (`key.rs`), whose it is (`ring.rs`), and the one that `omoi up` keeps beside its
//! data (`installation.rs`). Until there is sign-in they are the only credential, and nothing is open.

mod installation;
mod key;
mod ring;

pub(crate) use installation::{key_of_data_dir, operator, path_in};
pub(crate) use key::{ApiKey, Environment};
pub(crate) use ring::{Hash, KeyRing};
