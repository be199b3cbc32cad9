//! What exactly was shown: the hash of content, whoever wrote it down and in whichever order.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// SHA-256 of content as canonical JSON. An approval names it and is void once the content is another.
///
/// Canonical is: keys sorted, no white space, and a whole number without a fraction, so that `2` and `2.0` are the
/// same hours.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash([u8; 32]);

/// The text is no [`ContentHash`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a content hash is 64 hexadecimal digits in lower case")]
pub struct InvalidContentHash;

impl ContentHash {
    /// The hash of `content`.
    ///
    /// # Errors
    /// When `content` has no form in JSON: a map whose keys are no text.
    pub fn of(content: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::of_json(&serde_json::to_value(content)?))
    }

    /// The hash of JSON.
    #[must_use]
    pub fn of_json(content: &Value) -> Self {
        let mut text = String::new();
        canonical(content, &mut text);
        Self(Sha256::digest(text.as_bytes()).into())
    }
}

/// The largest whole number up to which every whole `f64` is exact.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn canonical(value: &Value, text: &mut String) {
    match value {
        Value::Object(object) => {
            // Sorted here: the map of serde_json keeps the order of writing once any crate of a build asks it to.
            let mut entries: Vec<_> = object.iter().collect();
            entries.sort_unstable_by_key(|(key, _)| *key);
            text.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                text.push_str(&Value::from(key.as_str()).to_string());
                text.push(':');
                canonical(value, text);
            }
            text.push('}');
        }
        Value::Array(entries) => {
            text.push('[');
            for (index, value) in entries.iter().enumerate() {
                if index > 0 {
                    text.push(',');
                }
                canonical(value, text);
            }
            text.push(']');
        }
        Value::Number(number) => match number.as_f64() {
            Some(float) if number.is_f64() && float.fract() == 0.0 && float.abs() < EXACT => {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "a whole number of the range that was checked"
                )]
                text.push_str(&(float as i64).to_string());
            }
            _ => text.push_str(&number.to_string()),
        },
        Value::Null | Value::Bool(_) | Value::String(_) => text.push_str(&value.to_string()),
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContentHash({self})")
    }
}

impl FromStr for ContentHash {
    type Err = InvalidContentHash;

    fn from_str(text: &str) -> Result<Self, InvalidContentHash> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(InvalidContentHash);
        }
        let mut hash = [0; 32];
        hex::decode_to_slice(text, &mut hash).map_err(|_| InvalidContentHash)?;
        Ok(Self(hash))
    }
}

impl TryFrom<String> for ContentHash {
    type Error = InvalidContentHash;

    fn try_from(text: String) -> Result<Self, InvalidContentHash> {
        text.parse()
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> Self {
        hash.to_string()
    }
}

impl JsonSchema for ContentHash {
    fn schema_name() -> Cow<'static, str> {
        "ContentHash".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "SHA-256 of the content as JSON with sorted keys",
            "pattern": "^[0-9a-f]{64}$",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn hash(text: &str) -> ContentHash {
        ContentHash::of_json(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn the_hash_is_sha256_of_the_canonical_text() {
        // printf '{"a":[1,"ö"],"b":null}' | sha256sum
        assert_eq!(
            hash(r#"{ "b": null, "a": [1.0, "ö"] }"#).to_string(),
            "07bbe28b11b26a87fb4c5b79f7a369bb2671f9dfe1eb620bc92d3c9f08552033"
        );
    }

    #[test]
    fn the_order_of_keys_and_the_spelling_of_numbers_do_not_matter() {
        assert_eq!(hash(r#"{"a":{"x":2,"y":-0.0},"b":1}"#), hash(r#"{"b":1.0,"a":{"y":0,"x":2.0}}"#));
    }

    #[test]
    fn what_is_different_hashes_differently() {
        let texts = ["{}", "[]", "null", "0", "1.5", "\"\"", "[[]]", "[null]", r#"{"a":1}"#, r#"{"a":"1"}"#];
        for (index, one) in texts.iter().enumerate() {
            for other in &texts[index + 1..] {
                assert_ne!(hash(one), hash(other), "{one} {other}");
            }
        }
        assert_ne!(hash("[1,2]"), hash("[2,1]"));
    }

    #[test]
    fn only_64_digits_in_lower_case_are_a_hash() {
        let hash = ContentHash::of(&json!({ "a": 1 })).unwrap();
        assert_eq!(hash.to_string().parse(), Ok(hash));
        let text = hash.to_string();
        for wrong in
            [String::new(), text[1..].to_owned(), text.to_uppercase(), format!("{text}0"), "g".repeat(64)]
        {
            assert_eq!(wrong.parse::<ContentHash>(), Err(InvalidContentHash), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_hash_survives_json(words in proptest::collection::vec(any::<String>(), 0..4)) {
            let hash = ContentHash::of(&words).unwrap();
            let json = serde_json::to_string(&hash).unwrap();
            prop_assert_eq!(serde_json::from_str::<ContentHash>(&json).unwrap(), hash);
        }
    }
}
