//! `GET /api/v1/projects/{id}/graph`: what waits for what, with places and the critical path.

use axum::{extract::State, response::Response};
use commands::Permission;
use kernel::ProjectId;
use projections::task_graph::{TaskGraph, TaskGraphAnswer};

use super::answer::read;
use super::board;
use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::Id;
use crate::{
    openapi::{Documented, query},
    wiring::Services,
};

pub(crate) fn router() -> Documented<Services> {
    Documented::about("board", board::ABOUT).get(
        "/projects/{id}/graph",
        graph,
        query::<TaskGraphAnswer>("show_graph", "Show what waits for what in a project")
            .says("Every task and every ticket that waits for another, with its place in a drawing from left to right, and \
                   the critical path.")
            .needs(Permission::ReadProjects)
            .shows(include_str!("../openapi/examples/graph.json")),
    )
}

async fn graph(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let org = caller.within(Permission::ReadProjects, ProjectId(id.0), "project")?;
    least.reached::<TaskGraph>(&services).await?;
    let graph = services
        .read_models
        .task_graph(org, ProjectId(id.0))
        .await?
        .ok_or_else(|| Problem::not_found("project"))?;
    let (position, stale) = (graph.position, graph.stale);
    Ok(read(graph, position, stale))
}
