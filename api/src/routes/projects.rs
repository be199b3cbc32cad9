//! Projects over HTTP: create, rename, archive, restore.

use axum::{Router, extract::State, http::StatusCode, response::Response, routing::post};
use commands::Step;
use kernel::{Uuid, derived_uuid};
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Slug, Text};
use work::project::{Command, Project};

use super::answer::answer;
use super::problem::Problem;
use super::request::{Id, Wish};
use crate::wiring::Services;

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
    description: Option<Text>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rename {
    name: Name,
}

/// A verb that needs no more words.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

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

async fn create(State(services): State<Services>, wish: Wish) -> Result<Response, Problem> {
    let Create { name, slug, description } = wish.parse()?;
    let slug = match slug {
        Some(slug) => slug,
        None => Slug::from_name(&name).map_err(|error| Problem::unprocessable("invalid_slug", error))?,
    };
    // Follows from the command, so a repeat with the same key creates the same project, once.
    let id = derived_uuid(&[b"project", wish.intent.command_id.0.as_bytes()]);
    let command = Command::Create { name: name.clone(), slug: slug.clone(), description };
    let receipt = services.dispatcher.begin::<Project>(&wish.intent, id, command).await?;
    let body = Created { id, name, slug, position: receipt.last_position };
    Ok(answer(StatusCode::CREATED, &receipt, body))
}

async fn rename(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Rename { name } = wish.parse()?;
    change(&services, id, &wish, Command::Rename { name }).await
}

async fn archive(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    change(&services, id, &wish, Command::Archive).await
}

async fn restore(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    change(&services, id, &wish, Command::Restore).await
}

async fn change(services: &Services, id: Id, wish: &Wish, command: Command) -> Result<Response, Problem> {
    let step = Step::on::<Project>(id.0, command).expecting(wish.expected);
    let receipt = services.dispatcher.carry_out(&wish.intent, vec![step]).await?;
    Ok(answer(StatusCode::OK, &receipt, Done { position: receipt.last_position }))
}
