//! The matters of a person who is signed in: who one is, where one is signed in, the password, the organization.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use commands::authority::installation;

use super::bodies::{
    Answered, ChangePassword, Done, Ended, In, Me, Profile, RefreshIn, Session, Sessions, Switch, User,
};
use crate::routes::answer::answer;
use crate::routes::caller::Caller;
use crate::routes::origin::Origin;
use crate::routes::problem::Problem;
use crate::routes::request::{Given, Id, Nothing, Wish};
use crate::{
    openapi::{Documented, act, command, look, order, plain},
    wiring::Services,
};

pub(crate) fn router() -> Documented<Services> {
    Documented::about("auth", super::ABOUT)
        .get("/auth/me", me, look::<Me>("show_me", "Show who is signed in").of_person())
        .post(
            "/auth/me",
            change_profile,
            command::<Profile, Done>("change_profile", "Change one's own name")
                .of_person()
                .refuses(&["invalid_name"]),
        )
        .post(
            "/auth/switch",
            switch,
            order::<Switch, Answered>("switch_organization", "Act in another organization")
                .says("Answers another access token; the session and its refresh token stay.")
                .of_person()
                .refuses(&["not_found"]),
        )
        .get(
            "/auth/sessions",
            sessions,
            look::<Sessions>("list_sessions", "List one's own sessions").of_person(),
        )
        .delete(
            "/auth/sessions/{id}",
            end_session,
            plain("end_session", "End one of one's own sessions").of_person().answers_nothing(),
        )
        .post(
            "/auth/sessions/end-others",
            end_others,
            order::<Nothing, Ended>("end_other_sessions", "End all of one's other sessions").of_person(),
        )
        .post(
            "/auth/password/change",
            change_password,
            act::<ChangePassword>("change_password", "Change one's password, by the one before")
                .says("Ends the other sessions, and a letter tells of it.")
                .of_person()
                .answers_nothing()
                .refuses(&["invalid_credentials", "weak_password", "too_many_requests", "busy"]),
        )
}

async fn me(State(services): State<Services>, caller: Caller) -> Result<Json<Me>, Problem> {
    let (user, session) = caller.person()?;
    let org = caller.actor().org;
    let org = Some(org).filter(|org| *org != installation());
    let view = services.accounts().view(session, user, org).await?;
    let all = commands::Permission::ALL.iter().filter(|permission| caller.actor().may(**permission));
    Ok(Json(Me {
        session,
        user: User { id: user.0, display_name: view.display_name, email: view.email },
        organization: view.organization.map(In::from),
        organizations: view.organizations.into_iter().map(In::from).collect(),
        permissions: all.map(|permission| permission.as_str()).collect(),
    }))
}

async fn change_profile(
    State(services): State<Services>,
    caller: Caller,
    wish: Wish,
) -> Result<Response, Problem> {
    let (user, _) = caller.person()?;
    let Profile { display_name } = wish.parse()?;
    let receipt = services.accounts().rename_person(&wish.intent, user, &display_name).await?;
    Ok(answer(StatusCode::OK, &receipt, Done { position: receipt.last_position }))
}

async fn switch(
    State(services): State<Services>,
    caller: Caller,
    Origin(origin): Origin,
    Given(Switch { organization }): Given<Switch>,
) -> Result<Json<Answered>, Problem> {
    let (user, session) = caller.person()?;
    let signed_in = services.accounts().switch(session, user, organization, &origin).await?;
    Ok(Json(Answered::of(signed_in, RefreshIn::Body).0))
}

async fn sessions(State(services): State<Services>, caller: Caller) -> Result<Json<Sessions>, Problem> {
    let (user, current) = caller.person()?;
    let sessions = services.accounts().sessions(user).await?;
    let sessions = sessions.into_iter().map(|shown| Session::of(shown, current)).collect();
    Ok(Json(Sessions { sessions }))
}

async fn end_session(
    State(services): State<Services>,
    caller: Caller,
    Origin(origin): Origin,
    id: Id,
) -> Result<StatusCode, Problem> {
    let (user, _) = caller.person()?;
    services.accounts().end_session(user, id.0, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn end_others(
    State(services): State<Services>,
    caller: Caller,
    Origin(origin): Origin,
    Given(Nothing {}): Given<Nothing>,
) -> Result<Json<Ended>, Problem> {
    let (user, session) = caller.person()?;
    let ended = services.accounts().end_other_sessions(user, session, &origin).await?;
    Ok(Json(Ended { ended }))
}

async fn change_password(
    State(services): State<Services>,
    caller: Caller,
    Origin(origin): Origin,
    Given(ChangePassword { current, password }): Given<ChangePassword>,
) -> Result<StatusCode, Problem> {
    let (user, session) = caller.person()?;
    services.accounts().set_password(user, session, current, password, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}
