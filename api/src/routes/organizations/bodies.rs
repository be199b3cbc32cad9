//! What is asked of organizations, and what is answered.

use identity::organization::{
    ApiKeyId, InvitationId, Limits, MemberLimit, ProjectLimit, Role, RunLimit, Scope, Scopes,
};
use kernel::{OrgId, ProjectId, Timestamp};
use projections::memberships::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vocabulary::{Name, Slug, UserId};

use crate::routes::auth::bodies::In;

/// A new organization.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateOrganization", example = json!({ "name": "Acme" }))]
pub(super) struct Create {
    /// What people call it.
    pub(super) name: Name,
    /// Its part of addresses, used once in the installation; derived from the name when absent.
    pub(super) slug: Option<Slug>,
}

/// The organization as it was made.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "OrganizationCreated", example = json!({
    "id": "6f2c1e0a-7a35-8b1e-9f52-0d6a3c9e4b71", "name": "Acme", "slug": "acme", "position": 7
}))]
pub(super) struct Created {
    /// The organization; `POST /auth/switch` acts in it.
    pub(super) id: OrgId,
    /// What people call it.
    pub(super) name: Name,
    /// Its part of addresses.
    pub(super) slug: Slug,
    /// Where its creation stands in the log.
    pub(super) position: Option<i64>,
}

/// The organizations of a person.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Organizations", example = json!({ "organizations": [] }))]
pub(super) struct Listed {
    /// By name.
    pub(super) organizations: Vec<In>,
}

/// An organization.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Organization", example = json!({
    "id": "6f2c1e0a-7a35-8b1e-9f52-0d6a3c9e4b71", "name": "Acme", "slug": "acme", "state": "active",
    "limits": { "members": 100, "projects": 100, "concurrent_runs": 10 }, "members": 3, "role": "owner",
    "position": 42, "stale": null
}))]
pub(super) struct Shown {
    /// The organization.
    pub(super) id: OrgId,
    /// What people call it.
    pub(super) name: Name,
    /// Its part of addresses.
    pub(super) slug: Slug,
    /// How it is.
    pub(super) state: State,
    /// How much it may have.
    pub(super) limits: Limits,
    /// How many are in it.
    pub(super) members: usize,
    /// What the caller is in it; `null` for a key.
    pub(super) role: Option<Role>,
    /// Everything up to here is shown.
    pub(super) position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub(super) stale: Option<i64>,
}

/// Another name; the slug stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "RenameOrganization", example = json!({ "name": "Acme & Sons" }))]
pub(super) struct Rename {
    /// What people call it from now on.
    pub(super) name: Name,
}

/// How much it may have from now on.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SetOrganizationLimits", example = json!({
    "members": 100, "projects": 100, "concurrent_runs": 10
}))]
pub(super) struct SetLimits {
    /// Members and open invitations.
    pub(super) members: MemberLimit,
    /// Projects.
    pub(super) projects: ProjectLimit,
    /// Runs that go on at a time.
    pub(super) concurrent_runs: RunLimit,
}

/// The members of an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Members", example = json!({ "members": [], "position": 42, "stale": null }))]
pub(super) struct Members {
    /// Those who are in it longest first.
    pub(super) members: Vec<Member>,
    /// Everything up to here is shown.
    pub(super) position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub(super) stale: Option<i64>,
}

/// A member.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Member {
    /// The person.
    pub(super) user: UserId,
    /// What the person is called; empty for who was erased.
    pub(super) display_name: String,
    /// Where the person gets mail; empty for who was erased.
    pub(super) email: String,
    /// `owner`, `admin`, `member` or `viewer`.
    pub(super) role: Role,
    /// Since when.
    pub(super) since: Timestamp,
}

/// Another role.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ChangeMemberRole", example = json!({ "role": "admin" }))]
pub(super) struct ChangeRole {
    /// What the member is from now on; not above the caller's own.
    pub(super) role: Role,
}

/// An invitation.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Invite", example = json!({ "email": "bob@example.org", "role": "member" }))]
pub(super) struct Invite {
    /// Only who reads mail there can accept.
    #[schemars(length(max = 300))]
    pub(super) email: String,
    /// What the new member will be; not above the caller's own.
    pub(super) role: Role,
    /// How long it is open, 1 to 30; default 7.
    #[schemars(range(min = 1, max = 30))]
    pub(super) days: Option<u16>,
}

/// The invitation is on its way.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "InvitationSent", example = json!({
    "id": "6f2c1e0a-7a35-8b1e-9f52-0d6a3c9e4b71", "expires_at": "2026-01-08T00:00:00Z", "position": 42
}))]
pub(super) struct Sent {
    /// Names it.
    pub(super) id: InvitationId,
    /// From then on it cannot be accepted.
    pub(super) expires_at: Timestamp,
    /// Where it stands in the log.
    pub(super) position: Option<i64>,
}

/// The invitations that nobody has used or taken back.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Invitations", example = json!({ "invitations": [], "position": 42, "stale": null }))]
pub(super) struct Invitations {
    /// Oldest first.
    pub(super) invitations: Vec<Invitation>,
    /// Everything up to here is shown.
    pub(super) position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub(super) stale: Option<i64>,
}

/// An invitation.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Invitation {
    /// Names it.
    pub(super) id: InvitationId,
    /// To whom.
    pub(super) email: String,
    /// What the new member will be.
    pub(super) role: Role,
    /// From then on it cannot be accepted.
    pub(super) expires_at: Timestamp,
    /// Whether it can still be accepted.
    pub(super) state: OpenState,
}

/// Whether an invitation can still be accepted.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub(super) enum OpenState {
    /// It can.
    Open,
    /// Its time is over.
    Expired,
}

/// What a mailed invitation carries.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "InvitationToken", example = json!({ "token": "omoi_invite_x" }))]
pub(super) struct Token {
    /// From the link.
    #[schemars(with = "String", length(max = 200))]
    pub(super) token: vault::secret::SecretString,
}

/// What an invitation is about.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Invited", example = json!({
    "organization": { "id": "6f2c1e0a-7a35-8b1e-9f52-0d6a3c9e4b71", "name": "Acme", "slug": "acme", "role": "member" },
    "role": "member", "email": "bob@example.org", "expires_at": "2026-01-08T00:00:00Z"
}))]
pub(super) struct Invited {
    /// Into which organization.
    pub(super) organization: In,
    /// As what.
    pub(super) role: Role,
    /// Whom.
    pub(super) email: String,
    /// From then on it cannot be accepted.
    pub(super) expires_at: Timestamp,
}

/// The person is a member.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "InvitationAccepted", example = json!({
    "organization": { "id": "6f2c1e0a-7a35-8b1e-9f52-0d6a3c9e4b71", "name": "Acme", "slug": "acme", "role": "member" },
    "position": 42
}))]
pub(super) struct Accepted {
    /// Where; `POST /auth/switch` acts in it.
    pub(super) organization: In,
    /// Where it stands in the log.
    pub(super) position: Option<i64>,
}

/// A new key.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CreateApiKey", example = json!({
    "name": "CI", "scopes": ["projects:read", "tickets:write"], "days": 90
}))]
pub(super) struct MakeKey {
    /// What people call it.
    pub(super) name: Name,
    /// What it is for. It may never do more than its maker may at the time.
    pub(super) scopes: Scopes,
    /// The only project that exists for it; the whole organization when absent.
    pub(super) project: Option<ProjectId>,
    /// How long it lives, 1 to 365; default 90.
    #[schemars(range(min = 1, max = 365))]
    pub(super) days: Option<u16>,
}

/// The key, this once.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiKeyCreated", example = json!({
    "id": "6f2c1e0a-7a35-8b1e-9f52-0d6a3c9e4b71", "key": "omoi_live_..", "expires_at": "2026-04-01T00:00:00Z",
    "position": 42
}))]
pub(super) struct KeyMade {
    /// Names it.
    pub(super) id: ApiKeyId,
    /// Opens the API as `Authorization: Bearer`. Nobody can show it again.
    pub(super) key: String,
    /// From then on it opens nothing.
    pub(super) expires_at: Timestamp,
    /// Where it stands in the log.
    pub(super) position: Option<i64>,
}

/// The keys that nobody has revoked.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiKeys", example = json!({ "keys": [], "position": 42, "stale": null }))]
pub(super) struct Keys {
    /// Oldest first; without `members:write` only the caller's own.
    pub(super) keys: Vec<Key>,
    /// Everything up to here is shown.
    pub(super) position: i64,
    /// The answer stands still since this event, because it cannot be applied; `null` when all is well.
    pub(super) stale: Option<i64>,
}

/// A key without what would open anything.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "ApiKey")]
pub(super) struct Key {
    /// Names it.
    pub(super) id: ApiKeyId,
    /// What people call it.
    pub(super) name: Name,
    /// What it is for.
    pub(super) scopes: Vec<Scope>,
    /// The only project that exists for it; `null` when all do.
    pub(super) project: Option<ProjectId>,
    /// Who made it.
    pub(super) maker: UserId,
    /// Whether the caller did.
    pub(super) mine: bool,
    /// From then on it opens nothing.
    pub(super) expires_at: Timestamp,
    /// When it was last used, to the minute; `null` when never.
    pub(super) last_used_at: Option<Timestamp>,
}
