//! `/api/v1/projections`: how far the read models are; rebuild one beside the one that serves, switch, unpark.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use commands::Permission;
use kernel::{OrgId, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use workers::Generations;
use workers::generations::{GenerationError, ReadModel};

use super::answer::read;
use super::caller::Caller;
use super::problem::Problem;
use super::request::Wish;
use crate::{
    openapi::{Documented, look, order},
    wiring::Services,
};

pub(crate) fn router() -> Documented<Services> {
    Documented::about("projections", "The read models: how far they are, and how to build them anew.")
        .get(
            "/projections",
            list,
            look::<workers::generations::Projections>("list_projections", "List the read models")
                .needs(Permission::ReadProjections)
                .shows(include_str!("../openapi/examples/projections.json")),
        )
        .post(
            "/projections/{name}/rebuild",
            rebuild,
            order::<Rebuild, ReadModel>("rebuild_projection", "Build a read model anew beside the one that serves")
                .accepts()
                .needs(Permission::ManageProjections)
                .refuses(&["not_found"])
                .shows(include_str!("../openapi/examples/projection.json")),
        )
        .post(
            "/projections/{name}/switch",
            switch,
            look::<ReadModel>("switch_projection", "Let the other generation of a read model serve")
                .says("No read fails meanwhile. The generation that served goes on for a day, so that one can switch back.")
                .needs(Permission::ManageProjections)
                .refuses(&["not_found", "nothing_to_switch_to", "generation_behind", "generation_of_other_version"])
                .shows(include_str!("../openapi/examples/projection.json")),
        )
        .post(
            "/projections/{name}/unpark",
            unpark,
            order::<Unpark, Unparked>("unpark_projection", "Let parked roots of a read model go on")
                .needs(Permission::ManageProjections)
                .refuses(&["not_found", "still_parked"]),
        )
}

/// How a rebuild is to end.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RebuildProjection", example = serde_json::json!({ "switch": true }))]
pub(crate) struct Rebuild {
    /// Take over by itself once it has caught up; otherwise somebody asks for `switch`.
    #[serde(default)]
    switch: bool,
}

/// What is to go on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UnparkProjection", example = serde_json::json!({}))]
pub(crate) struct Unpark {
    /// One root of the caller's organization; all of them when absent.
    root: Option<Uuid>,
}

/// What goes on.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(example = serde_json::json!({ "roots": ["6f2c1e0a-7a35-8b1e-9f52-0d6a3c9e4b71"] }))]
pub(crate) struct Unparked {
    /// The roots that follow the log again.
    pub(super) roots: Vec<Uuid>,
}

async fn list(State(services): State<Services>, caller: Caller) -> Result<Response, Problem> {
    let org = caller.allowed(Permission::ReadProjections)?;
    let listed = Generations::new(&services.store).list(Some(org)).await?;
    let position = listed.position;
    Ok(read(listed, position, None))
}

async fn rebuild(
    State(services): State<Services>,
    caller: Caller,
    Path(name): Path<String>,
    wish: Wish,
) -> Result<(StatusCode, Json<ReadModel>), Problem> {
    let org = caller.operates(Permission::ManageProjections)?;
    let Rebuild { switch } = wish.parse()?;
    let generations = Generations::new(&services.store);
    generations.rebuild(&name, switch).await?;
    Ok((StatusCode::ACCEPTED, Json(named(&generations, org, &name).await?)))
}

async fn switch(
    State(services): State<Services>,
    caller: Caller,
    Path(name): Path<String>,
) -> Result<Json<ReadModel>, Problem> {
    let org = caller.operates(Permission::ManageProjections)?;
    let generations = Generations::new(&services.store);
    generations.switch_soon(&name).await?;
    Ok(Json(named(&generations, org, &name).await?))
}

async fn unpark(
    State(services): State<Services>,
    caller: Caller,
    Path(name): Path<String>,
    wish: Wish,
) -> Result<Json<Unparked>, Problem> {
    let org = caller.allowed(Permission::ManageProjections)?;
    let Unpark { root } = wish.parse()?;
    let generations = Generations::new(&services.store);
    // Roots of other organizations are not there.
    let mut roots: Vec<_> =
        named(&generations, org, &name).await?.parked.iter().map(|parked| parked.root).collect();
    roots.retain(|parked| root.is_none_or(|root| *parked == root));
    roots.sort_unstable();
    roots.dedup();
    if root.is_some() && roots.is_empty() {
        return Err(Problem::not_found("parked root"));
    }
    for root in &roots {
        generations.unpark(&name, *root).await?;
    }
    Ok(Json(Unparked { roots }))
}

async fn named(generations: &Generations, org: OrgId, name: &str) -> Result<ReadModel, Problem> {
    let listed = generations.list(Some(org)).await?;
    let named = listed.projections.into_iter().find(|model| model.name == name);
    named.ok_or_else(|| GenerationError::Unknown(name.to_owned()).into())
}

impl From<GenerationError> for Problem {
    fn from(error: GenerationError) -> Self {
        let status = match error {
            GenerationError::Unavailable(reason) => return reason.into(),
            GenerationError::Unknown(_) => StatusCode::NOT_FOUND,
            GenerationError::StillParked { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            GenerationError::Nothing(_)
            | GenerationError::Behind { .. }
            | GenerationError::OtherVersion { .. } => StatusCode::CONFLICT,
        };
        Self::new(status, error.code(), error.to_string())
    }
}
