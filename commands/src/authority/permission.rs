//! What there is to be allowed, as `resource:action`.

use std::fmt;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Something that a role allows or does not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Permission { $($(#[$doc])* $name,)* }

        impl Permission {
            /// Every permission.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

permissions! {
    /// See projects, their boards, graphs, tickets and tasks.
    ReadProjects = "projects:read",
    /// Create projects and change what they are: name, settings, board, gates.
    WriteProjects = "projects:write",
    /// Create and change tickets, and move them as their gates and columns allow.
    WriteTickets = "tickets:write",
    /// Move a ticket although a gate is closed or a column is full.
    ForceTickets = "tickets:force",
    /// Grant or reject the approval that a gate asks for.
    ApproveTickets = "tickets:approve",
    /// Plan tasks and carry them through their life.
    WriteTasks = "tasks:write",
    /// See runs of agents: what they did and said.
    ReadRuns = "runs:read",
    /// Start runs of agents, speak to them, and stop them.
    WriteRuns = "runs:write",
    /// Vouch for the evidence of a task.
    AttestTasks = "tasks:attest",
    /// Submit and import specs, answer their questions, edit, resume and cancel them.
    WriteSpecs = "specs:write",
    /// Approve or reject what a spec shows at its gates.
    ApproveSpecs = "specs:approve",
    /// Try parked work again, resolve it by hand, leave it out, give a merge up.
    WriteMerges = "merges:write",
    /// Let the default branch follow a merge.
    ApproveMerges = "merges:approve",
    /// Read the log.
    ReadEvents = "events:read",
    /// See how far the read models are.
    ReadProjections = "projections:read",
    /// Rebuild read models, let another generation serve, let parked roots go on.
    ManageProjections = "projections:manage",
    /// See the organization and who is in it.
    ReadOrganization = "organization:read",
    /// Rename the organization and set its limits.
    WriteOrganization = "organization:write",
    /// End the organization.
    CloseOrganization = "organization:close",
    /// Invite people, change what they are, and put them out.
    WriteMembers = "members:write",
    /// Make and revoke API keys; without `members:write` only one's own.
    WriteKeys = "keys:write",
    /// See who was let in and who was not.
    ReadAudit = "audit:read",
    /// What the installation itself does for people, once they have proved who they are.
    OperateInstallation = "installation:operate",
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Permissions(u64);

impl Permissions {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// Those of these that are in `other` as well.
    #[must_use]
    pub const fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether `permission` is one of them.
    #[must_use]
    pub const fn contain(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u8) != 0
    }

    /// Each of them, in the order of the table.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL.iter().copied().filter(move |permission| self.contain(*permission))
    }
}

impl FromIterator<Permission> for Permissions {
    fn from_iter<I: IntoIterator<Item = Permission>>(permissions: I) -> Self {
        Self(permissions.into_iter().fold(0, |set, permission| set | 1 << permission as u8))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_was_put_in() {
        let set: Permissions = [Permission::ReadEvents, Permission::ReadProjects].into_iter().collect();
        assert!(set.contain(Permission::ReadEvents) && !set.contain(Permission::WriteTasks));
        assert!(set.iter().eq([Permission::ReadProjects, Permission::ReadEvents]));
        let few: Permissions = [Permission::ReadEvents, Permission::WriteTasks].into_iter().collect();
        assert!(set.within(few).iter().eq([Permission::ReadEvents]));
        assert_eq!(set.within(Permissions::NONE), Permissions::NONE);
        let all: Permissions = Permission::ALL.iter().copied().collect();
        assert!(all.iter().eq(Permission::ALL.iter().copied()));
    }
}
