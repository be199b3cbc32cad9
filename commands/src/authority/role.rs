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
//! | runs:read | x | x | x | x | x |
//! | runs:write | x | x | x | | |
//! | tasks:attest | x | x | x | | |
//! | specs:write | x | x | x | | |
//! | specs:approve | x | x | x | | |
//! | merges:write | x | x | x | | |
//! | merges:approve | x | x | x | | |
//! | events:read | x | x | x | x | x |
//! | projections:read | x | x | x | x | x |
//! | projections:manage | x | x | | | |
//! | organization:read | x | x | x | x | |
//! | organization:write | x | x | | | |
//! | organization:close | x | | | | |
//! | members:write | x | x | | | |
//! | keys:write | x | x | x | | |
//! | audit:read | x | x | | | x |
//! | installation:operate | | | | | |
//!
//! `auditor` is not what a member can be, but what a key can be for.

use std::fmt;
use std::str::FromStr;

use identity::organization::Role as MemberRole;

use super::{Permission, Permissions};

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
            P::ReadEvents | P::ReadProjections | P::ReadRuns => true,
            P::ReadProjects | P::ReadOrganization => !matches!(self, Self::Auditor),
            P::WriteTickets
            | P::ApproveTickets
            | P::WriteTasks
            | P::AttestTasks
            | P::WriteRuns
            | P::WriteSpecs
            | P::ApproveSpecs
            | P::WriteMerges
            | P::ApproveMerges
            | P::WriteKeys => matches!(self, Self::Owner | Self::Admin | Self::Member),
            P::WriteProjects
            | P::ForceTickets
            | P::ManageProjections
            | P::WriteOrganization
            | P::WriteMembers => matches!(self, Self::Owner | Self::Admin),
            P::ReadAudit => matches!(self, Self::Owner | Self::Admin | Self::Auditor),
            P::CloseOrganization => matches!(self, Self::Owner),
            P::OperateInstallation => false,
        }
    }

    /// Everything that the role allows.
    #[must_use]
    pub fn permissions(self) -> Permissions {
        Permission::ALL.iter().copied().filter(|permission| self.may(*permission)).collect()
    }

    /// What somebody with this role is as a member; `None` for what no member can be.
    #[must_use]
    pub const fn as_member(self) -> Option<MemberRole> {
        match self {
            Self::Owner => Some(MemberRole::Owner),
            Self::Admin => Some(MemberRole::Admin),
            Self::Member => Some(MemberRole::Member),
            Self::Viewer => Some(MemberRole::Viewer),
            Self::Auditor => None,
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

impl From<MemberRole> for Role {
    fn from(role: MemberRole) -> Self {
        match role {
            MemberRole::Owner => Self::Owner,
            MemberRole::Admin => Self::Admin,
            MemberRole::Member => Self::Member,
            MemberRole::Viewer => Self::Viewer,
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
            assert_eq!(row.len(), 1 + Role::ALL.len(), "{permission}");
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

    #[test]
    fn a_member_has_the_rights_of_the_same_word() {
        for role in MemberRole::ALL {
            assert_eq!(Role::from(role).as_str(), role.as_str());
            assert_eq!(Role::from(role).as_member(), Some(role));
        }
        assert_eq!(Role::Auditor.as_member(), None);
    }
}
