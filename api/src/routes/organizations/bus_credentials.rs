//! Who reads the events of an organization on the event bus.

use axum::{Json, extract::State, http::StatusCode, response::IntoResponse as _, response::Response};
use commands::Permission;
use kernel::{ActorId, OrgId, Timestamp, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::Name;

use super::ABOUT;
use crate::routes::caller::Caller;
use crate::routes::origin::Origin;
use crate::routes::problem::Problem;
use crate::routes::request::{Id, Ids, Wish};
use crate::{
    bus_readers::name_of,
    config::LOG_ID,
    openapi::{Documented, command, look, plain},
    wiring::Services,
};

pub(super) fn router() -> Documented<Services> {
    Documented::about("organizations", ABOUT)
        .get(
            "/organizations/{id}/bus-credentials",
            list,
            look::<Listed>("list_bus_credentials", "List who reads the events on the bus")
                .needs(Permission::WriteMembers),
        )
        .post(
            "/organizations/{id}/bus-credentials",
            make,
            command::<Make, Made>("create_bus_credential", "Let somebody read the events on the bus")
                .says(
                    "A credential reads the events of this organization from its consumer on NATS, and nothing else \
                     there. Its password is shown once. A repeat with the same `Idempotency-Key` is told so.",
                )
                .needs(Permission::WriteMembers)
                .creates()
                .refuses(&["already_issued", "too_many_bus_credentials", "bus_not_ours"]),
        )
        .delete(
            "/organizations/{id}/bus-credentials/{credential}",
            revoke,
            plain("revoke_bus_credential", "Let somebody read the bus no longer")
                .says("Connections that are open are cut off within five seconds.")
                .needs(Permission::WriteMembers)
                .answers_nothing(),
        )
}

/// Somebody is to read the events.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateBusCredential", example = json!({ "name": "Warehouse" }))]
struct Make {
    /// What people call it.
    name: Name,
    /// The first position that it reads; the first of the log when absent.
    #[schemars(range(min = 1))]
    from: Option<i64>,
}

/// The credential, this once, and where it reads.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BusCredentialCreated", example = json!({
    "id": "6f2c1e0a-7a35-8b1e-9f52-0d6a3c9e4b71", "url": "nats://analyst_6f2c1e0a7a358b1e9f520d6a3c9e4b71:..@127.0.0.1:4222",
    "stream": "OMOI_1", "consumer": "analyst_6f2c1e0a7a358b1e9f520d6a3c9e4b71",
    "subject": "omoi.v1.1.01890a5d-ac96-774b-bcce-b302099a8057.>"
}))]
struct Made {
    /// Names it.
    id: Uuid,
    /// The server of the bus, with user and password. Nobody can show it again.
    url: String,
    /// The stream to read from.
    stream: String,
    /// The consumer to read by: the one that this credential may.
    consumer: String,
    /// The subjects of what comes.
    subject: String,
}

/// The credentials that nobody has revoked.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BusCredentials", example = json!({ "credentials": [] }))]
struct Listed {
    /// Oldest first.
    credentials: Vec<Credential>,
}

/// A credential without what would open anything.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "BusCredential")]
struct Credential {
    /// Names it.
    id: Uuid,
    /// What people call it.
    name: Name,
    /// Who made it.
    maker: ActorId,
    /// The first position that it reads; `null` for the first of the log.
    from: Option<i64>,
    /// The consumer that it reads by.
    consumer: String,
    /// When it was made.
    made_at: Timestamp,
}

async fn list(State(services): State<Services>, caller: Caller, id: Id) -> Result<Json<Listed>, Problem> {
    let org = caller.of_organization(Permission::WriteMembers, id.0)?;
    let listed = services.accounts().bus_credentials(org).await?;
    let credentials = listed.into_iter().map(|one| Credential {
        id: one.id,
        name: one.name,
        maker: one.maker,
        from: one.from,
        consumer: name_of(one.id),
        made_at: one.made_at,
    });
    Ok(Json(Listed { credentials: credentials.collect() }))
}

async fn make(
    State(services): State<Services>,
    caller: Caller,
    Origin(origin): Origin,
    id: Id,
    wish: Wish,
) -> Result<Response, Problem> {
    let org = caller.of_organization(Permission::WriteMembers, id.0)?;
    let Make { name, from } = wish.parse()?;
    let readers = services.bus_readers().ok_or_else(|| not_ours(org))?;
    if from.is_some_and(|from| from < 1) {
        return Err(Problem::unprocessable("invalid_body", "from is a position: a number from 1"));
    }
    let made = services.accounts().make_bus_credential(&wish.intent, &name, from, &origin).await?;
    readers.follow_soon(&services).await;
    let body = Made {
        id: made.id,
        url: readers.url(made.id, &made.password),
        stream: bus::stream_name(LOG_ID),
        consumer: name_of(made.id),
        subject: bus::subjects_of(LOG_ID, org),
    };
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

async fn revoke(
    State(services): State<Services>,
    caller: Caller,
    Origin(origin): Origin,
    Ids(id, credential): Ids,
) -> Result<StatusCode, Problem> {
    caller.of_organization(Permission::WriteMembers, id)?;
    services.accounts().revoke_bus_credential(caller.actor(), credential, &origin).await?;
    if let Some(readers) = services.bus_readers() {
        readers.follow_soon(&services).await;
    }
    Ok(StatusCode::NO_CONTENT)
}

/// Whoever runs the server of the bus says who reads there.
fn not_ours(org: OrgId) -> Problem {
    let (stream, subject) = (bus::stream_name(LOG_ID), bus::subjects_of(LOG_ID, org));
    Problem::unprocessable(
        "bus_not_ours",
        format!(
            "NATS_URL names a server that this installation does not run, so its operator decides who reads there: make \
             a durable pull consumer C of the stream {stream} with the filter {subject}, and a user in an account alone \
             that imports the services $JS.API.CONSUMER.INFO.{stream}.C, $JS.API.CONSUMER.MSG.NEXT.{stream}.C and \
             $JS.ACK.{stream}.C.> from the account of the stream"
        ),
    )
}
