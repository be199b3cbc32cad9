//! Organizations: no two of the installation share a slug, closed ones included.

use eventstore::Guard;
use identity::organization::{Command, Event, Organization};

use super::{Handled, Site};
use crate::Permission;

impl Handled for Organization {
    type Rules = ();

    fn permission(command: &Command) -> Permission {
        use Permission as P;
        match command {
            // Not the asker's role decides here but what the person has proved: to be signed in, to be invited.
            Command::Create { .. }
            | Command::AcceptInvitation { .. }
            | Command::AddMember { .. }
            | Command::Suspend { .. }
            | Command::Reinstate => P::OperateInstallation,
            Command::Rename { .. } | Command::SetLimits { .. } => P::WriteOrganization,
            Command::Close => P::CloseOrganization,
            Command::ChangeMemberRole { .. }
            | Command::RemoveMember { .. }
            | Command::SendInvitation { .. }
            | Command::RevokeInvitation { .. } => P::WriteMembers,
            Command::Leave { .. } => P::ReadOrganization,
            Command::IssueApiKey { .. } | Command::RevokeApiKey { .. } => P::WriteKeys,
        }
    }

    fn guards(&self, site: &Site<'_, ()>, events: &[Event]) -> Vec<Guard> {
        events
            .iter()
            .filter_map(|event| match event {
                Event::Created { slug, .. } => Some(Guard::UniqueEverywhere {
                    scope: "organization_slug".to_owned(),
                    key: slug.to_string(),
                    holder: site.id.to_string(),
                }),
                _ => None,
            })
            .collect()
    }
}
