//! Organizations as people read them.

use kernel::{Timestamp, Uuid};
use serde::Deserialize;

use crate::cli::client::{Line, faint, plain, rows, strong, time};

#[derive(Debug, Deserialize)]
pub(super) struct Created {
    pub(super) id: Uuid,
    name: String,
    slug: String,
    position: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Listed {
    organizations: Vec<Membership>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Membership {
    pub(super) id: Uuid,
    name: String,
    slug: String,
    role: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Switched {
    pub(super) access_token: String,
    pub(super) expires_at: Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct ActsIn {
    organization: Option<Membership>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Details {
    id: Uuid,
    name: String,
    slug: String,
    state: String,
    members: u64,
    role: Option<String>,
    limits: Limits,
}

#[derive(Debug, Deserialize)]
struct Limits {
    members: u32,
    projects: u32,
    concurrent_runs: u32,
}

#[derive(Debug, Deserialize)]
pub(super) struct Members {
    members: Vec<Member>,
}

#[derive(Debug, Deserialize)]
struct Member {
    user: Uuid,
    display_name: String,
    email: String,
    role: String,
    since: Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct Sent {
    id: Uuid,
    expires_at: Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct Invitations {
    invitations: Vec<Invitation>,
}

#[derive(Debug, Deserialize)]
struct Invitation {
    id: Uuid,
    email: String,
    role: String,
    expires_at: Timestamp,
    state: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Accepted {
    pub(super) organization: Membership,
}

#[derive(Debug, Deserialize)]
pub(super) struct Done {
    position: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(super) struct KeyMade {
    id: Uuid,
    key: String,
    expires_at: Timestamp,
}

#[derive(Debug, Deserialize)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
struct Key {
    id: Uuid,
    name: String,
    scopes: Vec<String>,
    project: Option<Uuid>,
    mine: bool,
    expires_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

impl Members {
    /// The one with this address.
    pub(super) fn called(&self, email: &str) -> Option<Uuid> {
        self.members.iter().find(|member| member.email.eq_ignore_ascii_case(email)).map(|member| member.user)
    }
}

pub(super) fn created(made: Created) -> Vec<Line> {
    let place = made.position.map_or(String::new(), |position| format!(", position {position}"));
    vec![vec![strong(made.name), plain("  "), faint(format!("({}, {}{place})", made.slug, made.id))]]
}

fn row(membership: Membership) -> Line {
    let Membership { id, name, slug, role } = membership;
    vec![plain(slug), strong(name), plain(role), faint(id)]
}

pub(super) fn list(Listed { organizations }: Listed) -> Vec<Line> {
    if organizations.is_empty() {
        return vec![vec![plain("none yet: omoi org create NAME, or omoi org accept LINK")]];
    }
    rows(0, organizations.into_iter().map(row).collect())
}

pub(super) fn acts_in(acts: ActsIn) -> Vec<Line> {
    acts.organization
        .into_iter()
        .map(|one| vec![plain(format!("acts in {} as {}", one.name, one.role))])
        .collect()
}

pub(super) fn details(details: Details) -> Vec<Line> {
    let Details { id, name, slug, state, members, role, limits } = details;
    let role = role.map_or(String::new(), |role| format!(", you are {role}"));
    vec![
        vec![strong(name), plain("  "), faint(format!("({slug}, {id})"))],
        vec![plain(format!("{state}, {members} of {} members{role}", limits.members))],
        vec![faint(format!(
            "at most {} projects, {} runs at a time",
            limits.projects, limits.concurrent_runs
        ))],
    ]
}

pub(super) fn members(Members { members }: Members) -> Vec<Line> {
    let row = |member: Member| {
        vec![
            strong(member.display_name),
            plain(member.email),
            plain(member.role),
            faint(format!("since {}", time(member.since))),
            faint(member.user),
        ]
    };
    rows(0, members.into_iter().map(row).collect())
}

pub(super) fn invited(email: &str, Sent { id, expires_at }: Sent) -> Vec<Line> {
    let until =
        format!("a letter is on its way to {email}; the invitation is open until {}", time(expires_at));
    vec![vec![plain(until), plain("  "), faint(id)]]
}

pub(super) fn invitations(Invitations { invitations }: Invitations) -> Vec<Line> {
    if invitations.is_empty() {
        return vec![vec![plain("none")]];
    }
    let row = |one: Invitation| {
        let until = format!("{} until {}", one.state, time(one.expires_at));
        vec![plain(one.email), plain(one.role), faint(until), faint(one.id)]
    };
    rows(0, invitations.into_iter().map(row).collect())
}

pub(super) fn accepted(accepted: Accepted) -> Vec<Line> {
    let Membership { name, role, .. } = accepted.organization;
    vec![vec![plain(format!("you are {role} of {name}, and act in it from now on"))]]
}

pub(super) fn done(Done { position }: Done) -> Vec<Line> {
    vec![match position {
        Some(position) => vec![plain("done"), plain("  "), faint(format!("(position {position})"))],
        None => vec![plain("it was so already")],
    }]
}

pub(super) fn key_made(made: KeyMade) -> Vec<Line> {
    vec![
        vec![strong(made.key)],
        vec![faint(format!(
            "this is the only time it is shown; it opens until {}; omoi org key revoke {} ends it",
            time(made.expires_at),
            made.id
        ))],
    ]
}

pub(super) fn keys(Keys { keys }: Keys) -> Vec<Line> {
    if keys.is_empty() {
        return vec![vec![plain("none")]];
    }
    let row = |key: Key| {
        let used = key.last_used_at.map_or("never used".to_owned(), |at| format!("used {}", time(at)));
        let place = key.project.map_or(String::new(), |project| format!("only project {project}"));
        vec![
            strong(key.name),
            plain(key.scopes.join(",")),
            plain(place),
            faint(if key.mine { "yours" } else { "" }),
            faint(format!("until {}", time(key.expires_at))),
            faint(used),
            faint(key.id),
        ]
    };
    rows(0, keys.into_iter().map(row).collect())
}
