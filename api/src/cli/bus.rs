//! `omoi bus`: who reads the events of an organization on the event bus.

use std::process::ExitCode;

use clap::Subcommand;
use kernel::{Timestamp, Uuid};
use serde::Deserialize;
use serde_json::json;

use super::client::{Connection, Failure, Line, Method, Session, Writing, faint, plain, rows, strong, time};
use super::org;

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: omoi bus credential create warehouse --json > bus.json")]
pub(crate) struct Args {
    #[command(subcommand)]
    subject: Subject,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Subject {
    /// Make, list and revoke credentials that read the events of your organization on the bus, and nothing else.
    #[command(subcommand)]
    Credential(Verb),
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a credential and print it: this once, nobody can show it again.
    Create {
        /// What it is called.
        name: String,
        /// The first position that it reads. [default: the first of the log]
        #[arg(long, value_name = "POSITION", value_parser = clap::value_parser!(i64).range(1..))]
        from: Option<i64>,
        #[command(flatten)]
        writing: Writing,
    },
    /// List the credentials, without what would open anything.
    List,
    /// End a credential: within five seconds it reads nothing, also by connections that are open.
    Revoke {
        /// Its id, from `omoi bus credential list`.
        id: Uuid,
    },
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    let Subject::Credential(verb) = &args.subject;
    Session::run(&args.connection, async |session| verb.run(session).await).await
}

#[derive(Debug, Deserialize)]
struct Made {
    id: Uuid,
    url: String,
    stream: String,
    consumer: String,
    subject: String,
}

#[derive(Debug, Deserialize)]
struct Listed {
    credentials: Vec<Credential>,
}

#[derive(Debug, Deserialize)]
struct Credential {
    id: Uuid,
    name: String,
    from: Option<i64>,
    consumer: String,
    made_at: Timestamp,
}

impl Verb {
    async fn run(&self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Create { name, from, writing } => {
                let path = credentials(session).await?;
                let body = json!({ "name": name, "from": from });
                let answer = session.write(Method::POST, &path, body, writing).await?;
                session.out.show(&answer, made)
            }
            Self::List => {
                let path = credentials(session).await?;
                session.out.show(&session.client.read(&path, None).await?, listed)
            }
            Self::Revoke { id } => {
                let path = format!("{}/{id}", credentials(session).await?);
                session.write(Method::DELETE, &path, json!({}), &Writing::default()).await?;
                session.out.lines(&[vec![plain(format!("ended {id}"))]])
            }
        }
    }
}

/// Those of the organization that the caller acts in.
async fn credentials(session: &Session) -> Result<String, Failure> {
    Ok(format!("/organizations/{}/bus-credentials", org::here(session).await?))
}

fn made(Made { id, url, stream, consumer, subject }: Made) -> Vec<Line> {
    vec![
        vec![strong(url)],
        vec![plain(format!("reads {subject} from the consumer {consumer} of the stream {stream}"))],
        vec![faint(format!("this is the only time it is shown; omoi bus credential revoke {id} ends it"))],
    ]
}

fn listed(Listed { credentials }: Listed) -> Vec<Line> {
    if credentials.is_empty() {
        return vec![vec![plain("none")]];
    }
    let row = |one: Credential| {
        let from = one.from.map_or("from the start".to_owned(), |from| format!("from {from}"));
        vec![strong(one.name), plain(one.consumer), plain(from), faint(time(one.made_at)), faint(one.id)]
    };
    rows(0, credentials.into_iter().map(row).collect())
}
