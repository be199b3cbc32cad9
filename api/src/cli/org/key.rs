//! `omoi org key`: keys that an organization issues to programs.

use clap::Subcommand;
use identity::organization::Scope;
use kernel::Uuid;
use serde_json::json;

use super::{here, lines, read, tell};
use crate::cli::client::{Failure, Method, Reading, Session, Writing};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Make a key and print it: this once, nobody can show it again.
    Create {
        /// What it is called.
        name: String,
        /// What it is for, parted by commas, e.g. projects:read,tickets:write. It may never do more than you may.
        #[arg(long, value_name = "SCOPES", value_delimiter = ',', required = true)]
        scope: Vec<Scope>,
        /// The only project that exists for it: name, slug or UUID. [default: the whole organization]
        #[arg(long)]
        project: Option<String>,
        /// How long it lives, in days. [default: 90]
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=365))]
        days: Option<u16>,
        #[command(flatten)]
        writing: Writing,
    },
    /// List the keys: yours, and with `members:write` everybody's.
    List {
        #[command(flatten)]
        reading: Reading,
    },
    /// Revoke a key: within five seconds it opens nothing.
    Revoke {
        /// Its id, from `omoi org key list`.
        key: Uuid,
        #[command(flatten)]
        writing: Writing,
    },
}

impl Verb {
    pub(super) async fn run(&self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Create { name, scope, project, days, writing } => {
                let project = match project {
                    Some(project) => Some(session.project(project).await?),
                    None => None,
                };
                let body = json!({ "name": name, "scopes": scope, "project": project, "days": days });
                let path = format!("/organizations/{}/api-keys", here(session).await?);
                let answer = session.write(Method::POST, &path, body, writing).await?;
                session.out.show(&answer, lines::key_made)
            }
            Self::List { reading } => {
                session.out.show(&read(session, "/api-keys", reading).await?, lines::keys)
            }
            Self::Revoke { key, writing } => {
                tell(session, Method::DELETE, &format!("/api-keys/{key}"), json!({}), writing).await
            }
        }
    }
}
