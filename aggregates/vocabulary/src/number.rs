//! The numbers people say: `TKT-001`, `TSK-001`.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// Why something is no ticket's or task's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidNumber {
    /// Counting begins with 1.
    #[error("numbers start with 1")]
    Zero,
    /// Not the written form; also a number that is too great.
    #[error("the number is not of the form {prefix}-001")]
    Malformed {
        /// What it starts with.
        prefix: &'static str,
    },
}

/// A number with a prefix. It counts within a project, cannot double, and may have gaps.
macro_rules! number {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(NonZeroU32);

        impl $name {
            /// The number that counts `number`, from 1.
            ///
            /// # Errors
            /// [`InvalidNumber::Zero`] for 0.
            pub const fn new(number: u32) -> Result<Self, InvalidNumber> {
                match NonZeroU32::new(number) {
                    Some(number) => Ok(Self(number)),
                    None => Err(InvalidNumber::Zero),
                }
            }

            /// The bare number.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0.get()
            }
        }

        impl FromStr for $name {
            type Err = InvalidNumber;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let number = parse($prefix, text).ok_or(InvalidNumber::Malformed { prefix: $prefix })?;
                Self::new(number)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidNumber;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(number: $name) -> Self {
                number.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}-{:03}", $prefix, self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn inline_schema() -> bool {
                true
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "description": "a number that counts within the project",
                    "pattern": concat!("^", $prefix, "-([0-9]{3}|[1-9][0-9]{3,9})$"),
                })
            }
        }
    };
}

number!(
    /// The number of a ticket, written `TKT-001`: at least three digits.
    TicketNumber, "TKT"
);
number!(
    /// The number of a task, written `TSK-001`: at least three digits.
    TaskNumber, "TSK"
);

/// The number in `<prefix>-<digits>`. One number has one written form, so that two texts never mean the same.
fn parse(prefix: &str, text: &str) -> Option<u32> {
    let digits = text.strip_prefix(prefix)?.strip_prefix('-')?;
    let number: u32 = digits.parse().ok()?;
    (digits == format!("{number:03}")).then_some(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_number_has_three_digits_and_grows() {
        let written = |number| TicketNumber::new(number).unwrap().to_string();
        assert_eq!(written(1), "TKT-001");
        assert_eq!(written(999), "TKT-999");
        assert_eq!(written(1000), "TKT-1000");
        assert_eq!(TaskNumber::new(42).unwrap().to_string(), "TSK-042");
    }

    #[test]
    fn counting_begins_with_1() {
        assert_eq!(TaskNumber::new(0), Err(InvalidNumber::Zero));
        assert_eq!("TSK-000".parse::<TaskNumber>(), Err(InvalidNumber::Zero));
    }

    #[test]
    fn another_form_is_no_number() {
        for text in
            ["", "001", "TSK001", "TSK-1", "TSK-0001", "TSK-+01", "tsk-001", "TKT-001", "TSK-4294967296"]
        {
            assert_eq!(text.parse::<TaskNumber>(), Err(InvalidNumber::Malformed { prefix: "TSK" }), "{text}");
        }
    }

    #[test]
    fn hostile_json_is_refused_with_the_reason() {
        let refused = serde_json::from_str::<TicketNumber>(r#""TSK-001""#).unwrap_err();
        assert!(refused.to_string().contains("TKT-001"), "{refused}");
        assert!(serde_json::from_str::<TicketNumber>("1").is_err());
    }

    proptest! {
        #[test]
        fn a_number_survives_json_and_parsing(number in 1..=u32::MAX) {
            let number = TaskNumber::new(number).unwrap();
            prop_assert_eq!(number.to_string().parse::<TaskNumber>(), Ok(number));
            let json = serde_json::to_string(&number).unwrap();
            prop_assert_eq!(serde_json::from_str::<TaskNumber>(&json).unwrap(), number);
        }
    }
}
