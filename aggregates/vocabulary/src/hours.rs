//! How much work a thing is thought to be.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Effort: whole minutes inside, a number of hours on the wire (`1.5`), more than 0 and at most 10 000 h.
///
/// What is read is rounded to the minute, so what was written reads back as the same effort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hours {
    minutes: u32,
}

/// The number is no [`Hours`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("hours are a number from 0.01 to 10000: at least half a minute")]
pub struct InvalidHours;

impl Hours {
    /// 10 000 hours: five years of one person.
    pub const MAX_MINUTES: u32 = 10_000 * 60;

    /// So many minutes.
    ///
    /// # Errors
    /// [`InvalidHours`] for 0 and for more than [`Hours::MAX_MINUTES`].
    pub const fn from_minutes(minutes: u32) -> Result<Self, InvalidHours> {
        if minutes == 0 || minutes > Self::MAX_MINUTES {
            return Err(InvalidHours);
        }
        Ok(Self { minutes })
    }

    /// So many hours, rounded to the minute.
    ///
    /// # Errors
    /// [`InvalidHours`] for what is not a number, for less than half a minute and for more than 10 000 h.
    pub fn from_hours(hours: f64) -> Result<Self, InvalidHours> {
        let minutes = (hours * 60.0).round();
        if !(1.0..=f64::from(Self::MAX_MINUTES)).contains(&minutes) {
            return Err(InvalidHours);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number of the range that was checked"
        )]
        Self::from_minutes(minutes as u32)
    }

    /// Whole minutes.
    #[must_use]
    pub const fn minutes(self) -> u32 {
        self.minutes
    }
}

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.minutes / 60, self.minutes % 60) {
            (0, minutes) => write!(f, "{minutes} min"),
            (hours, 0) => write!(f, "{hours} h"),
            (hours, minutes) => write!(f, "{hours} h {minutes} min"),
        }
    }
}

impl Serialize for Hours {
    /// Whole hours without a fraction, so that `2` and `2.0` are not two payloads of one fact.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.minutes.is_multiple_of(60) {
            serializer.serialize_u32(self.minutes / 60)
        } else {
            serializer.serialize_f64(f64::from(self.minutes) / 60.0)
        }
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::from_hours(f64::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for Hours {
    fn schema_name() -> Cow<'static, str> {
        "Hours".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "number",
            "description": "effort in hours, rounded to the minute",
            "exclusiveMinimum": 0,
            "maximum": 10_000,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(hours: serde_json::Value) -> Option<u32> {
        serde_json::from_value::<Hours>(hours).ok().map(Hours::minutes)
    }

    #[test]
    fn hours_are_read_to_the_minute() {
        assert_eq!(read(json!(1.5)), Some(90));
        assert_eq!(read(json!(2)), Some(120));
        assert_eq!(read(json!(0.33)), Some(20));
        assert_eq!(read(json!(10_000)), Some(600_000));
    }

    #[test]
    fn nothing_negative_endless_or_immense_is_an_effort() {
        for hours in [json!(0), json!(-1), json!(0.008), json!(10_001), json!("1"), json!(null)] {
            assert_eq!(read(hours.clone()), None, "{hours}");
        }
        for hours in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -0.0] {
            assert_eq!(Hours::from_hours(hours), Err(InvalidHours));
        }
        assert_eq!(Hours::from_minutes(0), Err(InvalidHours));
        assert_eq!(Hours::from_minutes(600_001), Err(InvalidHours));
    }

    #[test]
    fn whole_hours_have_one_written_form() {
        let written = |minutes| serde_json::to_string(&Hours::from_minutes(minutes).unwrap()).unwrap();
        assert_eq!(written(120), "2");
        assert_eq!(written(90), "1.5");
        assert_eq!(Hours::from_minutes(90).unwrap().to_string(), "1 h 30 min");
        assert_eq!(Hours::from_minutes(45).unwrap().to_string(), "45 min");
        assert_eq!(Hours::from_minutes(60).unwrap().to_string(), "1 h");
    }

    proptest! {
        #[test]
        fn hours_survive_json(minutes in 1..=Hours::MAX_MINUTES) {
            let hours = Hours::from_minutes(minutes).unwrap();
            let json = serde_json::to_string(&hours).unwrap();
            prop_assert_eq!(serde_json::from_str::<Hours>(&json).unwrap(), hours);
        }
    }
}
