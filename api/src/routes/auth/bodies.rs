//! What sign-in takes and answers.

use accounts::{Membership, SessionShown, SignedIn, View};
use kernel::{OrgId, Timestamp, Uuid};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;
use vault::secret::{ExposeSecret as _, SecretString};

/// Where the refresh token goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum RefreshIn {
    /// Into a cookie that no script reads: for browsers.
    Cookie,
    /// Into the answer: for programs.
    #[default]
    Body,
}

/// A new account.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({
    "email": "ada@example.org", "password": "correct horse battery staple", "display_name": "Ada Lovelace"
}))]
pub(super) struct Register {
    /// Where the person gets mail.
    #[schemars(length(max = 300))]
    pub(super) email: String,
    /// 12 to 128 characters, not among the first that would be guessed.
    #[schemars(with = "String", length(max = 2048))]
    pub(super) password: SecretString,
    /// What the person is called.
    #[schemars(length(max = 200))]
    pub(super) display_name: String,
}

/// A letter is on its way, if there is anybody to write to.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "LetterSent", example = json!({ "sent": true }))]
pub(super) struct Sent {
    /// Always: whether there is such an account is told to nobody but who reads its mail.
    pub(super) sent: bool,
}

/// What a mailed link carries, and the password that was chosen.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({ "token": "omoi_verify_x", "password": "correct horse battery staple" }))]
pub(super) struct Verify {
    /// From the link.
    #[schemars(with = "String", length(max = 200))]
    pub(super) token: SecretString,
    /// The one of the registration: the link alone does not open an account that somebody else may have registered.
    #[schemars(with = "String", length(max = 2048))]
    pub(super) password: SecretString,
    /// `body` when absent.
    #[serde(default)]
    pub(super) refresh_in: RefreshIn,
}

/// To whom.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({ "email": "ada@example.org" }))]
pub(super) struct Email {
    /// Where the person gets mail.
    #[schemars(length(max = 300))]
    pub(super) email: String,
}

/// Address and password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({ "email": "ada@example.org", "password": "correct horse battery staple" }))]
pub(super) struct Login {
    /// Where the person gets mail.
    #[schemars(length(max = 300))]
    pub(super) email: String,
    /// What was typed.
    #[schemars(with = "String", length(max = 2048))]
    pub(super) password: SecretString,
    /// `body` when absent.
    #[serde(default)]
    pub(super) refresh_in: RefreshIn,
    /// The organization to act in; that of the last time when absent.
    pub(super) organization: Option<OrgId>,
}

/// A link that `omoi up` printed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({ "token": "omoi_login_x", "refresh_in": "cookie" }))]
pub(super) struct LoginLink {
    /// From the link.
    #[schemars(with = "String", length(max = 200))]
    pub(super) token: SecretString,
    /// `body` when absent.
    #[serde(default)]
    pub(super) refresh_in: RefreshIn,
}

/// A refresh token, when it is not in the cookie.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({ "refresh_token": "omoi_refresh_x" }))]
pub(super) struct Refresh {
    /// From the answer before.
    #[schemars(with = "Option<String>", length(max = 200))]
    pub(super) refresh_token: Option<SecretString>,
    /// The organization to act in from now on; the same when absent.
    pub(super) organization: Option<OrgId>,
}

/// A refresh token, when it is neither in the cookie nor that of the bearer's session.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({}))]
pub(super) struct Logout {
    /// From the answer before.
    #[schemars(with = "Option<String>", length(max = 200))]
    pub(super) refresh_token: Option<SecretString>,
}

/// Another password, by a mailed link.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({ "token": "omoi_reset_x", "password": "another horse battery staple" }))]
pub(super) struct Reset {
    /// From the link.
    #[schemars(with = "String", length(max = 200))]
    pub(super) token: SecretString,
    /// The new one.
    #[schemars(with = "String", length(max = 2048))]
    pub(super) password: SecretString,
}

/// Another password, by the one before.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({ "current": "correct horse battery staple", "password": "another horse battery staple" }))]
pub(super) struct ChangePassword {
    /// The one of now.
    #[schemars(with = "String", length(max = 2048))]
    pub(super) current: SecretString,
    /// The new one.
    #[schemars(with = "String", length(max = 2048))]
    pub(super) password: SecretString,
}

/// Another name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ChangeProfile", example = json!({ "display_name": "Countess Lovelace" }))]
pub(super) struct Profile {
    /// What the person is called from now on.
    #[schemars(length(max = 200))]
    pub(super) display_name: String,
}

/// Another organization.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(example = json!({ "organization": "8449932e-6e95-8cd2-a34c-b54650d06cae" }))]
pub(super) struct Switch {
    /// One that the person is in.
    pub(super) organization: OrgId,
}

/// A person.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SignedInUser")]
pub(crate) struct User {
    /// Names the person, in the log too.
    pub(crate) id: Uuid,
    /// What the person is called.
    pub(crate) display_name: String,
    /// Where the person gets mail.
    pub(crate) email: String,
}

/// What a person is in an organization.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Membership")]
pub(crate) struct In {
    /// The organization.
    pub(crate) id: OrgId,
    /// What people call it.
    pub(crate) name: String,
    /// Its part of addresses.
    pub(crate) slug: String,
    /// `owner`, `admin`, `member` or `viewer`.
    pub(crate) role: identity::organization::Role,
}

impl From<Membership> for In {
    fn from(membership: Membership) -> Self {
        let Membership { org, name, slug, role } = membership;
        Self { id: org, name: name.to_string(), slug: slug.to_string(), role }
    }
}

/// Somebody is signed in.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SignedIn", example = json!({
    "access_token": "eyJ..", "expires_at": "2026-01-01T00:15:00Z", "refresh_token": "omoi_refresh_x",
    "session": "01890a5d-ac96-774b-bcce-b302099a8057",
    "user": { "id": "01890a5d-ac96-774b-bcce-b302099a8057", "display_name": "Ada Lovelace", "email": "ada@example.org" },
    "organization": null, "organizations": []
}))]
pub(super) struct Answered {
    /// Opens the API as `Authorization: Bearer`, for 15 minutes.
    pub(super) access_token: String,
    /// When it ends.
    pub(super) expires_at: Timestamp,
    /// Goes on with the session; absent when it is in the cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) refresh_token: Option<String>,
    /// The session.
    pub(super) session: Uuid,
    /// Who.
    pub(super) user: User,
    /// Where the session acts; `null` while the person is in no organization.
    pub(super) organization: Option<In>,
    /// All that the person is in.
    pub(super) organizations: Vec<In>,
}

impl Answered {
    /// The answer, and the refresh token when it goes into the cookie.
    pub(super) fn of(signed_in: SignedIn, refresh_in: RefreshIn) -> (Self, Option<SecretString>) {
        let SignedIn { access_token, expires_at, refresh_token, view } = signed_in;
        let View { session, user, display_name, email, organization, organizations } = view;
        let shown = refresh_token.as_ref().filter(|_| refresh_in == RefreshIn::Body);
        let answer = Self {
            access_token: access_token.expose_secret().to_owned(),
            expires_at,
            refresh_token: shown.map(|token| token.expose_secret().to_owned()),
            session,
            user: User { id: user.0, display_name, email },
            organization: organization.map(In::from),
            organizations: organizations.into_iter().map(In::from).collect(),
        };
        (answer, refresh_token.filter(|_| refresh_in == RefreshIn::Cookie))
    }
}

/// Who is signed in, and what that one may do.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Me", example = json!({
    "session": "01890a5d-ac96-774b-bcce-b302099a8057",
    "user": { "id": "01890a5d-ac96-774b-bcce-b302099a8057", "display_name": "Ada Lovelace", "email": "ada@example.org" },
    "organization": null, "organizations": [], "permissions": []
}))]
pub(super) struct Me {
    /// The session.
    pub(super) session: Uuid,
    /// Who.
    pub(super) user: User,
    /// Where the session acts.
    pub(super) organization: Option<In>,
    /// All that the person is in.
    pub(super) organizations: Vec<In>,
    /// What the role allows there.
    pub(super) permissions: Vec<&'static str>,
}

/// The sessions of a person.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Sessions", example = json!({ "sessions": [] }))]
pub(super) struct Sessions {
    /// Those that go on, the one used last first.
    pub(super) sessions: Vec<Session>,
}

/// A session.
#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Session {
    /// Names it.
    id: Uuid,
    /// When the person signed in.
    made_at: Timestamp,
    /// When it was last refreshed.
    last_used_at: Timestamp,
    /// When it ends if it is not used before: 7 days after its last use, 30 days after it began.
    expires_at: Timestamp,
    /// What the client called itself at sign-in.
    agent: Option<String>,
    /// The address of the client at sign-in.
    address: Option<String>,
    /// Whether it is the one that asks.
    current: bool,
}

impl Session {
    pub(super) fn of(shown: SessionShown, current: Uuid) -> Self {
        let SessionShown { id, made_at, last_used_at, expires_at, agent, address } = shown;
        Self { id, made_at, last_used_at, expires_at, agent, address, current: id == current }
    }
}

/// How many ended.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "SessionsEnded", example = json!({ "ended": 2 }))]
pub(super) struct Ended {
    /// Sessions.
    pub(super) ended: u64,
}

/// It is so now.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Changed", example = json!({ "position": 42 }))]
pub(crate) struct Done {
    /// Position of the change in the log; `null` when it was so already.
    pub(crate) position: Option<i64>,
}
