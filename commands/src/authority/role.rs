//! The table of roles.
//!
//! | | owner | admin | member | viewer | auditor |
//! |---|---|---|---|---|---|
//! | projects:read | x | x | x | x | |
//! | projects:write | x | x | | | |
//! | tickets:write | x | x | x | | |
//! | tickets:force | x | x | | | |
//! | tickets:approve | x | x | x | | |
//! | tasks:write | x | x | x | | |
//! | tasks:attest | x | x | x | | |
//! | events:read | x | x | x | x | x |
//! | projections:read | x | x | x | x | x |
//! | projections:manage | x | x | | | |

use std::fmt;
use std::str::FromStr;

use super::Permission;

/// What somebody is in an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Whose it is.
    Owner,
    /// Runs it.
    Admin,
    /// Works in it.
    Member,
    /// Looks on.
    Viewer,
    /// Reads the log and nothing else.
    Auditor,
}

/// There is no such role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no role {0:?}; there are owner, admin, member, viewer and auditor")]
pub struct UnknownRole(String);

impl Role {
    /// Every role, the one that may most first.
    pub const ALL: [Self; 5] = [Self::Owner, Self::Admin, Self::Member, Self::Viewer, Self::Auditor];

    /// Whether the role allows it.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::ReadEvents | P::ReadProjections => true,
            P::ReadProjects => !matches!(self, Self::Auditor),
            P::WriteTickets | P::ApproveTickets | P::WriteTasks | P::AttestTasks => {
                matches!(self, Self::Owner | Self::Admin | Self::Member)
            }
            P::WriteProjects | P::ForceTickets | P::ManageProjections => {
                matches!(self, Self::Owner | Self::Admin)
            }
        }
    }

    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Viewer => "viewer",
            Self::Auditor => "auditor",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.as_str() == text).ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table in the module's docs is the one in the code.
    #[test]
    fn the_table_is_the_code() {
        let rows: Vec<Vec<&str>> = include_str!("role.rs")
            .lines()
            .filter_map(|line| line.strip_prefix("//! | "))
            .filter(|line| line.contains(':'))
            .map(|line| line.trim_end_matches('|').split('|').map(str::trim).collect())
            .collect();
        assert_eq!(rows.len(), Permission::ALL.len());
        for (row, permission) in rows.iter().zip(Permission::ALL) {
            assert_eq!(row[0], permission.as_str());
            for (cell, role) in row[1..].iter().zip(Role::ALL) {
                assert_eq!(*cell == "x", role.may(*permission), "{role} {permission}");
            }
        }
    }

    #[test]
    fn a_role_is_read_back_from_its_name() {
        for role in Role::ALL {
            assert_eq!(role.as_str().parse(), Ok(role));
        }
        assert!("Owner".parse::<Role>().is_err() && "".parse::<Role>().is_err());
    }
}
