//! Typed ids. A new id is a UUID v7 made at the edge; an id that must come out the same on every retry is
//! a UUID v8 derived by [`derived_uuid`] from what caused it.

use sha2::{Digest, Sha256};
pub use uuid::Uuid;

/// Declares a typed UUID: `id_type!(/// A ticket. TicketId)`.
#[macro_export]
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
            ::serde::Serialize, ::serde::Deserialize, ::schemars::JsonSchema,
        )]
        #[serde(transparent)]
        pub struct $name(pub $crate::Uuid);

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::InvalidId;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $crate::Uuid::parse_str(text).map(Self).map_err(|_| $crate::InvalidId)
            }
        }

        impl From<$crate::Uuid> for $name {
            fn from(id: $crate::Uuid) -> Self {
                Self(id)
            }
        }

        impl From<$name> for $crate::Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

/// The text is not a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the id is not a UUID; expected a form such as 01890a5d-ac96-774b-bcce-b302099a8057")]
pub struct InvalidId;

id_type!(
    /// An organization, the tenant: it stands in every row and in every query.
    OrgId
);
id_type!(
    /// A project of an organization.
    ProjectId
);
id_type!(
    /// Who acts: a person, an agent or a process. Never a name or an address.
    ActorId
);
id_type!(
    /// One intent. The same id twice acts once.
    CommandId
);
id_type!(
    /// One event. UUID v7, so ids of one node sort by time; order between events is their position only.
    EventId
);

/// An id that follows from `parts` and comes out the same on every node and every retry (UUID v8 over
/// SHA-256 of the length-prefixed parts).
#[must_use]
pub fn derived_uuid(parts: &[&[u8]]) -> Uuid {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let digest = hash.finalize();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    Uuid::new_v8(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_derived_id_never_changes() {
        // Stored command ids depend on it: another value here would let old commands act twice.
        assert_eq!(
            derived_uuid(&[b"org", b"route", b"key"]).to_string(),
            "5cb12d11-6ad2-888b-b887-82285204a751"
        );
    }

    #[test]
    fn a_derived_id_depends_on_where_the_parts_are_cut() {
        assert_eq!(derived_uuid(&[b"ab", b"c"]), derived_uuid(&[b"ab", b"c"]));
        assert_ne!(derived_uuid(&[b"ab", b"c"]), derived_uuid(&[b"a", b"bc"]));
        assert_eq!(derived_uuid(&[b"x"]).get_version_num(), 8);
    }

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = ProjectId(derived_uuid(&[b"p"]));
        assert_eq!(id.to_string().parse::<ProjectId>(), Ok(id));
        assert_eq!("nonsense".parse::<ProjectId>(), Err(InvalidId));
    }
}
