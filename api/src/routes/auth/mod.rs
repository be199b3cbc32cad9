//! Signing in and out, and a person's own matters. What needs no sign-in is in `open_router`.

mod account;
pub(super) mod bodies;
mod cookie;
mod elsewhere;

use accounts::{Entrance, Registration, SignedIn};
use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use serde::Serialize;
use vault::secret::ExposeSecret as _;

use self::bodies::{
    Answered, Email, Login, LoginLink, Logout, Refresh, RefreshIn, Register, Reset, Sent, Verify,
};
use self::cookie::{Cookie, Refreshes};
use super::caller::offered;
use super::origin::Origin;
use super::problem::Problem;
use super::request::Given;
use crate::{
    openapi::{Documented, open_act, open_order},
    wiring::Services,
};

pub(super) use account::router;

pub(super) const ABOUT: &str = "Signing in, sessions, passwords: a person's own matters.";

/// What needs no sign-in.
pub(super) fn open_router() -> Documented<Services> {
    Documented::about("auth", ABOUT)
        .merge(elsewhere::router())
        .post(
            "/auth/register",
            register,
            open_order::<Register, Sent>("register", "Register")
                .says(
                    "A letter goes to the address: with a link to verify it, or with word that it has an account already. \
                     The answer is the same.",
                )
                .accepts()
                .refuses(&["invalid_email", "invalid_name", "weak_password"]),
        )
        .post(
            "/auth/verify",
            verify,
            open_order::<Verify, Answered>("verify_email", "Verify an e-mail address, and sign in")
                .refuses(&["invalid_token", "invalid_credentials"]),
        )
        .post(
            "/auth/verify/resend",
            resend,
            open_order::<Email, Sent>("resend_verification", "Ask for another letter to verify an address")
                .accepts()
                .refuses(&["invalid_email"]),
        )
        .post(
            "/auth/login",
            login,
            open_order::<Login, Answered>("sign_in", "Sign in")
                .says("The access token opens the API for 15 minutes, the refresh token goes on with the session.")
                .refuses(&["invalid_credentials", "invalid_email"]),
        )
        .post(
            "/auth/login-link",
            login_link,
            open_order::<LoginLink, Answered>("sign_in_by_link", "Sign in by a link of `omoi up`, once")
                .refuses(&["invalid_token"]),
        )
        .post(
            "/auth/refresh",
            refresh,
            open_order::<Refresh, Answered>("refresh", "Go on with a session")
                .says(
                    "Takes the refresh token of the cookie or of the body, and answers another one: each is used once. One \
                     that is used again ends the session. With the cookie the request carries `X-Omoi-Csrf: 1`.",
                )
                .refuses(&["invalid_token", "csrf"]),
        )
        .post(
            "/auth/logout",
            logout,
            open_act::<Logout>("sign_out", "Sign out")
                .says("Ends the session of the access token, of the cookie, or of the refresh token in the body.")
                .answers_nothing()
                .refuses(&["csrf"]),
        )
        .post(
            "/auth/password/forgot",
            forgot,
            open_order::<Email, Sent>("forgot_password", "Ask for a letter with which to choose another password")
                .accepts()
                .refuses(&["invalid_email"]),
        )
        .post(
            "/auth/password/reset",
            reset,
            open_act::<Reset>("reset_password", "Choose another password, by a mailed link")
                .says("Ends every session of this person, and verifies the address.")
                .answers_nothing()
                .refuses(&["invalid_token", "weak_password"]),
        )
}

const SENT: (StatusCode, Json<Sent>) = (StatusCode::ACCEPTED, Json(Sent { sent: true }));

async fn register(
    State(services): State<Services>,
    Origin(origin): Origin,
    Given(body): Given<Register>,
) -> Result<(StatusCode, Json<Sent>), Problem> {
    let Register { email, password, display_name } = body;
    services.accounts().register(Registration { email, password, display_name }, &origin).await?;
    Ok(SENT)
}

async fn verify(
    State(services): State<Services>,
    Origin(origin): Origin,
    Given(body): Given<Verify>,
) -> Result<Response, Problem> {
    let Verify { token, password, refresh_in } = body;
    let signed_in = services.accounts().verify_email(token.expose_secret(), password, &origin).await?;
    Ok(signed_in_as(signed_in, refresh_in))
}

async fn resend(
    State(services): State<Services>,
    Origin(origin): Origin,
    Given(Email { email }): Given<Email>,
) -> Result<(StatusCode, Json<Sent>), Problem> {
    services.accounts().resend_verification(&email, &origin).await?;
    Ok(SENT)
}

async fn login(
    State(services): State<Services>,
    Origin(origin): Origin,
    Given(body): Given<Login>,
) -> Result<Response, Problem> {
    let Login { email, password, refresh_in, organization } = body;
    let entrance = Entrance { email, password, organization };
    Ok(signed_in_as(services.accounts().sign_in(entrance, &origin).await?, refresh_in))
}

async fn login_link(
    State(services): State<Services>,
    Origin(origin): Origin,
    Given(LoginLink { token, refresh_in }): Given<LoginLink>,
) -> Result<Response, Problem> {
    let signed_in = services.accounts().sign_in_by_link(token.expose_secret(), &origin).await?;
    Ok(signed_in_as(signed_in, refresh_in))
}

async fn refresh(
    State(services): State<Services>,
    Origin(origin): Origin,
    cookie: Result<Cookie<Refreshes>, Problem>,
    Given(body): Given<Refresh>,
) -> Result<Response, Problem> {
    // A token in the body is no secret of the browser's: it needs no proof that the request is ours.
    let (token, refresh_in) = match body.refresh_token {
        Some(token) => (Some(token), RefreshIn::Body),
        None => (cookie?.value, RefreshIn::Cookie),
    };
    let token = token.ok_or(accounts::AccountError::InvalidToken)?;
    match services.accounts().refresh(token.expose_secret(), body.organization, &origin).await {
        Ok(signed_in) => Ok(signed_in_as(signed_in, refresh_in)),
        Err(error) => {
            let over = matches!(error, accounts::AccountError::InvalidToken);
            let mut response = Problem::from(error).into_response();
            if over && refresh_in == RefreshIn::Cookie {
                cookie::clear::<Refreshes>(&mut response);
            }
            Ok(response)
        }
    }
}

async fn logout(
    State(services): State<Services>,
    Origin(origin): Origin,
    headers: HeaderMap,
    cookie: Result<Cookie<Refreshes>, Problem>,
    Given(Logout { refresh_token }): Given<Logout>,
) -> Result<Response, Problem> {
    let bearer = match offered(&headers) {
        Some(bearer) => services.accounts().caller(bearer).await?,
        None => None,
    };
    let session = bearer.and_then(|caller| caller.session()).map(|(_, session)| session);
    let token = match (refresh_token, session) {
        (Some(token), _) => Some(token),
        (None, Some(_)) => None,
        (None, None) => cookie?.value,
    };
    let token = token.as_ref().map(|token| token.expose_secret());
    services.accounts().sign_out(session, token, &origin).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    cookie::clear::<Refreshes>(&mut response);
    Ok(response)
}

async fn forgot(
    State(services): State<Services>,
    Origin(origin): Origin,
    Given(Email { email }): Given<Email>,
) -> Result<(StatusCode, Json<Sent>), Problem> {
    services.accounts().ask_reset(&email, &origin).await?;
    Ok(SENT)
}

async fn reset(
    State(services): State<Services>,
    Origin(origin): Origin,
    Given(Reset { token, password }): Given<Reset>,
) -> Result<StatusCode, Problem> {
    services.accounts().reset_password(token.expose_secret(), password, &origin).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The answer to whoever is signed in, with the refresh token where it was asked for.
fn signed_in_as(signed_in: SignedIn, refresh_in: RefreshIn) -> Response {
    entered(signed_in, refresh_in, |answer| answer)
}

/// The same where the answer may be another.
fn entered<T: Serialize>(
    signed_in: SignedIn,
    refresh_in: RefreshIn,
    answered: impl FnOnce(Answered) -> T,
) -> Response {
    let (answer, token) = Answered::of(signed_in, refresh_in);
    let mut response = Json(answered(answer)).into_response();
    if let Some(token) = token {
        cookie::set::<Refreshes>(&mut response, &token);
    }
    response
}
