//! What a client may ask to follow.

use axum::http::StatusCode;
use commands::Actor;

use super::protocol::Topic;
use crate::routes::problem::Problem;
use crate::routes::read_your_writes::NOT_A_POSITION;
use crate::wiring::Services;

const MOST_SUBSCRIPTIONS: usize = 64;
const LONGEST_NAME: usize = 64;
const MOST_TYPES: usize = 100;

/// Whether it can be followed from there; false when the log does not go so far.
pub(super) async fn fit(
    services: &Services,
    actor: Actor,
    many: usize,
    sub: &str,
    topic: &Topic,
    from: Option<i64>,
) -> Result<bool, Problem> {
    actor.require(topic.permission())?;
    see(services, actor, topic).await?;
    if sub.is_empty() || sub.chars().count() > LONGEST_NAME {
        return Err(invalid(format!("the name of a subscription has 1 to {LONGEST_NAME} characters")));
    }
    if many >= MOST_SUBSCRIPTIONS {
        let detail = format!("a socket has at most {MOST_SUBSCRIPTIONS} subscriptions");
        return Err(Problem::unprocessable("too_many_subscriptions", detail));
    }
    if let Topic::Log { types: Some(types), .. } = topic
        && (types.len() > MOST_TYPES || types.iter().any(|name| name.contains(char::is_control)))
    {
        let detail = format!("types are at most {MOST_TYPES} names without control characters");
        return Err(Problem::unprocessable("invalid_filter", detail));
    }
    match from {
        Some(..0) => Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_position", NOT_A_POSITION)),
        // What another node appended may not be known here yet.
        Some(from) if from > services.hub().position() => {
            Ok(from <= services.store.reader().state().await?.1)
        }
        _ => Ok(true),
    }
}

/// Whether the project of the topic exists for this actor. A key of one project says which log it means.
async fn see(services: &Services, actor: Actor, topic: &Topic) -> Result<(), Problem> {
    let Some(only) = actor.only_project() else { return Ok(()) };
    let project = match topic {
        Topic::Log { project, .. } => *project,
        Topic::Board { project } | Topic::Graph { project } => Some(*project),
        Topic::Ticket { id } => {
            services.read_models.ticket(actor.org, *id).await?.and_then(|ticket| ticket.project)
        }
    };
    if project == Some(only) { Ok(()) } else { Err(Problem::not_found("project")) }
}

/// A frame that cannot be understood.
pub(super) fn invalid(reason: impl std::fmt::Display) -> Problem {
    Problem::unprocessable("invalid_frame", reason)
}
