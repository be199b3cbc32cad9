//! How a socket is opened. A browser cannot send a header with it, and what lasts does not belong into an address: so a key
//! or a session is exchanged for a ticket that opens one socket, once, within 30 s.

use axum::{
    Json,
    extract::{
        FromRequestParts as _, Request, State,
        ws::{WebSocketUpgrade, rejection::WebSocketUpgradeRejection},
    },
    http::StatusCode,
    response::Response,
};
use kernel::Timestamp;
use rand::{Rng as _, distr::Alphanumeric};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::socket;
use crate::{
    openapi::{Documented, open, plain},
    routes::{caller::Caller, problem::Problem, request::Ask, same_origin},
    wiring::Services,
};

/// Letters and digits of a ticket: 256 bits.
const LENGTH: usize = 43;
/// Longest text message that a client may send, in bytes.
const LARGEST_MESSAGE: usize = 64 * 1024;
/// Clients say little, and each socket has such a buffer for as long as it is there.
const READ_BUFFER: usize = 4 * 1024;

const ABOUT: &str = "What happens, as it happens: a WebSocket, and the ticket that opens it. Its frames are `schemas/ws.json`.";

pub(crate) fn router() -> Documented<Services> {
    Documented::about("live", ABOUT).post(
        "/ws-tickets",
        make,
        plain("create_ws_ticket", "Make a ticket for the live socket")
            .of_anybody()
            .says("It opens one socket of whoever asks, once, within 30 seconds, and the socket ends when the key or the session does.")
            .answers::<Ticket>(StatusCode::CREATED, "It opens one socket."),
    )
}

/// What needs no key: the ticket is one.
pub(crate) fn open_router() -> Documented<Services> {
    Documented::about("live", ABOUT).get(
        "/ws",
        enter,
        open("open_ws", "Open the live socket")
            .says("A WebSocket. Every subscription has a topic; `schemas/ws.json` says what both sides send.")
            .asks::<Entrance>()
            .switches()
            .refuses(&[
                "unauthenticated",
                "foreign_origin",
                "upgrade_required",
                "invalid_query",
                "too_many_sockets",
                "database_down",
            ]),
    )
}

/// Opens a socket.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "WsTicket")]
#[schemars(example = serde_json::json!({
    "ticket": "R2vXq0nBfYwLk3sTzM8dCgHj5aPeUi7oNxQ1yWbV4tK", "expires_at": "2026-01-01T00:00:30Z"
}))]
struct Ticket {
    /// For the query of `/api/v1/ws`.
    ticket: String,
    /// It opens nothing after this.
    expires_at: Timestamp,
}

/// The query of the socket's address.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Entrance {
    /// From `POST /api/v1/ws-tickets`.
    ticket: Option<String>,
}

async fn make(
    State(services): State<Services>,
    caller: Caller,
) -> Result<(StatusCode, Json<Ticket>), Problem> {
    let ticket: String = rand::rng().sample_iter(Alphanumeric).take(LENGTH).map(char::from).collect();
    let expires_at = services.accounts().make_ws_ticket(hash(&ticket), caller.credential()).await?;
    Ok((StatusCode::CREATED, Json(Ticket { ticket, expires_at })))
}

async fn enter(State(services): State<Services>, request: Request) -> Result<Response, Problem> {
    let (mut parts, _) = request.into_parts();
    let Ask(Entrance { ticket }) = Ask::from_request_parts(&mut parts, &services).await?;
    // First, so that a request that cannot become a socket does not use up the ticket.
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &services)
        .await
        .map_err(|reason| no_upgrade(&reason))?;
    // A page of another site that got hold of a ticket is not let in; who is no page says no origin, and needs the ticket.
    if same_origin::is_ours(&parts.headers, services.allowed_origins()) == Some(false) {
        let detail =
            "pages of other sites may not open the live socket; allowed_origins names those that may";
        return Err(Problem::new(StatusCode::FORBIDDEN, "foreign_origin", detail));
    }
    let ticket = ticket.filter(|ticket| ticket.len() == LENGTH).ok_or_else(no_ticket)?;
    let credential = services.accounts().use_ws_ticket(hash(&ticket)).await?.ok_or_else(no_ticket)?;
    let actor = services.accounts().actor(credential).await?.ok_or_else(no_ticket)?;
    let wake = services.hub().admit(actor.org).ok_or_else(|| {
        let detail = "this server has as many live sockets as it takes; try again later";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_sockets", detail)
    })?;
    let upgrade = upgrade
        .max_message_size(LARGEST_MESSAGE)
        .max_frame_size(LARGEST_MESSAGE)
        .read_buffer_size(READ_BUFFER);
    Ok(upgrade.on_upgrade(async move |ws| {
        let hub = services.hub().clone();
        // The end of the server waits for it.
        let served = hub.tasks().spawn(socket::serve(ws, actor, credential, services, wake));
        let _ = served.await;
    }))
}

fn hash(ticket: &str) -> [u8; 32] {
    Sha256::digest(ticket).into()
}

fn no_ticket() -> Problem {
    let detail = "a ticket opens one socket, once, within 30 s; POST /api/v1/ws-tickets makes another";
    Problem::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
}

fn no_upgrade(reason: &WebSocketUpgradeRejection) -> Problem {
    Problem::new(
        StatusCode::UPGRADE_REQUIRED,
        "upgrade_required",
        format!("this address is a WebSocket: {reason}"),
    )
}
