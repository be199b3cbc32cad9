//! How models write what the schema asks for: `HIGH` for `high`, one thing where a list of them is meant, `null`.
//!
//! What is neither is refused, at its path: these readers ask for what is there instead of trying one form after the
//! other, so an error tells of the innermost field.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, MapAccess, SeqAccess, Visitor};
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
    word.trim().to_ascii_lowercase().parse().map(Some).map_err(de::Error::custom)
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

/// A list of objects, or one such object.
///
/// # Errors
/// When it is neither.
pub(crate) fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    input: D,
) -> Result<Vec<T>, D::Error> {
    struct OneOrMany<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a list of objects, or one object")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Vec<T>, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(list))
        }

        fn visit_map<A: MapAccess<'de>>(self, one: A) -> Result<Vec<T>, A::Error> {
            T::deserialize(MapAccessDeserializer::new(one)).map(|one| vec![one])
        }
    }

    input.deserialize_any(OneOrMany(PhantomData))
}

/// A text, or an object.
///
/// # Errors
/// When it is neither.
pub(crate) fn text_or_object<'de, D, O, T>(
    input: D,
    text: fn(String) -> T,
    object: fn(O) -> T,
) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    O: Deserialize<'de>,
{
    struct TextOrObject<O, T> {
        text: fn(String) -> T,
        object: fn(O) -> T,
    }

    impl<'de, O: Deserialize<'de>, T> Visitor<'de> for TextOrObject<O, T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text, or an object")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
            Ok((self.text)(text.to_owned()))
        }

        fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
            O::deserialize(MapAccessDeserializer::new(object)).map(self.object)
        }
    }

    input.deserialize_any(TextOrObject { text, object })
}

#[cfg(test)]
mod tests {
    use crate::phases::{Criterion, Design, Prd, TestingStrategy};

    #[test]
    fn one_user_is_a_list_of_one() {
        let one: Prd = serde_json::from_str(r#"{"users":{"primary":{"role":"cook"}}}"#).unwrap();
        let many: Prd = serde_json::from_str(r#"{"users":{"primary":[{"role":"cook"}]}}"#).unwrap();
        assert_eq!(one.users.primary, many.users.primary);
        assert_eq!(one.users.primary.len(), 1);
        assert!(serde_json::from_str::<Prd>(r#"{"users":{"primary":"cook"}}"#).is_err());
    }

    #[test]
    fn a_criterion_is_a_sentence_or_an_object_and_nothing_else() {
        let read = serde_json::from_str::<Criterion>;
        assert_eq!(read(r#""it is so""#).unwrap(), Criterion::statement("it is so"));
        assert_eq!(read(r#"{"text":"it is so"}"#).unwrap(), Criterion::statement("it is so"));
        assert_eq!(read(r#"{"text":"given","kind":"scenario"}"#).unwrap(), Criterion::scenario("given"));
        for wrong in ["[\"it is so\"]", "7", "null", "{}", r#"{"text":"a","kind":"rumour"}"#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_testing_strategy_is_words_or_lists() {
        let read = |json: &str| serde_json::from_str::<Design>(json).map(|design| design.testing_strategy);
        assert_eq!(
            read(r#"{"testing_strategy":"by hand"}"#).unwrap(),
            TestingStrategy::Words("by hand".to_owned())
        );
        assert_eq!(
            read(r#"{"testing_strategy":{"unit_tests":["a"]}}"#).unwrap(),
            TestingStrategy::Lists { unit_tests: vec!["a".to_owned()], integration_tests: Vec::new() }
        );
        let refused = read(r#"{"testing_strategy":{"unit_tests":"a"}}"#).unwrap_err();
        assert!(refused.to_string().contains("expected a sequence"), "{refused}");
    }
}
