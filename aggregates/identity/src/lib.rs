//! The context of who may do what.
//!
//! One module per aggregate; neither uses the other: an [`organization`] has members, by the ids of [`user`]s.
//!
//! What proves who somebody is (passwords, tokens, keys and their hashes) is in the vault and in no event. What
//! tells who somebody is (name, e-mail) stands in events as `Sealed` only, and what has to be compared beside it
//! as a keyed hash: neither says anything once the keys are destroyed.

pub mod organization;
pub mod user;
