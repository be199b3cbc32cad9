//! Tickets over HTTP: create, refine, move, block, comment, cancel and their like.

mod bodies;

use axum::{extract::State, http::StatusCode, response::Response};
use commands::{Move, NewTicket, Permission, Receipt};
use kernel::{ProjectId, derived_uuid};
use projections::ticket_detail::TicketDetail;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use vocabulary::TicketId;
use work::ticket::{Command, Ticket};

use self::bodies::{
    Because, Cancel, Comment, Create, Grant, LinkCommit, LinkPullRequest, MoveTo, OfPhase, On, Refine,
    Reject, Reorder, TicketAnswer,
};
use super::answer::{answer, read, tagged};
use super::caller::Caller;
use super::problem::Problem;
use super::read_your_writes::MinPosition;
use super::request::{Id, Ids, Nothing, Wish};
use crate::{
    openapi::{Documented, Operation, bare_command, command, query},
    wiring::Services,
};

pub(crate) fn router() -> Documented<Services> {
    Documented::about("tickets", "A ticket: a card of the board, a group of tasks, on its way through the phases.")
        .get(
            "/tickets/{id}",
            show,
            query::<projections::ticket_detail::TicketAnswer>("show_ticket", "Show a ticket")
                .needs(Permission::ReadProjects)
                .shows(include_str!("../openapi/examples/ticket.json")),
        )
        .post(
            "/projects/{id}/tickets",
            create,
            change_of::<Create>("create_ticket", "Create a ticket")
                .creates()
                .refuses(&["no_work_in_done"]),
        )
        .post(
            "/tickets/{id}/refine",
            refine,
            change_of::<Refine>("refine_ticket", "Say better what a ticket is about")
                .refuses(&["completed", "cancelled"]),
        )
        .post(
            "/tickets/{id}/move",
            move_to,
            change_of::<MoveTo>("move_ticket", "Move a ticket to another phase")
                .says("Forward only through open gates, and into a column that has room. `force` goes in any case and needs `tickets:force`; the log keeps that it was forced.")
                .refuses(&["cancelled", "blocked", "gate_closed", "full"]),
        )
        .post(
            "/tickets/{id}/reorder",
            reorder,
            change_of::<Reorder>("reorder_ticket", "Give a ticket another place in its column")
                .refuses(&["cancelled"]),
        )
        .post(
            "/tickets/{id}/block",
            block,
            change_of::<Because>("block_ticket", "Block a ticket")
                .says("It keeps its place and does not move until it is unblocked, and no work on its tasks begins.")
                .refuses(&["blocked", "completed", "cancelled"]),
        )
        .post(
            "/tickets/{id}/unblock",
            unblock,
            change_of::<Nothing>("unblock_ticket", "Unblock a ticket")
                .refuses(&["not_blocked", "completed", "cancelled"]),
        )
        .post(
            "/tickets/{id}/comments",
            comment,
            change_of::<Comment>("comment_ticket", "Comment on a ticket"),
        )
        .post(
            "/tickets/{id}/approvals",
            request_approval,
            change_of::<OfPhase>("request_approval", "Ask for an approval")
                .refuses(&["no_gate_ahead", "completed", "cancelled"]),
        )
        .post(
            "/tickets/{id}/approvals/grant",
            grant_approval,
            change_of::<Grant>("grant_approval", "Grant an approval")
                .needs(Permission::ApproveTickets)
                .refuses(&["no_approval_pending", "completed", "cancelled"]),
        )
        .post(
            "/tickets/{id}/approvals/reject",
            reject_approval,
            change_of::<Reject>("reject_approval", "Reject an approval")
                .needs(Permission::ApproveTickets)
                .refuses(&["no_approval_pending", "completed", "cancelled"]),
        )
        .post(
            "/tickets/{id}/cancel",
            cancel,
            change_of::<Cancel>("cancel_ticket", "Cancel a ticket")
                .refuses(&["completed", "cancelled"]),
        )
        .post(
            "/tickets/{id}/dependencies",
            depend,
            change_of::<On>("depend_ticket", "Let a ticket wait for another")
                .refuses(&["cycle", "unknown_prerequisite", "completed", "cancelled"]),
        )
        .delete(
            "/tickets/{id}/dependencies/{on}",
            undepend,
            bare_change("undepend_ticket", "Let a ticket no longer wait for another")
                .refuses(&["unknown_prerequisite", "completed", "cancelled"]),
        )
        .post(
            "/tickets/{id}/commits",
            link_commit,
            change_of::<LinkCommit>("link_commit", "Link a commit to a ticket"),
        )
        .post(
            "/tickets/{id}/pull-requests",
            link_pull_request,
            change_of::<LinkPullRequest>("link_pull_request", "Link a pull request to a ticket"),
        )
}

/// Changes a ticket of a project that is in use.
fn change_of<B: DeserializeOwned + JsonSchema>(id: &'static str, summary: &'static str) -> Operation {
    command::<B, TicketAnswer>(id, summary).needs(Permission::WriteTickets).refuses(&["archived"])
}

/// The same, said by the address alone.
fn bare_change(id: &'static str, summary: &'static str) -> Operation {
    bare_command::<TicketAnswer>(id, summary).needs(Permission::WriteTickets).refuses(&["archived"])
}

async fn show(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let (org, _) = caller.among(Permission::ReadProjects)?;
    least.reached::<TicketDetail>(&services).await?;
    let ticket = services
        .read_models
        .ticket(org, TicketId(id.0))
        .await?
        .ok_or_else(|| Problem::not_found("ticket"))?;
    caller.within(Permission::ReadProjects, ticket.project, "ticket")?;
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
    let to = Move { to: phase, rank: position, forced: force, by: wish.intent.actor.id };
    let receipt = services.dispatcher.move_ticket(&wish.intent, TicketId(id.0), to, wish.expected).await?;
    shown(&services, &wish, TicketId(id.0), StatusCode::OK, &receipt).await
}

async fn reorder(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Reorder { position } = wish.parse()?;
    change(&services, id, &wish, Command::Reorder { rank: position }).await
}

async fn block(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Because { reason } = wish.parse()?;
    change(&services, id, &wish, Command::Block { reason, by: wish.intent.actor.id }).await
}

async fn unblock(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    change(&services, id, &wish, Command::Unblock { by: wish.intent.actor.id }).await
}

async fn comment(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Comment { text } = wish.parse()?;
    let comment = derived_uuid(&[b"comment", wish.intent.command_id.0.as_bytes()]);
    change(&services, id, &wish, Command::Comment { comment, text, by: wish.intent.actor.id }).await
}

async fn request_approval(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let OfPhase { phase } = wish.parse()?;
    change(&services, id, &wish, Command::RequestApproval { phase }).await
}

async fn grant_approval(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Grant { phase } = wish.parse()?;
    change(&services, id, &wish, Command::GrantApproval { phase, by: wish.intent.actor.id }).await
}

async fn reject_approval(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let Reject { phase, reason } = wish.parse()?;
    change(&services, id, &wish, Command::RejectApproval { phase, by: wish.intent.actor.id, reason }).await
}

async fn depend(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let On { on } = wish.parse()?;
    let ticket = TicketId(id.0);
    let receipt = services.dispatcher.add_ticket_dependency(&wish.intent, ticket, on, wish.expected).await?;
    shown(&services, &wish, ticket, StatusCode::OK, &receipt).await
}

async fn undepend(State(services): State<Services>, ids: Ids, wish: Wish) -> Result<Response, Problem> {
    let Nothing {} = wish.parse()?;
    let (ticket, on) = (TicketId(ids.0), TicketId(ids.1));
    let receipt =
        services.dispatcher.remove_ticket_dependency(&wish.intent, ticket, on, wish.expected).await?;
    shown(&services, &wish, ticket, StatusCode::OK, &receipt).await
}

async fn link_commit(State(services): State<Services>, id: Id, wish: Wish) -> Result<Response, Problem> {
    let LinkCommit { sha, url } = wish.parse()?;
    change(&services, id, &wish, Command::LinkCommit { sha, url }).await
}

async fn link_pull_request(
    State(services): State<Services>,
    id: Id,
    wish: Wish,
) -> Result<Response, Problem> {
    let LinkPullRequest { number, url } = wish.parse()?;
    change(&services, id, &wish, Command::LinkPullRequest { number, url }).await
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
    let known = services.dispatcher.peek::<Ticket>(wish.intent.actor.org, id.0).await?;
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
