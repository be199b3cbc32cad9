//! `GET /api/v1/audit`: who was let in, and who was not.

use accounts::audit::Fact;
use axum::{Json, extract::State};
use commands::Permission;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::Caller;
use super::problem::Problem;
use super::request::Ask;
use crate::{
    openapi::{Documented, look},
    wiring::Services,
};

/// Facts of one page.
const MOST: i64 = 200;

pub(super) fn router() -> Documented<Services> {
    Documented::about("audit", "Who was let in, and who was not. What was done is in the log.").get(
        "/audit",
        list,
        look::<Page>("list_audit", "Read the audit of the organization")
            .says("Sign-ins, keys, decisions about rights: newest first.")
            .needs(Permission::ReadAudit)
            .asks::<Stretch>()
            .refuses(&["invalid_limit"]),
    )
}

/// Which part of it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Stretch {
    /// Facts before this one; the newest when absent.
    #[schemars(range(min = 0))]
    before: Option<i64>,
    /// Most facts of the page, 1 to 200; default 50.
    #[schemars(range(min = 1, max = 200))]
    limit: Option<i64>,
}

#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "AuditPage", example = serde_json::json!({ "facts": [{
    "id": 7, "at": "2026-01-01T00:00:00Z", "actor": "01890a5d-ac96-774b-bcce-b302099a8057", "what": "signed_in",
    "allowed": true, "subject": "password", "address": "203.0.113.7"
}] }))]
struct Page {
    /// Newest first.
    facts: Vec<Fact>,
}

async fn list(
    State(services): State<Services>,
    caller: Caller,
    Ask(ask): Ask<Stretch>,
) -> Result<Json<Page>, Problem> {
    let org = caller.allowed(Permission::ReadAudit)?;
    let limit = ask.limit.unwrap_or(50);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::unprocessable("invalid_limit", format!("limit is {limit}; it is 1 to {MOST}")));
    }
    Ok(Json(Page { facts: services.accounts().facts(org, ask.before, limit).await? }))
}
