//! What the scopes of a key allow: each is a permission of the same name, and `auditor` is what the role of that name is.

use identity::organization::{Scope, Scopes};

use super::{Permission, Permissions, Role};

/// Everything that a key with these scopes could do, if its maker may.
#[must_use]
pub fn permissions(scopes: &Scopes) -> Permissions {
    scopes.iter().flat_map(|scope| allowed(scope).iter().collect::<Vec<_>>()).collect()
}

fn allowed(scope: Scope) -> Permissions {
    use Permission as P;
    let permission = match scope {
        Scope::ReadProjects => P::ReadProjects,
        Scope::WriteProjects => P::WriteProjects,
        Scope::WriteTickets => P::WriteTickets,
        Scope::ForceTickets => P::ForceTickets,
        Scope::ApproveTickets => P::ApproveTickets,
        Scope::WriteTasks => P::WriteTasks,
        Scope::AttestTasks => P::AttestTasks,
        Scope::ReadRuns => P::ReadRuns,
        Scope::WriteRuns => P::WriteRuns,
        Scope::WriteSpecs => P::WriteSpecs,
        Scope::ApproveSpecs => P::ApproveSpecs,
        Scope::WriteMerges => P::WriteMerges,
        Scope::ApproveMerges => P::ApproveMerges,
        Scope::ReadEvents => P::ReadEvents,
        Scope::ReadProjections => P::ReadProjections,
        Scope::ManageProjections => P::ManageProjections,
        Scope::Auditor => return Role::Auditor.permissions(),
    };
    [permission].into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_allows_the_permission_of_its_name() {
        for scope in Scope::ALL.iter().copied().filter(|scope| *scope != Scope::Auditor) {
            let names: Vec<_> = allowed(scope).iter().map(Permission::as_str).collect();
            assert_eq!(names, [scope.as_str()]);
        }
        assert_eq!(allowed(Scope::Auditor), Role::Auditor.permissions());
    }

    /// Nobody hands out by a key what decides who is in the organization.
    #[test]
    fn no_key_manages_people_or_keys() {
        let all = permissions(&Scopes::new(Scope::ALL.to_vec()).expect("each once"));
        let never = [
            Permission::WriteMembers,
            Permission::WriteKeys,
            Permission::WriteOrganization,
            Permission::CloseOrganization,
            Permission::OperateInstallation,
        ];
        assert!(never.iter().all(|permission| !all.contain(*permission)));
    }
}
