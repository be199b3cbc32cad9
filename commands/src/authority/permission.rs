//! What there is to be allowed, as `resource:action`.

use std::fmt;

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// Something that a role allows or does not.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
    /// Vouch for the evidence of a task.
    AttestTasks = "tasks:attest",
    /// Read the log.
    ReadEvents = "events:read",
    /// See how far the read models are.
    ReadProjections = "projections:read",
    /// Rebuild read models, let another generation serve, let parked roots go on.
    ManageProjections = "projections:manage",
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
