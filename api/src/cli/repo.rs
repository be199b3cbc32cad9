//! `omoi repo`: in which repository the code of a project is.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use kernel::Timestamp;
use serde::Deserialize;
use serde_json::json;

use super::client::{
    Connection, Failure, Line, Method, Reading, Session, Writing, alarm, faint, plain, strong, time,
};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: omoi repo link billing .")]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say where its code is, e.g. `omoi repo link billing https://github.com/acme/billing.git`. It is read, and never
    /// changed.
    Link {
        /// The project: its name, slug or UUID.
        project: String,
        /// A directory of this machine, when the server runs here; or https://…, ssh://… or git@host:path.
        #[arg(value_name = "PATH|URL")]
        place: String,
        /// The branch that counts. [default: the one that the repository itself prefers]
        #[arg(long, value_name = "NAME")]
        branch: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Show where its code is, and whether it can be read.
    Show {
        /// The project: its name, slug or UUID.
        project: String,
        #[command(flatten)]
        reading: Reading,
    },
    /// Leave it without a repository.
    Unlink {
        /// The project: its name, slug or UUID.
        project: String,
        #[command(flatten)]
        writing: Writing,
    },
}

#[derive(Debug, Deserialize)]
struct Linked {
    url: String,
    branch: String,
    commit: String,
    position: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Shown {
    url: String,
    branch: Option<String>,
    #[serde(flatten)]
    health: Health,
}

/// Whether a repository can be read.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Health {
    /// Why not, and what to do; none when it can.
    reason: Option<String>,
    since: Option<Timestamp>,
}

#[derive(Debug, Deserialize)]
struct Unlinked {
    position: Option<i64>,
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    Session::run(&args.connection, async |session| args.verb.carry_out(session).await).await
}

impl Verb {
    async fn carry_out(&self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Link { project, place, branch, writing } => {
                let address = address(session, project).await?;
                let body = json!({ "url": absolute(place)?, "branch": branch });
                session.out.show(&session.write(Method::PUT, &address, body, writing).await?, linked)
            }
            Self::Show { project, reading } => {
                let address = address(session, project).await?;
                session.out.show(&session.client.read(&address, reading.min_position).await?, shown)
            }
            Self::Unlink { project, writing } => {
                let address = address(session, project).await?;
                session
                    .out
                    .show(&session.write(Method::DELETE, &address, json!({}), writing).await?, unlinked)
            }
        }
    }
}

async fn address(session: &Session, project: &str) -> Result<String, Failure> {
    Ok(format!("/projects/{}/repository", session.project(project).await?))
}

/// The server does not stand where the person stands who types.
pub(super) fn absolute(place: &str) -> Result<String, Failure> {
    let is_address =
        place.contains("://") || place.split('/').next().is_some_and(|start| start.contains(':'));
    if is_address || place.starts_with('/') {
        return Ok(place.to_owned());
    }
    let found = Path::new(place).canonicalize();
    let found = found.map_err(|error| {
        Failure::invalid("no_directory", format!("there is no directory {place}: {error}"))
    })?;
    let text = found.to_str().map(str::to_owned);
    text.ok_or_else(|| {
        Failure::invalid("no_text", format!("the path of {place} is no text; give it another name"))
    })
}

fn linked(Linked { url, branch, commit, position }: Linked) -> Vec<Line> {
    let place = position.map_or("it was so already".to_owned(), |position| format!("position {position}"));
    let at = format!("  {branch} at {}", commit.get(..12).unwrap_or(&commit));
    vec![vec![strong(url), plain(at), faint(format!("  ({place})"))]]
}

fn shown(Shown { url, branch, health }: Shown) -> Vec<Line> {
    let branch = branch.unwrap_or_else(|| "the branch that it prefers".to_owned());
    let mut lines = vec![vec![strong(url), plain(format!("  {branch}"))]];
    lines.extend(health.words().map(|words| vec![alarm(words)]));
    lines
}

impl Health {
    /// What is wrong, and what to do then; nothing when nothing is.
    pub(super) fn words(self) -> Option<String> {
        let since = self.since.map_or_else(String::new, |since| format!(" since {}", time(since)));
        let reason = self.reason?;
        Some(format!("broken{since}: {reason}; then start a run: the next one that reads it mends this"))
    }
}

fn unlinked(Unlinked { position }: Unlinked) -> Vec<Line> {
    vec![match position {
        Some(position) => vec![plain("done  "), faint(format!("(position {position})"))],
        None => vec![plain("it had none")],
    }]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::client::shown_plain;

    #[test]
    fn one_that_is_broken_says_why_and_what_to_do() {
        let body = |more: &str| format!(r#"{{"url":"/srv/billing","branch":"main",{more}"position":1}}"#);
        let said = |more: &str| shown_plain(&shown(serde_json::from_str(&body(more)).unwrap()));
        assert_eq!(said(r#""status":"linked","#), ["/srv/billing  main"]);
        let broken = r#""status":"broken","reason":"there is nothing: put it back","since":"2026-11-30T09:12:50.113525Z","#;
        assert_eq!(
            said(broken),
            [
                "/srv/billing  main",
                "broken since 2026-11-30 09:12:50: there is nothing: put it back; then start a run: the next one that reads \
                 it mends this"
            ]
        );
    }

    #[test]
    fn a_directory_is_named_in_full_and_an_address_is_left_alone() {
        for place in ["/srv/billing", "https://a.example/b", "git@a.example:b", "ext::sh -c id"] {
            assert_eq!(absolute(place).ok().as_deref(), Some(place));
        }
        let here = std::env::current_dir().unwrap().canonicalize().unwrap();
        assert_eq!(absolute(".").ok().as_deref(), here.to_str());
        assert_eq!(absolute("./src").ok().as_deref(), here.join("src").to_str());
        assert!(absolute("./nowhere at all").is_err());
    }
}
