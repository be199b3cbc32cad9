//! Organizations over HTTP: what one is, who is in it, who is invited, which keys it has issued.

mod bodies;
mod bus_credentials;
mod invitations;
mod keys;
mod members;

use accounts::AccountError;
use axum::{Json, extract::State, http::StatusCode, response::Response};
use commands::Permission;
use identity::organization::Limits;
use kernel::OrgId;
use projections::memberships::{Memberships, Whole};
use vocabulary::Slug;

use self::bodies::{Create, Created, Listed, Rename, SetLimits, Shown};
use super::answer::{answer, read};
use super::auth::bodies::{Done, In};
use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::{Id, Nothing, Wish};
use crate::{
    openapi::{Documented, command, look, query},
    wiring::Services,
};

const ABOUT: &str = "An organization is a tenant: its members, its invitations, its keys.";

pub(super) fn router() -> Documented<Services> {
    Documented::about("organizations", ABOUT)
        .get(
            "/organizations",
            list,
            look::<Listed>("list_organizations", "List the organizations of the person who asks").of_person(),
        )
        .post(
            "/organizations",
            create,
            command::<Create, Created>("create_organization", "Found an organization")
                .says("Whoever founds it owns it. The session goes on where it is; `POST /auth/switch` moves it.")
                .of_person()
                .creates()
                .refuses(&["invalid_slug", "taken"]),
        )
        .get(
            "/organizations/{id}",
            show,
            query::<Shown>("show_organization", "Show an organization").needs(Permission::ReadOrganization),
        )
        .post(
            "/organizations/{id}/rename",
            rename,
            command::<Rename, Done>("rename_organization", "Rename an organization")
                .needs(Permission::WriteOrganization)
                .refuses(&["suspended", "closed"]),
        )
        .put(
            "/organizations/{id}/limits",
            set_limits,
            command::<SetLimits, Done>("set_organization_limits", "Say how much an organization may have")
                .needs(Permission::WriteOrganization)
                .refuses(&["suspended", "closed"]),
        )
        .post(
            "/organizations/{id}/close",
            close,
            command::<Nothing, Done>("close_organization", "End an organization for good")
                .says("Nobody is let in from then on. Its history stays.")
                .needs(Permission::CloseOrganization)
                .refuses(&["closed"]),
        )
        .merge(members::router())
        .merge(invitations::router())
        .merge(keys::router())
        .merge(bus_credentials::router())
}

pub(super) use invitations::open_router;

async fn list(State(services): State<Services>, caller: Caller) -> Result<Json<Listed>, Problem> {
    let (user, _) = caller.person()?;
    let organizations = services.accounts().organizations_of(user).await?;
    Ok(Json(Listed { organizations: organizations.into_iter().map(In::from).collect() }))
}

async fn create(State(services): State<Services>, caller: Caller, wish: Wish) -> Result<Response, Problem> {
    let (user, _) = caller.person()?;
    let Create { name, slug } = wish.parse()?;
    let slug = match slug {
        Some(slug) => slug,
        None => Slug::from_name(&name).map_err(|error| Problem::unprocessable("invalid_slug", error))?,
    };
    let founded = services.accounts().found(&wish.intent, user, name, slug).await?;
    let accounts::Founded { org, name, slug, receipt } = founded;
    let body = Created { id: org, name, slug, position: receipt.last_position };
    Ok(answer(StatusCode::CREATED, &receipt, body))
}

async fn show(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let org = caller.of_organization(Permission::ReadOrganization, id.0)?;
    least.reached::<Memberships>(&services).await?;
    let Whole { position, stale, organization, members, .. } = whole(&services, org).await?;
    let role = caller.person().ok().and_then(|(user, _)| {
        members.iter().find(|(member, _)| *member == user).map(|(_, member)| member.role)
    });
    let version = organization.version;
    let body = Shown {
        id: org,
        name: organization.name,
        slug: organization.slug,
        state: organization.state,
        limits: organization.limits,
        members: members.len(),
        role,
        position,
        stale,
    };
    Ok(super::answer::tagged(read(body, position, stale), version))
}

async fn rename(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    wish: Wish,
) -> Result<Response, Problem> {
    caller.of_organization(Permission::WriteOrganization, id.0)?;
    let Rename { name } = wish.parse()?;
    done(services.accounts().rename(&wish.intent, name).await)
}

async fn set_limits(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    wish: Wish,
) -> Result<Response, Problem> {
    caller.of_organization(Permission::WriteOrganization, id.0)?;
    let SetLimits { members, projects, concurrent_runs } = wish.parse()?;
    let limits = Limits { members, projects, concurrent_runs };
    done(services.accounts().set_limits(&wish.intent, limits).await)
}

async fn close(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    wish: Wish,
) -> Result<Response, Problem> {
    caller.of_organization(Permission::CloseOrganization, id.0)?;
    let Nothing {} = wish.parse()?;
    done(services.accounts().close(&wish.intent).await)
}

fn done(receipt: Result<commands::Receipt, AccountError>) -> Result<Response, Problem> {
    let receipt = receipt?;
    Ok(answer(StatusCode::OK, &receipt, Done { position: receipt.last_position }))
}

async fn whole(services: &Services, org: OrgId) -> Result<Whole, Problem> {
    services.read_models.organization(org).await?.ok_or_else(|| Problem::not_found("organization"))
}
