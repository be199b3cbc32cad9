//! Accounts as people read them.

use kernel::{Timestamp, Uuid};
use serde::Deserialize;

use crate::cli::client::{Line, faint, plain, rows, strong, time};

/// What sign-in answers.
#[derive(Deserialize)]
pub(super) struct SignedIn {
    pub(super) access_token: String,
    pub(super) expires_at: Timestamp,
    pub(super) refresh_token: String,
    pub(super) session: Uuid,
    pub(super) user: User,
    organization: Option<Membership>,
}

#[derive(Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: Uuid,
    display_name: String,
    pub(super) email: String,
}

#[derive(Debug, Deserialize)]
struct Membership {
    name: String,
    slug: String,
    role: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Me {
    user: User,
    organization: Option<Membership>,
    organizations: Vec<Membership>,
    permissions: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Sessions {
    sessions: Vec<Session>,
}

#[derive(Debug, Deserialize)]
struct Session {
    id: Uuid,
    made_at: Timestamp,
    last_used_at: Timestamp,
    agent: Option<String>,
    address: Option<String>,
    current: bool,
}

#[derive(Debug, Deserialize)]
pub(super) struct Ended {
    ended: u64,
}

#[derive(Debug, Deserialize)]
pub(super) struct Done {
    position: Option<i64>,
}

pub(super) fn signed_in(signed_in: &SignedIn) -> Vec<Line> {
    let mut lines = vec![who(&signed_in.user)];
    lines.push(place(signed_in.organization.as_ref()));
    lines
}

fn who(user: &User) -> Line {
    vec![strong(&user.display_name), plain("  "), plain(&user.email), plain("  "), faint(user.id)]
}

fn place(organization: Option<&Membership>) -> Line {
    match organization {
        Some(Membership { name, slug, role }) => {
            vec![plain(format!("acts in {name} as {role}")), plain("  "), faint(format!("({slug})"))]
        }
        None => vec![plain("in no organization yet: omoi org create NAME, or omoi org accept LINK")],
    }
}

pub(super) fn me(Me { user, organization, organizations, permissions }: Me) -> Vec<Line> {
    let mut lines = vec![who(&user), place(organization.as_ref())];
    if organizations.len() > 1 {
        let names: Vec<_> =
            organizations.into_iter().map(|one| format!("{} ({})", one.slug, one.role)).collect();
        lines.push(vec![faint(format!("in {}", names.join(", ")))]);
    }
    if !permissions.is_empty() {
        lines.push(vec![faint(format!("may {}", permissions.join(", ")))]);
    }
    lines
}

pub(super) fn sessions(Sessions { sessions }: Sessions) -> Vec<Line> {
    let row = |session: Session| {
        vec![
            plain(session.id),
            plain(if session.current { "this one" } else { "" }),
            plain(format!("since {}", time(session.made_at))),
            plain(format!("used {}", time(session.last_used_at))),
            faint(session.address.unwrap_or_default()),
            faint(session.agent.unwrap_or_default()),
        ]
    };
    rows(0, sessions.into_iter().map(row).collect())
}

pub(super) fn ended(Ended { ended }: Ended) -> Vec<Line> {
    vec![vec![plain(format!("{ended} ended"))]]
}

pub(super) fn done(Done { position }: Done) -> Vec<Line> {
    vec![match position {
        Some(position) => vec![plain("done"), plain("  "), faint(format!("(position {position})"))],
        None => vec![plain("it was so already")],
    }]
}
