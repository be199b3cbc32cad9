//! The door of `/api/v1`: an API key as a bearer token, checked before anything else is looked at.

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use commands::{Actor, Permission};
use kernel::OrgId;

use super::problem::Problem;
use crate::keys::{ApiKey, Hash, operator};
use crate::wiring::Services;

/// Lets a request in when it brings a key that opens something, and says whose it is.
pub(crate) async fn require_key(
    State(services): State<Services>,
    mut request: Request,
    next: Next,
) -> Response {
    let key = offered(&request).map(|key| key.hash());
    let holder = match key {
        Some(key) => services.keys.holder(key).await,
        None => Ok(None),
    };
    match holder {
        Ok(Some(actor)) => {
            request.extensions_mut().insert(Caller(actor));
            request.extensions_mut().insert(key.map(Presented));
            next.run(request).await
        }
        Ok(None) => unauthenticated().into_response(),
        Err(reason) => Problem::from(reason).into_response(),
    }
}

fn offered(request: &Request) -> Option<ApiKey> {
    request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .and_then(|(_, key)| ApiKey::parse(key.trim()))
}

fn unauthenticated() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "send an API key as `Authorization: Bearer <key>`; `omoi up` keeps one in operator.key of its data \
         directory, `omoi key create` makes others",
    )
}

/// The hash of the key that was presented, for what is to end when the key does.
#[derive(Clone, Copy)]
pub(crate) struct Presented(pub(crate) Hash);

impl<S: Send + Sync> FromRequestParts<S> for Presented {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Option<Self>>().copied().flatten().ok_or_else(unauthenticated)
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller(pub(crate) Actor);

impl Caller {
    /// The organization to look in.
    ///
    /// # Errors
    /// 403 when the caller's role does not allow it.
    pub(crate) fn allowed(&self, permission: Permission) -> Result<OrgId, Problem> {
        self.0.require(permission)?;
        Ok(self.0.org)
    }
}

impl Caller {
    /// As [`Caller::allowed`], for what concerns every organization of the installation: its own one only.
    ///
    /// # Errors
    /// 403 as well for the other ones.
    pub(crate) fn operates(&self, permission: Permission) -> Result<OrgId, Problem> {
        let org = self.allowed(permission)?;
        if org == operator().org {
            return Ok(org);
        }
        let detail = "this concerns every organization of the installation; its operator may do it";
        Err(Problem::new(StatusCode::FORBIDDEN, "forbidden", detail))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Only a route outside the door could miss it: then nobody is let in.
        parts.extensions.get::<Self>().copied().ok_or_else(unauthenticated)
    }
}
