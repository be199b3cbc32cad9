//! The keys that an organization issues.

use accounts::{Issued, NewKey};
use axum::{extract::State, http::StatusCode, response::Response};
use commands::Permission;
use identity::organization::{ApiKeyId, KeyHolder};
use projections::memberships::{Memberships, Whole};
use vault::secret::ExposeSecret as _;
use work::project::Project;

use super::bodies::{Key, KeyMade, Keys, MakeKey};
use super::{ABOUT, done, whole};
use crate::routes::answer::{answer, read};
use crate::routes::auth::bodies::Done;
use crate::routes::caller::Caller;
use crate::routes::origin::Origin;
use crate::routes::problem::Problem;
use crate::routes::read_your_writes::MinPosition;
use crate::routes::request::{Id, Ids, Wish};
use crate::{
    openapi::{Documented, bare_command, command, query},
    wiring::Services,
};

/// Long enough to be useful, short enough that a forgotten one ends.
const DAYS: u16 = 90;

pub(super) fn router() -> Documented<Services> {
    Documented::about("organizations", ABOUT)
        .get(
            "/organizations/{id}/api-keys",
            list,
            query::<Keys>("list_api_keys", "List the keys of an organization").needs(Permission::WriteKeys),
        )
        .post(
            "/organizations/{id}/api-keys",
            make,
            command::<MakeKey, KeyMade>("create_api_key", "Make a key")
                .says("The key is shown once. A repeat with the same `Idempotency-Key` is told so.")
                .needs(Permission::WriteKeys)
                .creates()
                .refuses(&[
                    "already_issued",
                    "needs_session",
                    "too_many_api_keys",
                    "expiry_out_of_range",
                    "suspended",
                    "closed",
                ]),
        )
        .delete(
            "/organizations/{id}/api-keys/{key}",
            revoke,
            bare_command::<Done>("revoke_api_key", "Revoke a key")
                .says("One's own; with `members:write` anybody's.")
                .needs(Permission::WriteKeys)
                .refuses(&["unknown_api_key", "closed"]),
        )
}

async fn list(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let org = caller.of_organization(Permission::WriteKeys, id.0)?;
    least.reached::<Memberships>(&services).await?;
    let Whole { position, stale, api_keys, .. } = whole(&services, org).await?;
    let uses = services.accounts().last_uses(org).await?;
    let (me, all) = (caller.actor().id, caller.actor().may(Permission::WriteMembers));
    let keys = api_keys.into_iter().filter(|(_, key)| all || key.maker.0 == me.0).map(|(id, key)| Key {
        id,
        name: key.name,
        scopes: key.scopes.iter().collect(),
        project: key.holder.project(),
        maker: key.maker,
        mine: key.maker.0 == me.0,
        expires_at: key.expires_at,
        last_used_at: uses.get(&id).copied(),
    });
    Ok(read(Keys { keys: keys.collect(), position, stale }, position, stale))
}

async fn make(
    State(services): State<Services>,
    caller: Caller,
    Origin(origin): Origin,
    id: Id,
    wish: Wish,
) -> Result<Response, Problem> {
    let org = caller.of_organization(Permission::WriteKeys, id.0)?;
    let (maker, _) = caller.person()?;
    let MakeKey { name, scopes, project, days } = wish.parse()?;
    // The log is asked: a read model does not know yet what was made a moment ago.
    if let Some(project) = project
        && services.dispatcher.peek::<Project>(org, project.0).await?.version == 0
    {
        return Err(Problem::not_found("project"));
    }
    let holder = project.map_or(KeyHolder::Person, |project| KeyHolder::Project { project });
    let new = NewKey { name, scopes, holder, days: days.unwrap_or(DAYS) };
    let Issued { id, key, expires_at, receipt } =
        services.accounts().issue_key(&wish.intent, maker, new, &origin).await?;
    let key = key.expose_secret().to_owned();
    let body = KeyMade { id, key, expires_at, position: receipt.last_position };
    Ok(answer(StatusCode::CREATED, &receipt, body))
}

async fn revoke(
    State(services): State<Services>,
    caller: Caller,
    Origin(origin): Origin,
    Ids(id, key): Ids,
    wish: Wish,
) -> Result<Response, Problem> {
    caller.of_organization(Permission::WriteKeys, id)?;
    done(services.accounts().revoke_key(&wish.intent, ApiKeyId(key), &origin).await)
}
