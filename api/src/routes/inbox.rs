//! What waits for a person, and what goes on meanwhile.

use axum::{extract::State, http::HeaderMap, response::Response};
use commands::Permission;
use kernel::ProjectId;
use projections::inbox::{Inbox, InboxAnswer};
use schemars::JsonSchema;
use serde::Deserialize;

use super::answer::read;
use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::Ask;
use crate::{
    openapi::{Documented, query},
    wiring::Services,
};

/// Of which project.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Which {
    /// Of one project; of all that exist for the caller when absent.
    project: Option<ProjectId>,
    /// See `Omoi-Min-Position`.
    #[schemars(skip)]
    min_position: Option<String>,
}

pub(crate) fn router() -> Documented<Services> {
    Documented::about("inbox", "What waits for a person, and what goes on meanwhile.").get(
        "/inbox",
        show,
        query::<InboxAnswer>(
            "show_inbox",
            "Show what waits for a person, the oldest first, and what goes on",
        )
        .says("At most 200 of each.")
        .needs(Permission::ReadProjects)
        .asks::<Which>()
        .shows(include_str!("../openapi/examples/inbox.json")),
    )
}

async fn show(
    State(services): State<Services>,
    caller: Caller,
    Ask(ask): Ask<Which>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (org, only) = caller.among(Permission::ReadProjects)?;
    let of = match (only, ask.project) {
        (Some(only), Some(asked)) if only != asked => return Err(Problem::not_found("project")),
        (only, asked) => asked.or(only),
    };
    MinPosition::of(&headers, ask.min_position.as_deref())?.reached::<Inbox>(&services).await?;
    let inbox = services.read_models.inbox(org, of).await?;
    let position = inbox.position;
    Ok(read(inbox, position, None))
}
