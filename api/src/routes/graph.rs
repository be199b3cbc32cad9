//! `GET /api/v1/projects/{id}/graph`: what waits for what, with places and the critical path.

use axum::{Router, extract::State, response::Response, routing::get};
use kernel::ProjectId;
use projections::task_graph::TaskGraph;

use super::answer::read;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::Id;
use crate::{operator::operator, wiring::Services};

pub(crate) fn router() -> Router<Services> {
    Router::new().route("/projects/{id}/graph", get(graph))
}

async fn graph(State(services): State<Services>, id: Id, least: MinPosition) -> Result<Response, Problem> {
    let (org, _) = operator();
    least.reached::<TaskGraph>(&services).await?;
    let graph = services
        .read_models
        .task_graph(org, ProjectId(id.0))
        .await?
        .ok_or_else(|| Problem::not_found("project"))?;
    let (position, stale) = (graph.position, graph.stale);
    Ok(read(graph, position, stale))
}
