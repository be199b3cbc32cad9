//! `/api/v1/processes`: how far the processes have heard the log, and what stands still; unpark. They act for every
//! organization, so both are the business of the installation's operator.

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use commands::Permission;
use kernel::Uuid;
use schemars::JsonSchema;
use serde::Deserialize;
use workers::processes::{self, Listed, ProcessError};

use super::answer::read;
use super::caller::Caller;
use super::problem::Problem;
use super::projections::Unparked;
use super::request::Wish;
use crate::{
    openapi::{Documented, look, order},
    wiring::Services,
};

pub(crate) fn router() -> Documented<Services> {
    Documented::about("processes", "What follows from an event by itself: how far that is, and how to let it go on.")
        .get(
            "/processes",
            list,
            look::<Listed>("list_processes", "List the processes")
                .says("For the operator of the installation: it names what is parked of every organization.")
                .needs(Permission::ReadProjections)
                .shows(include_str!("../openapi/examples/processes.json")),
        )
        .post(
            "/processes/{name}/unpark",
            unpark,
            order::<Unpark, Unparked>("unpark_process", "Let parked roots of a process go on")
                .says("For the operator of the installation. What the process missed it hears now, and acts on it once.")
                .needs(Permission::ManageProjections)
                .refuses(&["not_found", "still_parked"]),
        )
}

/// What is to go on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "UnparkProcess", example = serde_json::json!({}))]
pub(crate) struct Unpark {
    /// One project or organization; all that are parked when absent.
    root: Option<Uuid>,
}

async fn list(State(services): State<Services>, caller: Caller) -> Result<Response, Problem> {
    caller.operates(Permission::ReadProjections)?;
    let listed = processes::list(&services.store).await?;
    let position = listed.position;
    Ok(read(listed, position, None))
}

async fn unpark(
    State(services): State<Services>,
    caller: Caller,
    Path(name): Path<String>,
    wish: Wish,
) -> Result<Json<Unparked>, Problem> {
    caller.operates(Permission::ManageProjections)?;
    let Unpark { root } = wish.parse()?;
    Ok(Json(Unparked { roots: processes::unpark(&services.store, &name, root).await? }))
}

impl From<ProcessError> for Problem {
    fn from(error: ProcessError) -> Self {
        let status = match error {
            ProcessError::Unavailable(reason) => return reason.into(),
            ProcessError::Unknown(_) | ProcessError::NotParked { .. } => StatusCode::NOT_FOUND,
            ProcessError::StillParked { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::new(status, error.code(), error.to_string())
    }
}
