//! Inviting people, and accepting.

use accounts::Field;
use axum::{Json, extract::State, http::StatusCode, response::Response};
use commands::Permission;
use identity::organization::InvitationId;
use projections::memberships::{Memberships, Whole};
use vault::secret::ExposeSecret as _;

use super::bodies::{Accepted, Invitation, Invitations, Invite, Invited, OpenState, Sent, Token};
use super::{ABOUT, done, whole};
use crate::routes::answer::{answer, read};
use crate::routes::auth::bodies::{Done, In};
use crate::routes::caller::Caller;
use crate::routes::origin::Origin;
use crate::routes::problem::Problem;
use crate::routes::read_your_writes::MinPosition;
use crate::routes::request::{Given, Id, Ids, Wish};
use crate::{
    openapi::{Documented, bare_command, command, open_order, query},
    wiring::Services,
};

const DAYS: u16 = 7;

pub(super) fn router() -> Documented<Services> {
    Documented::about("organizations", ABOUT)
        .get(
            "/organizations/{id}/invitations",
            list,
            query::<Invitations>("list_invitations", "List the open invitations of an organization")
                .needs(Permission::WriteMembers),
        )
        .post(
            "/organizations/{id}/invitations",
            invite,
            command::<Invite, Sent>("invite", "Invite somebody by mail")
                .says("The letter carries a link, good once and for this address only.")
                .needs(Permission::WriteMembers)
                .creates()
                .refuses(&[
                    "invalid_email",
                    "already_invited",
                    "above_asker",
                    "member_limit",
                    "expiry_out_of_range",
                    "suspended",
                    "closed",
                ]),
        )
        .delete(
            "/organizations/{id}/invitations/{invitation}",
            revoke,
            bare_command::<Done>("revoke_invitation", "Take an invitation back")
                .needs(Permission::WriteMembers)
                .refuses(&["unknown_invitation", "invitation_used", "above_asker", "closed"]),
        )
        .post(
            "/invitations/accept",
            accept,
            command::<Token, Accepted>("accept_invitation", "Accept an invitation")
                .says("For the person whose verified address it was sent to.")
                .of_person()
                .refuses(&[
                    "invalid_token",
                    "invitation_used",
                    "invitation_was_revoked",
                    "invitation_expired",
                    "other_address",
                    "already_member",
                    "member_limit",
                    "suspended",
                    "closed",
                    "too_many_requests",
                    "not_found",
                ]),
        )
}

/// What needs no sign-in: whoever holds an invitation may read it.
pub(crate) fn open_router() -> Documented<Services> {
    Documented::about("organizations", ABOUT).post(
        "/invitations/look",
        look_at,
        open_order::<Token, Invited>("look_at_invitation", "Show what an invitation is about")
            .refuses(&["invalid_token"]),
    )
}

async fn list(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    least: MinPosition,
) -> Result<Response, Problem> {
    let org = caller.of_organization(Permission::WriteMembers, id.0)?;
    least.reached::<Memberships>(&services).await?;
    let Whole { position, stale, invitations, .. } = whole(&services, org).await?;
    let now = services.accounts().now().await?;
    let sealed: Vec<_> =
        invitations.iter().map(|(id, invitation)| (id.0, Field::InvitedEmail, &invitation.email)).collect();
    let emails = services.accounts().custody().open_all(&sealed).await?;
    let invitations = invitations.iter().zip(emails).map(|((id, invitation), email)| Invitation {
        id: *id,
        email: email.unwrap_or_default(),
        role: invitation.role,
        expires_at: invitation.expires_at,
        state: if invitation.expires_at <= now { OpenState::Expired } else { OpenState::Open },
    });
    Ok(read(Invitations { invitations: invitations.collect(), position, stale }, position, stale))
}

async fn invite(
    State(services): State<Services>,
    caller: Caller,
    id: Id,
    wish: Wish,
) -> Result<Response, Problem> {
    caller.of_organization(Permission::WriteMembers, id.0)?;
    let Invite { email, role, days } = wish.parse()?;
    let sent = services.accounts().invite(&wish.intent, &email, role, days.unwrap_or(DAYS)).await?;
    let accounts::Sent { invitation, expires_at, receipt } = sent;
    let body = Sent { id: invitation, expires_at, position: receipt.last_position };
    Ok(answer(StatusCode::CREATED, &receipt, body))
}

async fn revoke(
    State(services): State<Services>,
    caller: Caller,
    Ids(id, invitation): Ids,
    wish: Wish,
) -> Result<Response, Problem> {
    caller.of_organization(Permission::WriteMembers, id)?;
    done(services.accounts().revoke_invitation(&wish.intent, InvitationId(invitation)).await)
}

async fn look_at(
    State(services): State<Services>,
    Origin(origin): Origin,
    Given(Token { token }): Given<Token>,
) -> Result<Json<Invited>, Problem> {
    let invited = services.accounts().look_at_invitation(token.expose_secret(), &origin).await?;
    let accounts::Invited { membership, email, expires_at } = invited;
    let role = membership.role;
    Ok(Json(Invited { organization: In::from(membership), role, email, expires_at }))
}

async fn accept(
    State(services): State<Services>,
    caller: Caller,
    Origin(origin): Origin,
    wish: Wish,
) -> Result<Response, Problem> {
    let (user, _) = caller.person()?;
    let Token { token } = wish.parse()?;
    let accepted =
        services.accounts().accept_invitation(&wish.intent, user, token.expose_secret(), &origin).await?;
    let (membership, receipt) = accepted;
    let body = Accepted { organization: In::from(membership), position: receipt.last_position };
    Ok(answer(StatusCode::OK, &receipt, body))
}
