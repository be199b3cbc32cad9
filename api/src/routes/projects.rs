//! Projects over HTTP: create, rename, archive, restore. Reading them back arrives with the read models; until
//! then the log is the answer (`GET /api/v1/events`).

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, StatusCode},
    response::{IntoResponse as _, Response},
    routing::post,
};
use commands::{Intent, Receipt};
use kernel::{Uuid, derived_uuid};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use vocabulary::{Name, Slug};
use work::project::{Command, Project};

use super::problem::Problem;
use crate::{operator::operator, wiring::Services};

/// Longest `Idempotency-Key`, in bytes.
const LONGEST_KEY: usize = 255;

pub(crate) fn router() -> Router<Services> {
    Router::new()
        .route("/projects", post(create))
        .route("/projects/{id}/rename", post(rename))
        .route("/projects/{id}/archive", post(archive))
        .route("/projects/{id}/restore", post(restore))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    name: Name,
    /// Derived from the name when absent.
    slug: Option<Slug>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    name: Name,
}

#[derive(Debug, Serialize)]
struct Created {
    id: Uuid,
    name: Name,
    slug: Slug,
    position: Option<i64>,
}

#[derive(Debug, Serialize)]
struct Done {
    /// Position of the change; `null` when it was so already.
    position: Option<i64>,
}

async fn create(
    State(services): State<Services>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let intent = intent("POST /projects", &headers, &body)?;
    let Create { name, slug } = parse(&body)?;
    let slug = match slug {
        Some(slug) => slug,
        None => Slug::from_name(&name).map_err(|error| Problem::unprocessable("invalid_slug", error))?,
    };
    // Follows from the command, so a repeat with the same key creates the same project, once.
    let id = derived_uuid(&[b"project", intent.command_id.0.as_bytes()]);
    let command = Command::Create { name: name.clone(), slug: slug.clone() };
    let receipt = services.dispatcher.begin::<Project>(&intent, id, command).await?;
    let body = Created { id, name, slug, position: receipt.last_position };
    Ok(answer(StatusCode::CREATED, &receipt, Json(body)))
}

async fn rename(
    State(services): State<Services>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let Rename { name } = parse(&body)?;
    change(&services, id, "rename", &headers, &body, Command::Rename { name }).await
}

async fn archive(
    State(services): State<Services>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    change(&services, id, "archive", &headers, &body, Command::Archive).await
}

async fn restore(
    State(services): State<Services>,
    Path(id): Path<Uuid>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    change(&services, id, "restore", &headers, &body, Command::Restore).await
}

async fn change(
    services: &Services,
    id: Uuid,
    verb: &str,
    headers: &HeaderMap,
    body: &[u8],
    command: Command,
) -> Result<Response, Problem> {
    let intent = intent(&format!("POST /projects/{id}/{verb}"), headers, body)?;
    let receipt = services.dispatcher.execute::<Project>(&intent, id, command).await?;
    Ok(answer(StatusCode::OK, &receipt, Json(Done { position: receipt.last_position })))
}

fn intent(route: &str, headers: &HeaderMap, body: &[u8]) -> Result<Intent, Problem> {
    let (org, actor) = operator();
    let Some(key) = headers.get("idempotency-key") else { return Ok(Intent::new(org, actor, body)) };
    match key.to_str() {
        Ok(key) if !key.is_empty() && key.len() <= LONGEST_KEY => {
            Ok(Intent::keyed(org, actor, route, key, body))
        }
        _ => Err(Problem::unprocessable(
            "invalid_idempotency_key",
            format!("Idempotency-Key is 1 to {LONGEST_KEY} visible ASCII characters"),
        )),
    }
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(body).map_err(|error| Problem::unprocessable("invalid_body", error))
}

fn answer<B: Serialize>(status: StatusCode, receipt: &Receipt, body: Json<B>) -> Response {
    let mut response = (status, body).into_response();
    if let Some(position) = receipt.last_position {
        response.headers_mut().insert("omoi-position", HeaderValue::from(position));
    }
    response
}
