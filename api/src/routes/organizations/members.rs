//! Who is in an organization, and as what.

use accounts::{Accounts, Field};
use axum::{extract::State, response::Response};
use commands::Permission;
use projections::memberships::{Memberships, Whole};
use vocabulary::UserId;

use super::bodies::{ChangeRole, Member, Members};
use super::{ABOUT, done, whole};
use crate::routes::answer::read;
use crate::routes::auth::bodies::Done;
use crate::routes::caller::Caller;
use crate::routes::problem::Problem;
use crate::routes::read_your_writes::MinPosition;
use crate::routes::request::{Id, Ids, Nothing, Wish};
use crate::{
    openapi::{Documented, bare_command, command, query},
    wiring::Services,
};

pub(super) fn router() -> Documented<Services> {
    Documented::about("organizations", ABOUT)
        .get(
            "/organizations/{id}/members",
            list,
            query::<Members>("list_members", "List the members of an organization")
                .needs(Permission::ReadOrganization),
        )
        .post(
            "/organizations/{id}/members/{user}/role",
            change_role,
            command::<ChangeRole, Done>("change_member_role", "Make a member something else")
                .needs(Permission::WriteMembers)
                .refuses(&["not_a_member", "last_owner", "above_asker", "suspended", "closed"]),
        )
        .delete(
            "/organizations/{id}/members/{user}",
            remove,
            bare_command::<Done>("remove_member", "Put a member out")
                .says("Within 5 seconds nothing of that person's opens anything here; the keys they made are revoked.")
                .needs(Permission::WriteMembers)
                .refuses(&["not_a_member", "last_owner", "above_asker", "closed"]),
        )
        .post(
            "/organizations/{id}/leave",
            leave,
            command::<Nothing, Done>("leave_organization", "Leave an organization")
                .of_person()
                .refuses(&["not_a_member", "last_owner", "closed"]),
        )
}

async fn list(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let org = caller.of_organization(Permission::ReadOrganization, id.0)?;
    least.reached::<Memberships>(&services).await?;
    let Whole { position, stale, mut members, .. } = whole(&services, org).await?;
    members.sort_by_key(|(user, member)| (member.since, *user));
    let users: Vec<UserId> = members.iter().map(|(user, _)| *user).collect();
    let people = services.read_models.people(Accounts::people(), &users).await?;
    let sealed: Vec<_> = people
        .iter()
        .flat_map(|(user, person)| {
            [(user.0, Field::DisplayName, &person.display_name), (user.0, Field::Email, &person.email)]
        })
        .collect();
    let mut opened = services.accounts().custody().open_all(&sealed).await?.into_iter();
    let mut known: std::collections::BTreeMap<UserId, (String, String)> = people
        .keys()
        .map(|user| {
            let mut next = || opened.next().flatten().unwrap_or_default();
            (*user, (next(), next()))
        })
        .collect();
    let members = members
        .into_iter()
        .map(|(user, member)| {
            let (display_name, email) = known.remove(&user).unwrap_or_default();
            Member { user, display_name, email, role: member.role, since: member.since }
        })
        .collect();
    Ok(read(Members { members, position, stale }, position, stale))
}

async fn change_role(
    State(services): State<Services>,
    caller: Caller,
    Ids(id, user): Ids,
    wish: Wish,
) -> Result<Response, Problem> {
    caller.of_organization(Permission::WriteMembers, id)?;
    let ChangeRole { role } = wish.parse()?;
    done(services.accounts().change_role(&wish.intent, UserId(user), role).await)
}

async fn remove(
    State(services): State<Services>,
    caller: Caller,
    Ids(id, user): Ids,
    wish: Wish,
) -> Result<Response, Problem> {
    caller.of_organization(Permission::WriteMembers, id)?;
    done(services.accounts().remove_member(&wish.intent, UserId(user)).await)
}

async fn leave(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    wish: Wish,
) -> Result<Response, Problem> {
    caller.of_organization(Permission::ReadOrganization, id.0)?;
    let (user, _) = caller.person()?;
    let Nothing {} = wish.parse()?;
    done(services.accounts().leave(&wish.intent, user).await)
}
