//! Where a sealed value stands. It is no secret and is not stored with the value: whoever opens it says where it was
//! found, and a wrong answer opens nothing.

use kernel::{OrgId, Uuid};

/// `org|table|column|id`: one cell of the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// Whose row it is.
    pub org: OrgId,
    /// Its table, with the schema.
    pub table: &'a str,
    /// Its column.
    pub column: &'a str,
    /// Its key.
    pub id: Uuid,
}

/// What the bytes at a place are for. A wrapped key can never be taken for a sealed value, nor the other way round.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    SealedValue,
    WrappedKey,
}

impl Purpose {
    const fn label(self) -> &'static str {
        match self {
            Self::SealedValue => "omoi.sealed.v1",
            Self::WrappedKey => "omoi.wrapped.v1",
        }
    }
}

impl Place<'_> {
    /// What the cipher binds the bytes to. Each part has its length before it, so that no two places read alike.
    pub(super) fn bind(&self, purpose: Purpose) -> Vec<u8> {
        let (org, id) = (self.org.0.as_bytes(), self.id.as_bytes());
        let parts: [&[u8]; 5] =
            [purpose.label().as_bytes(), org, self.table.as_bytes(), self.column.as_bytes(), id];
        let mut bound = Vec::new();
        for part in parts {
            bound.extend_from_slice(&(part.len() as u64).to_be_bytes());
            bound.extend_from_slice(part);
        }
        bound
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::envelope) const HERE: Place<'static> = Place {
        org: OrgId(Uuid::from_u128(1)),
        table: "vault.people",
        column: "address",
        id: Uuid::from_u128(2),
    };

    /// Every place that differs from `HERE` in one part, and one in which only the cut between parts does.
    pub(in crate::envelope) fn elsewhere() -> [Place<'static>; 5] {
        [
            Place { org: OrgId(Uuid::from_u128(3)), ..HERE },
            Place { table: "vault.guests", ..HERE },
            Place { column: "name", ..HERE },
            Place { id: Uuid::from_u128(3), ..HERE },
            Place { table: "vault.peoplea", column: "ddress", ..HERE },
        ]
    }

    /// Sealed values are stored: another answer here would shut them for ever.
    #[test]
    fn a_place_never_reads_differently() {
        let expected = "000000000000000e6f6d6f692e7365616c65642e7631\
                        000000000000001000000000000000000000000000000001\
                        000000000000000c7661756c742e70656f706c65\
                        000000000000000761646472657373\
                        000000000000001000000000000000000000000000000002";
        assert_eq!(hex::encode(HERE.bind(Purpose::SealedValue)), expected);
    }

    #[test]
    fn no_two_places_read_alike() {
        for place in elsewhere() {
            assert_ne!(place.bind(Purpose::SealedValue), HERE.bind(Purpose::SealedValue), "{place:?}");
        }
        assert_ne!(HERE.bind(Purpose::WrappedKey), HERE.bind(Purpose::SealedValue));
    }
}
