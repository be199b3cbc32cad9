//! The fields of a stored payload without `$type`, every value byte for byte as it is stored: a number that no float
//! can hold comes through as it is.

use std::borrow::Cow;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::value::RawValue;

/// The fields of an object, in their order.
#[derive(Debug)]
pub(crate) struct Fields<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl Fields<'_> {
    /// Leaves out the name of the type: the envelope says it.
    pub(crate) fn without_type(mut self) -> Self {
        self.0.retain(|(name, _)| name != "$type");
        self
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::new();
                while let Some((Name(name), value)) = map.next_entry()? {
                    fields.push((name, value));
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A name that is borrowed unless it holds an escape.
struct Name<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Name<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Name<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a name")
            }

            fn visit_borrowed_str<E: de::Error>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Borrowed(text)))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Name(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Text)
    }
}

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn through(json: &str) -> String {
        let fields: Fields<'_> = serde_json::from_str(json).unwrap();
        serde_json::to_string(&fields.without_type()).unwrap()
    }

    #[test]
    fn values_come_through_byte_for_byte() {
        let stored = r#"{"$type":"a.b","big":123456789012345678901234567890,"f":1.0e400,"s":"\u0000é","o":{ "x" : [1 , 2] },"n\"n":null}"#;
        assert_eq!(
            through(stored),
            r#"{"big":123456789012345678901234567890,"f":1.0e400,"s":"\u0000é","o":{ "x" : [1 , 2] },"n\"n":null}"#
        );
        assert_eq!(through(r#"{"a":1,"$type":"x"}"#), r#"{"a":1}"#);
        assert_eq!(through("{}"), "{}");
    }

    #[test]
    fn what_is_no_object_is_refused() {
        for json in ["[1]", "3", "null", "\"a\"", "{"] {
            assert!(serde_json::from_str::<Fields<'_>>(json).is_err(), "{json}");
        }
    }
}
