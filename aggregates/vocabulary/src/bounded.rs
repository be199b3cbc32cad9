//! A list that is never too long.

use std::borrow::Cow;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// From `MIN` to `MAX` values in order, read as a slice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<T>", into = "Vec<T>")]
#[serde(bound(serialize = "T: Clone + Serialize", deserialize = "T: Deserialize<'de>"))]
pub struct Bounded<T, const MIN: usize, const MAX: usize>(Vec<T>);

/// The list is too short or too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the list has {min} to {max} entries, this one has {len}")]
pub struct InvalidLength {
    /// How many entries the list has.
    pub len: usize,
    /// How many it needs.
    pub min: usize,
    /// How many it takes.
    pub max: usize,
}

impl<T, const MIN: usize, const MAX: usize> Bounded<T, MIN, MAX> {
    /// The list.
    ///
    /// # Errors
    /// [`InvalidLength`] when it has fewer than `MIN` or more than `MAX` entries.
    pub fn new(entries: Vec<T>) -> Result<Self, InvalidLength> {
        if (MIN..=MAX).contains(&entries.len()) {
            Ok(Self(entries))
        } else {
            Err(InvalidLength { len: entries.len(), min: MIN, max: MAX })
        }
    }

    /// Nothing in it; such a list is left out of a payload.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<T, const MAX: usize> Default for Bounded<T, 0, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MIN: usize, const MAX: usize> Deref for Bounded<T, MIN, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T, const MIN: usize, const MAX: usize> TryFrom<Vec<T>> for Bounded<T, MIN, MAX> {
    type Error = InvalidLength;

    fn try_from(entries: Vec<T>) -> Result<Self, Self::Error> {
        Self::new(entries)
    }
}

impl<T, const MIN: usize, const MAX: usize> From<Bounded<T, MIN, MAX>> for Vec<T> {
    fn from(list: Bounded<T, MIN, MAX>) -> Self {
        list.0
    }
}

impl<T: JsonSchema, const MIN: usize, const MAX: usize> JsonSchema for Bounded<T, MIN, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("{MIN}To{MAX}{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": generator.subschema_for::<T>(),
            "minItems": MIN,
            "maxItems": MAX,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Few = Bounded<u8, 1, 2>;

    #[test]
    fn a_list_keeps_its_bounds() {
        assert_eq!(&*Few::new(vec![1, 2]).unwrap(), [1, 2]);
        assert_eq!(Few::new(vec![]), Err(InvalidLength { len: 0, min: 1, max: 2 }));
        assert_eq!(Few::new(vec![1, 2, 3]), Err(InvalidLength { len: 3, min: 1, max: 2 }));
        assert!(Bounded::<u8, 0, 2>::default().is_empty());
    }

    #[test]
    fn a_list_is_read_and_written_as_an_array() {
        let list: Few = serde_json::from_str("[1,2]").unwrap();
        assert_eq!(serde_json::to_string(&list).unwrap(), "[1,2]");
        let refused = serde_json::from_str::<Few>("[1,2,3]").unwrap_err();
        assert!(refused.to_string().contains("1 to 2 entries"), "{refused}");
    }
}
