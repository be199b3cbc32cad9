//! How models write what the schema asks for: `HIGH` for `high`, one thing where a list of them is meant, `null`.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use vocabulary::Priority;

/// A priority in any case; nothing for `null` and for an empty text.
///
/// # Errors
/// When it is another word.
pub(crate) fn priority<'de, D: Deserializer<'de>>(input: D) -> Result<Option<Priority>, D::Error> {
    let Some(word) = Option::<String>::deserialize(input)?.filter(|word| !word.trim().is_empty()) else {
        return Ok(None);
    };
    word.trim().to_ascii_lowercase().parse().map(Some).map_err(serde::de::Error::custom)
}

/// A value or `null`.
///
/// # Errors
/// When it is something else.
pub(crate) fn optional<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    input: D,
) -> Result<Option<T>, D::Error> {
    Option::<T>::deserialize(input)
}

/// A list, or one of what it is a list of.
///
/// # Errors
/// When it is neither; the error is the one of the list, or of the single value when it is no list.
pub(crate) fn one_or_many<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    input: D,
) -> Result<Vec<T>, D::Error> {
    let value = serde_json::Value::deserialize(input)?;
    let parsed = if value.is_array() {
        serde_json::from_value(value)
    } else {
        serde_json::from_value(value).map(|one| vec![one])
    };
    parsed.map_err(serde::de::Error::custom)
}
