//! What may be asked of a project.

use vocabulary::{Name, Slug};

/// An order to a project. Which project is the stream's id; who asks stands in the envelope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Brings it into being.
    Create {
        /// What people call it.
        name: Name,
        /// Its part of addresses.
        slug: Slug,
    },
    /// Calls it something else; the slug stays.
    Rename {
        /// The other name.
        name: Name,
    },
    /// Puts it away.
    Archive,
    /// Takes it into use again.
    Restore,
}
