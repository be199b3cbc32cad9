//! What somebody may be in an organization.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a member is; the greatest is [`Role::Owner`]. What a role allows is a table of the write side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Role {
    /// Looks on.
    Viewer,
    /// Works in it.
    Member,
    /// Runs it.
    Admin,
    /// Whose it is.
    Owner,
}

/// The text is no [`Role`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a role is one of owner, admin, member, viewer")]
pub struct InvalidRole;

impl Role {
    /// Every role, the greatest first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Admin, Self::Member, Self::Viewer];

    /// The role as it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

impl FromStr for Role {
    type Err = InvalidRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or(InvalidRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_owner_is_the_greatest() {
        assert!(Role::ALL.is_sorted_by(|greater, smaller| greater > smaller));
        assert_eq!(Role::ALL.into_iter().max(), Some(Role::Owner));
    }

    #[test]
    fn a_role_is_written_and_read_as_one_word() {
        for role in Role::ALL {
            assert_eq!(role.to_string().parse(), Ok(role));
            assert_eq!(serde_json::to_value(role).unwrap(), json!(role.as_str()));
            assert_eq!(serde_json::from_value::<Role>(json!(role.as_str())).unwrap(), role);
        }
    }

    #[test]
    fn an_auditor_is_a_key_and_no_member() {
        assert_eq!("auditor".parse::<Role>(), Err(InvalidRole));
        assert_eq!("Owner".parse::<Role>(), Err(InvalidRole));
        assert!(serde_json::from_value::<Role>(json!("auditor")).is_err());
    }
}
