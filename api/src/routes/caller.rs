//! The door of `/api/v1`: a bearer token, which is an access token or an API key, looked at before anything else is.

use accounts::{Caller as Known, Credential, Operator};
use axum::{
    extract::{FromRequestParts, MatchedPath, Request, State},
    http::{HeaderMap, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use commands::{Actor, Permission};
use kernel::{OrgId, ProjectId, Uuid};
use vocabulary::UserId;

use super::problem::Problem;
use crate::wiring::Services;

/// Lets a request in when it brings a token that opens something, and says whose it is.
pub(crate) async fn require(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let known = match offered(request.headers()) {
        Some(bearer) => services.accounts().caller(bearer).await,
        None => Ok(None),
    };
    match known {
        Ok(Some(known)) => {
            let left = match services.rates().of_caller(known.credential, known.actor.org) {
                Ok(left) => left,
                Err(problem) => return problem.into_response(),
            };
            request.extensions_mut().insert(Caller(known));
            let asked = asked(&request);
            let mut response = next.run(request).await;
            left.tell(&mut response);
            if response.status() == StatusCode::FORBIDDEN {
                services.accounts().note_forbidden(known.actor, &asked).await;
            }
            response
        }
        Ok(None) => unauthenticated().into_response(),
        Err(reason) => Problem::from(reason).into_response(),
    }
}

/// The method and the pattern of the address: no ids, and nothing that a stranger chose.
fn asked(request: &Request) -> String {
    let pattern = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    format!("{} {pattern}", request.method())
}

/// The bearer token of a request: one, in one header.
pub(super) fn offered(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (given.next()?, given.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

pub(super) fn unauthenticated() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "unauthenticated",
        "sign in at POST /api/v1/auth/login, or send an API key, as `Authorization: Bearer <token>`; `omoi up` keeps a \
         key in operator.key of its data directory, `omoi key create` makes others",
    )
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller(pub(crate) Known);

impl Caller {
    /// Who acts.
    pub(crate) const fn actor(&self) -> Actor {
        self.0.actor
    }

    /// What was shown, for what is to end when that does.
    pub(crate) const fn credential(&self) -> Credential {
        self.0.credential
    }

    /// The organization to look in, of which the caller may see everything.
    ///
    /// # Errors
    /// 403 when the caller may not, or is a key of one project.
    pub(crate) fn allowed(&self, permission: Permission) -> Result<OrgId, Problem> {
        let org = self.among(permission)?.0;
        match self.actor().only_project() {
            None => Ok(org),
            Some(_) => {
                Err(forbidden("this concerns the whole organization, and the key is for one project of it"))
            }
        }
    }

    /// The organization, and the only project of it that the caller sees, if there is only one.
    ///
    /// # Errors
    /// 403 when the caller may not.
    pub(crate) fn among(&self, permission: Permission) -> Result<(OrgId, Option<ProjectId>), Problem> {
        let actor = self.actor();
        actor.require(permission)?;
        Ok((actor.org, actor.only_project()))
    }

    /// The organization, for something of this project.
    ///
    /// # Errors
    /// 403 when the caller may not; 404 when it does not see this project.
    pub(crate) fn within(
        &self,
        permission: Permission,
        project: impl Into<Option<ProjectId>>,
        what: &str,
    ) -> Result<OrgId, Problem> {
        let (org, only) = self.among(permission)?;
        if only.is_some() && only != project.into() { Err(Problem::not_found(what)) } else { Ok(org) }
    }

    /// As [`Caller::allowed`], for what concerns every organization of the installation: its own one only.
    ///
    /// # Errors
    /// 403 as well for the other ones.
    pub(crate) fn operates(&self, permission: Permission) -> Result<OrgId, Problem> {
        let org = self.allowed(permission)?;
        if org == Operator::org() {
            return Ok(org);
        }
        Err(forbidden("this concerns every organization of the installation; its operator may do it"))
    }

    /// As [`Caller::allowed`], for the organization that the address names.
    ///
    /// # Errors
    /// 404 when it names another one.
    pub(crate) fn of_organization(&self, permission: Permission, id: Uuid) -> Result<OrgId, Problem> {
        // Before the permission: what another organization allows is nobody's business here.
        if self.actor().org.0 != id {
            return Err(Problem::not_found("organization"));
        }
        self.allowed(permission)
    }

    /// The person who asks, and the session.
    ///
    /// # Errors
    /// 403 for a key: a person's own matters are not for programs.
    pub(crate) fn person(&self) -> Result<(UserId, Uuid), Problem> {
        self.0.session().ok_or_else(|| {
            Problem::new(
                StatusCode::FORBIDDEN,
                "needs_session",
                "this is for a person who is signed in; an API key cannot do it",
            )
        })
    }
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "forbidden", detail)
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // Only a route outside the door could miss it: then nobody is let in.
        parts.extensions.get::<Self>().copied().ok_or_else(unauthenticated)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn of(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::AUTHORIZATION, HeaderValue::from_str(value).unwrap());
        }
        offered(&headers).map(str::to_owned)
    }

    #[test]
    fn a_bearer_token_is_one_in_one_header() {
        for scheme in ["Bearer", "bearer", "BEARER"] {
            assert_eq!(of(&[&format!("{scheme} x")]).as_deref(), Some("x"));
        }
        for values in
            [&[][..], &["x"], &["Basic x"], &["Bearer\tx"], &["Bearer x", "Bearer y"], &["Bearer x", ""]]
        {
            assert_eq!(of(values), None, "{values:?}");
        }
    }
}
