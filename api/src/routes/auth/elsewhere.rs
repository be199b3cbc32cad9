//! Signing in by an account at a provider: the browser leaves, comes back to a page of ours, and that page asks here.

use accounts::{Arrival, Back};
use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse as _, Response},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vault::secret::{ExposeSecret as _, SecretString};

use super::bodies::{Answered, RefreshIn};
use super::cookie::{self, ComesBack, Cookie};
use super::{ABOUT, entered, signed_in_as};
use crate::openapi::{Documented, open, open_order};
use crate::routes::origin::Origin;
use crate::routes::problem::Problem;
use crate::routes::request::Given;
use crate::wiring::Services;

/// By which accounts elsewhere people may sign in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(example = json!({ "providers": [{ "id": "github", "name": "GitHub" }] }))]
struct Providers {
    /// In the order in which they are to be shown; none when none is configured.
    providers: Vec<Provider>,
}

/// A provider of accounts.
#[derive(Debug, Serialize, JsonSchema)]
struct Provider {
    /// Its part of addresses.
    id: String,
    /// What people call it.
    name: String,
}

/// Nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LeaveForProvider", example = json!({}))]
struct Leave {}

/// Where the browser is to go.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LeavingForProvider", example = json!({ "url": "https://github.com/login/oauth/authorize?state=x" }))]
struct Leaving {
    /// At the provider; good for ten minutes, for this browser, once.
    url: String,
}

/// What the provider sent the browser back with.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "BackFromProvider", example = json!({ "code": "x", "state": "y", "refresh_in": "cookie" }))]
struct Finish {
    /// What the provider gave; either this or `error`.
    #[schemars(with = "Option<String>", length(max = 2048))]
    code: Option<SecretString>,
    /// Why the provider gave nothing.
    #[schemars(length(max = 200))]
    error: Option<String>,
    /// What the browser left with.
    #[schemars(with = "String", length(max = 200))]
    state: SecretString,
    /// How the provider names itself, when it does.
    #[schemars(length(max = 500))]
    iss: Option<String>,
    /// `body` when absent.
    #[serde(default)]
    refresh_in: RefreshIn,
}

/// Signed in, or asked whether two accounts are one person's.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "SignedInOrAsked", example = json!({
    "consent": { "token": "omoi_consent_x", "provider": "GitHub", "email": "ada@example.org" }
}))]
enum Finished {
    /// Nobody was asked anything.
    SignedIn(Answered),
    /// There is an account here with the address that the provider has verified.
    Asked(Asked),
}

/// The two are joined by who knows the password here.
#[derive(Debug, Serialize, JsonSchema)]
struct Asked {
    /// What to ask, and how to go on.
    consent: Consent,
}

/// Whether an account elsewhere may open the account here.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ConsentAsked")]
struct Consent {
    /// Goes with the password, within ten minutes.
    token: String,
    /// What the provider is called.
    provider: String,
    /// The address that both accounts have.
    email: String,
}

/// Yes, with proof.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "GiveConsent", example = json!({ "token": "omoi_consent_x", "password": "correct horse battery staple" }))]
struct Agree {
    /// From the answer before.
    #[schemars(with = "String", length(max = 200))]
    token: SecretString,
    /// Of the account here.
    #[schemars(with = "String", length(max = 2048))]
    password: SecretString,
    /// `body` when absent.
    #[serde(default)]
    refresh_in: RefreshIn,
}

pub(super) fn router() -> Documented<Services> {
    Documented::about("auth", ABOUT)
        .get(
            "/auth/oauth",
            providers,
            open("list_providers", "By which accounts elsewhere people may sign in")
                .answers::<Providers>(axum::http::StatusCode::OK, "What is configured."),
        )
        .post(
            "/auth/oauth/{provider}/start",
            start,
            open_order::<Leave, Leaving>("leave_for_provider", "Leave for a provider")
                .says(
                    "Sets a cookie by which the browser is known when it is back, and answers where it is to go. It comes \
                     back to `/sign-in/oauth/{provider}`.",
                )
                .refuses(&["not_found", "provider_unavailable", "provider_misconfigured", "provider_not_believed"]),
        )
        .post(
            "/auth/oauth/{provider}/finish",
            finish,
            open_order::<Finish, Finished>("come_back_from_provider", "Come back from a provider")
                .says(
                    "Signs in whoever the account there opens an account here for, or is new here. When another account \
                     here has the address, nobody is signed in yet: the answer asks for consent. Carries \
                     `X-Omoi-Csrf: 1`, because it relies on a cookie.",
                )
                .refuses(&[
                    "not_found",
                    "csrf",
                    "invalid_token",
                    "invalid_credentials",
                    "access_denied",
                    "address_not_verified",
                    "invalid_email",
                    "provider_unavailable",
                    "provider_misconfigured",
                    "provider_not_believed",
                ]),
        )
        .post(
            "/auth/oauth/consent",
            consent,
            open_order::<Agree, Answered>("give_consent", "Let an account elsewhere open the account here, and sign in")
                .refuses(&["invalid_token", "invalid_credentials"]),
        )
}

async fn providers(State(services): State<Services>) -> Json<Providers> {
    let providers = services.accounts().providers().iter();
    let shown = providers.map(|one| Provider { id: one.id().to_owned(), name: one.name().to_owned() });
    Json(Providers { providers: shown.collect() })
}

async fn start(
    State(services): State<Services>,
    Path(provider): Path<String>,
    Origin(origin): Origin,
    Given(Leave {}): Given<Leave>,
) -> Result<Response, Problem> {
    let leaving = services.accounts().leave_for(&provider, &origin).await?;
    let mut response = Json(Leaving { url: leaving.url.expose_secret().to_owned() }).into_response();
    cookie::set::<ComesBack>(&mut response, &leaving.browser);
    Ok(response)
}

async fn finish(
    State(services): State<Services>,
    Path(provider): Path<String>,
    Origin(origin): Origin,
    cookie: Cookie<ComesBack>,
    Given(body): Given<Finish>,
) -> Result<Response, Problem> {
    let Finish { code, error, state, iss, refresh_in } = body;
    let code = match (code, error) {
        (Some(code), None) => Ok(code),
        (None, Some(error)) => Err(error),
        _ => return Err(Problem::unprocessable("invalid_body", "give `code` or `error`, not both")),
    };
    let back = Back { provider, state, browser: cookie.value, code, iss };
    let mut response = match services.accounts().come_back(back, &origin).await? {
        Arrival::SignedIn(signed_in) => entered(*signed_in, refresh_in, Finished::SignedIn),
        Arrival::Consent(asked) => {
            let token = asked.token.expose_secret().to_owned();
            let consent = Consent { token, provider: asked.provider, email: asked.email };
            Json(Finished::Asked(Asked { consent })).into_response()
        }
    };
    cookie::clear::<ComesBack>(&mut response);
    Ok(response)
}

async fn consent(
    State(services): State<Services>,
    Origin(origin): Origin,
    Given(Agree { token, password, refresh_in }): Given<Agree>,
) -> Result<Response, Problem> {
    let signed_in = services.accounts().consent(token.expose_secret(), password, &origin).await?;
    Ok(signed_in_as(signed_in, refresh_in))
}
