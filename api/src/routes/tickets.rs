//! Tickets over HTTP: create, refine, move, block, comment, cancel and their like.

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::Response,
    routing::{get, post},
};
use commands::{Move, NewTicket, Receipt};
use kernel::{ProjectId, Uuid, derived_uuid};
use projections::ticket_detail::TicketDetail;
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Phase, Priority, Reason, Text, TicketId, TicketNumber};
use work::ticket::{Command, Rank, Ticket};

use super::answer::{answer, read, tagged};
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::{Id, Wish};
use crate::{operator::operator, wiring::Services};

pub(crate) fn router() -> Router<Services> {
    Router::new()
        .route("/tickets/{id}", get(show))
        .route("/projects/{id}/tickets", post(create))
        .route("/tickets/{id}/refine", post(refine))
        .route("/tickets/{id}/move", post(move_to))
        .route("/tickets/{id}/reorder", post(reorder))
        .route("/tickets/{id}/block", post(block))
        .route("/tickets/{id}/unblock", post(unblock))
        .route("/tickets/{id}/comments", post(comment))
        .route("/tickets/{id}/approvals", post(request_approval))
        .route("/tickets/{id}/approvals/grant", post(grant_approval))
        .route("/tickets/{id}/approvals/reject", post(reject_approval))
        .route("/tickets/{id}/cancel", post(cancel))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Create {
    title: Name,
    description: Option<Text>,
    #[serde(default)]
    priority: Priority,
    #[serde(default)]
    phase: Phase,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refine {
    title: Option<Name>,
    description: Option<Text>,
    priority: Option<Priority>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoveTo {
    phase: Phase,
    /// Its place among the cards.
    position: Option<Rank>,
    #[serde(default)]
    force: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reorder {
    position: Rank,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Because {
    reason: Reason,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Comment {
    text: Text,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct OfPhase {
    phase: Option<Phase>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Grant {
    phase: Phase,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Reject {
    phase: Phase,
    reason: Reason,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Cancel {
    reason: Option<Reason>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

/// A ticket as the write side knows it right after a command.
#[derive(Debug, Serialize)]
struct TicketAnswer {
    id: Uuid,
    number: TicketNumber,
    title: Name,
    description: Option<Text>,
    priority: Priority,
    phase: Phase,
    status: &'static str,
    blocked: Option<Reason>,
    /// What can be done with it now.
    possible: Vec<&'static str>,
    version: i64,
    position: Option<i64>,
}

async fn show(State(services): State<Services>, id: Id, least: MinPosition) -> Result<Response, Problem> {
    least.reached::<TicketDetail>(&services).await?;
    let (org, _) = operator();
    let ticket = services
        .read_models
        .ticket(org, TicketId(id.0))
        .await?
        .ok_or_else(|| Problem::not_found("ticket"))?;
    let (position, stale, version) = (ticket.position, ticket.stale, ticket.version);
    Ok(tagged(read(ticket, position, stale), version))
}

async fn create(State(services): State<Services>, project: Id, wish: Wish) -> Result<Response, Problem> {
    let Create { title, description, priority, phase } = wish.parse()?;
    let new = NewTicket { title, description, priority, phase };
    let (id, receipt) = services.dispatcher.create_ticket(&wish.intent, ProjectId(project.0), new).await?;
    shown(&services, &wish, id, StatusCode::CREATED, &receipt).await
}

async fn refine(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Refine { title, description, priority } = wish.parse()?;
    change(&services, id, &wish, Command::Refine { title, description, priority }).await
}

async fn move_to(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let MoveTo { phase, position, force } = wish.parse()?;
    let to = Move { to: phase, rank: position, forced: force, by: wish.intent.actor };
    let receipt = services.dispatcher.move_ticket(&wish.intent, TicketId(id.0), to, wish.expected).await?;
    shown(&services, &wish, TicketId(id.0), StatusCode::OK, &receipt).await
}

async fn reorder(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Reorder { position } = wish.parse()?;
    change(&services, id, &wish, Command::Reorder { rank: position }).await
}

async fn block(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Because { reason } = wish.parse()?;
    change(&services, id, &wish, Command::Block { reason, by: wish.intent.actor }).await
}

async fn unblock(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    change(&services, id, &wish, Command::Unblock { by: wish.intent.actor }).await
}

async fn comment(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Comment { text } = wish.parse()?;
    let comment = derived_uuid(&[b"comment", wish.intent.command_id.0.as_bytes()]);
    change(&services, id, &wish, Command::Comment { comment, text, by: wish.intent.actor }).await
}

async fn request_approval(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let OfPhase { phase } = wish.parse()?;
    change(&services, id, &wish, Command::RequestApproval { phase }).await
}

async fn grant_approval(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Grant { phase } = wish.parse()?;
    change(&services, id, &wish, Command::GrantApproval { phase, by: wish.intent.actor }).await
}

async fn reject_approval(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Reject { phase, reason } = wish.parse()?;
    change(&services, id, &wish, Command::RejectApproval { phase, by: wish.intent.actor, reason }).await
}

async fn cancel(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Cancel { reason } = wish.parse()?;
    change(&services, id, &wish, Command::Cancel { reason }).await
}

async fn change(services: &Services, id: Id, wish: &Wish, command: Command) -> Result<Response, Problem> {
    let id = TicketId(id.0);
    let receipt = services.dispatcher.on_ticket(&wish.intent, id, command, wish.expected).await?;
    shown(services, wish, id, StatusCode::OK, &receipt).await
}

/// The ticket after the command, as its events have made it: a repeat is answered from the same source.
async fn shown(
    services: &Services,
    wish: &Wish,
    id: TicketId,
    status: StatusCode,
    receipt: &Receipt,
) -> Result<Response, Problem> {
    let known = services.dispatcher.peek::<Ticket>(wish.intent.org, id.0).await?;
    let card = known.state.card().ok_or_else(|| Problem::not_found("ticket"))?;
    let body = TicketAnswer {
        id: id.0,
        number: card.number,
        title: card.title.clone(),
        description: card.description.clone(),
        priority: card.priority,
        phase: card.phase,
        status: known.state.status_name(),
        blocked: card.blocked.as_ref().map(|block| block.reason.clone()),
        possible: known.state.possible(),
        version: known.version,
        position: receipt.last_position,
    };
    Ok(answer(status, receipt, body))
}
