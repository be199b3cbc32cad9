//! How much an organization may have.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// How much of each an organization may have. A limit below what there is takes nothing away: it lets nothing
/// more in. Members are counted here; projects and runs by the appends that add one (guards).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(inline)]
pub struct Limits {
    /// Members and open invitations.
    pub members: MemberLimit,
    /// Projects that are not archived.
    pub projects: ProjectLimit,
    /// Runs that go on at a time, in all projects together.
    pub concurrent_runs: RunLimit,
}

/// One limit, from 1 to `MAX`; `DEFAULT` unless it is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Limit<const DEFAULT: u32, const MAX: u32>(u32);

/// All members are in one state, which every command about them reads: hence the most.
pub type MemberLimit = Limit<100, 10_000>;
/// A slip of the hand is larger.
pub type ProjectLimit = Limit<100, 10_000>;
/// Two projects that run as many as a project does unless it is set.
pub type RunLimit = Limit<10, 10_000>;

/// The number is no such limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this limit is 1 to {max}, not {limit}")]
pub struct InvalidLimit {
    /// The number.
    pub limit: u32,
    /// The most that is allowed.
    pub max: u32,
}

impl<const DEFAULT: u32, const MAX: u32> Limit<DEFAULT, MAX> {
    /// The greatest.
    pub const MAX: u32 = MAX;

    /// Checks `limit`.
    ///
    /// # Errors
    /// [`InvalidLimit`] for 0 and for more than `MAX`.
    pub const fn new(limit: u32) -> Result<Self, InvalidLimit> {
        if limit == 0 || limit > MAX {
            return Err(InvalidLimit { limit, max: MAX });
        }
        Ok(Self(limit))
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// Whether one more may join so many.
    pub(super) fn has_room_beside(self, count: usize) -> bool {
        u32::try_from(count).is_ok_and(|count| count < self.0)
    }
}

impl<const DEFAULT: u32, const MAX: u32> Default for Limit<DEFAULT, MAX> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<const DEFAULT: u32, const MAX: u32> fmt::Display for Limit<DEFAULT, MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl<const DEFAULT: u32, const MAX: u32> TryFrom<u32> for Limit<DEFAULT, MAX> {
    type Error = InvalidLimit;

    fn try_from(limit: u32) -> Result<Self, Self::Error> {
        Self::new(limit)
    }
}

impl<const DEFAULT: u32, const MAX: u32> From<Limit<DEFAULT, MAX>> for u32 {
    fn from(limit: Limit<DEFAULT, MAX>) -> Self {
        limit.0
    }
}

impl<const DEFAULT: u32, const MAX: u32> JsonSchema for Limit<DEFAULT, MAX> {
    fn schema_name() -> Cow<'static, str> {
        format!("LimitTo{MAX}").into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "integer", "minimum": 1, "maximum": MAX})
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_limit_has_a_default_within_its_bounds() {
        let Limits { members, projects, concurrent_runs } = Limits::default();
        assert_eq!((members.get(), projects.get(), concurrent_runs.get()), (100, 100, 10));
        assert_eq!(MemberLimit::new(members.get()), Ok(members));
        assert_eq!(ProjectLimit::new(projects.get()), Ok(projects));
        assert_eq!(RunLimit::new(concurrent_runs.get()), Ok(concurrent_runs));
    }

    #[test]
    fn a_limit_is_1_to_10_000() {
        assert_eq!(MemberLimit::new(0), Err(InvalidLimit { limit: 0, max: 10_000 }));
        assert_eq!(MemberLimit::new(10_000).map(u32::from), Ok(MemberLimit::MAX));
        assert_eq!(MemberLimit::new(10_001), Err(InvalidLimit { limit: 10_001, max: 10_000 }));
    }

    #[test]
    fn the_last_place_is_taken_once() {
        let two = MemberLimit::new(2).unwrap();
        assert_eq!([0, 1, 2, 3].map(|count| two.has_room_beside(count)), [true, true, false, false]);
        assert!(!two.has_room_beside(usize::MAX));
    }

    #[test]
    fn hostile_json_is_refused_with_the_reason() {
        for (hostile, reason) in [
            (json!({"members": 0, "projects": 1, "concurrent_runs": 1}), "1 to 10000, not 0"),
            (json!({"members": 1, "projects": 10_001, "concurrent_runs": 1}), "1 to 10000, not 10001"),
            (json!({"members": 1, "projects": 1, "concurrent_runs": -1}), "u32"),
            (json!({"members": 1, "projects": 1}), "concurrent_runs"),
        ] {
            let refused = serde_json::from_value::<Limits>(hostile).unwrap_err();
            assert!(refused.to_string().contains(reason), "{refused}");
        }
    }
}
