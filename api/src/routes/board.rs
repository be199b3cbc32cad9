//! `GET /api/v1/projects/{id}/board`: the Kanban board, as far as the log has been folded.

use axum::{extract::State, response::Response};
use commands::Permission;
use kernel::ProjectId;
use projections::board::{Board, BoardAnswer};

use super::answer::read;
use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::Id;
use crate::{
    openapi::{Documented, query},
    wiring::Services,
};

/// What the document says of this, of the graph and of the activity.
pub(super) const ABOUT: &str = "The board, the graph and the activity of a project.";

pub(crate) fn router() -> Documented<Services> {
    Documented::about("board", ABOUT).get(
        "/projects/{id}/board",
        board,
        query::<BoardAnswer>("show_board", "Show the board of a project")
            .needs(Permission::ReadProjects)
            .shows(include_str!("../openapi/examples/board.json")),
    )
}

async fn board(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let org = caller.within(Permission::ReadProjects, ProjectId(id.0), "project")?;
    least.reached::<Board>(&services).await?;
    let board = services
        .read_models
        .board(org, ProjectId(id.0))
        .await?
        .ok_or_else(|| Problem::not_found("project"))?;
    let (position, stale) = (board.position, board.stale);
    Ok(read(board, position, stale))
}
