//! The HTTP routes, a file a subject.

pub(crate) mod health;
