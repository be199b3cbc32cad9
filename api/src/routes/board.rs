//! `GET /api/v1/projects/{id}/board`: the Kanban board, as far as the log has been folded.

use axum::{Router, extract::State, response::Response, routing::get};
use kernel::ProjectId;
use projections::board::Board;

use super::answer::read;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::Id;
use crate::{operator::operator, wiring::Services};

pub(crate) fn router() -> Router<Services> {
    Router::new().route("/projects/{id}/board", get(board))
}

async fn board(State(services): State<Services>, id: Id, least: MinPosition) -> Result<Response, Problem> {
    let (org, _) = operator();
    least.reached::<Board>(&services).await?;
    let board = services
        .read_models
        .board(org, ProjectId(id.0))
        .await?
        .ok_or_else(|| Problem::not_found("project"))?;
    let (position, stale) = (board.position, board.stale);
    Ok(read(board, position, stale))
}
