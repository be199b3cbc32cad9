//! `omoi ticket`: the tickets of a project, and what people do with them.

mod lines;

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};
use vocabulary::{Phase, Priority};

use self::lines::Changed;
use super::client::{Connection, Failure, Kind, Method, Reading, Session, Writing, values};
use super::things::Things;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A TICKET is a number such as TKT-001 (with --project when there are several projects) or a \
UUID.\nExample: omoi ticket create billing 'Send invoices' --phase implementation --priority high"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    /// The project whose numbers are meant: its name, slug or UUID. [default: the only active one]
    #[arg(long, global = true, value_name = "PROJECT")]
    project: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, clap::Args)]
struct Target {
    /// Its number, e.g. TKT-001, or its UUID.
    ticket: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Create a ticket, e.g. `omoi ticket create billing 'Send invoices'`.
    Create {
        /// The project: its name, slug or UUID.
        #[arg(id = "of", value_name = "PROJECT")]
        of: String,
        /// What it is called, 1 to 200 characters.
        title: String,
        /// What it is about.
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// How much it matters. [default: medium]
        #[arg(long, value_parser = values::priority())]
        priority: Option<Priority>,
        /// Where it begins. [default: backlog]
        #[arg(long, value_parser = values::phase())]
        phase: Option<Phase>,
        #[command(flatten)]
        writing: Writing,
    },
    /// List the tickets on the board, by column.
    List {
        /// The project: its name, slug or UUID.
        #[arg(id = "of", value_name = "PROJECT")]
        of: String,
        #[command(flatten)]
        reading: Reading,
    },
    /// Show everything that is known of a ticket, its tasks and its conversation.
    Show {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        #[command(flatten)]
        reading: Reading,
    },
    /// Change its title, description or priority; what is not given stays.
    Refine {
        #[command(flatten)]
        it: Target,
        /// What it is called from now on.
        #[arg(long)]
        title: Option<String>,
        /// What it is about from now on.
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// How much it matters from now on.
        #[arg(long, value_parser = values::priority())]
        priority: Option<Priority>,
    },
    /// Move it to a phase, e.g. `omoi ticket move TKT-001 testing`. Forwards when its gates are open, backwards always.
    Move {
        #[command(flatten)]
        it: Target,
        /// Where to.
        #[arg(value_parser = values::phase())]
        phase: Phase,
        /// Its place in the column: a key of 0-9 and a-z, cards stand in the order of their keys. [default: as it is]
        #[arg(long, value_name = "KEY")]
        position: Option<String>,
        /// Go through closed gates; the log says who did.
        #[arg(long)]
        force: bool,
    },
    /// Give it another place in its column, e.g. `omoi ticket reorder TKT-001 b`.
    Reorder {
        #[command(flatten)]
        it: Target,
        /// A key of 0-9 and a-z that does not end with 0; cards stand in the order of their keys.
        #[arg(value_name = "KEY")]
        position: String,
    },
    /// Say that it cannot go on, and why.
    Block {
        #[command(flatten)]
        it: Target,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Say that it can go on.
    Unblock(Target),
    /// Say something about it, e.g. `omoi ticket comment TKT-001 'The bank has answered'`.
    Comment {
        #[command(flatten)]
        it: Target,
        /// What.
        text: String,
    },
    /// Ask for the approval of a phase.
    RequestApproval {
        #[command(flatten)]
        it: Target,
        /// Which phase is to be approved. [default: the one it is in]
        #[arg(value_parser = values::phase())]
        phase: Option<Phase>,
    },
    /// Approve a phase that waits for it.
    Approve {
        #[command(flatten)]
        it: Target,
        /// Which phase.
        #[arg(value_parser = values::phase())]
        phase: Phase,
    },
    /// Refuse the approval of a phase, and say why.
    Reject {
        #[command(flatten)]
        it: Target,
        /// Which phase.
        #[arg(value_parser = values::phase())]
        phase: Phase,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Give it up; this is final.
    Cancel {
        #[command(flatten)]
        it: Target,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Let it wait for another ticket: `omoi ticket depend TKT-002 TKT-001`.
    Depend {
        #[command(flatten)]
        it: Target,
        /// The ticket that comes first.
        on: String,
    },
    /// Let it wait for another ticket no longer.
    Undepend {
        #[command(flatten)]
        it: Target,
        /// The ticket it waited for.
        on: String,
    },
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    Session::run(&args.connection, async |session| {
        let project = args.project.as_deref();
        let tickets = Things { session, kind: Kind::Ticket, project, changed: lines::changed };
        args.verb.carry_out(&tickets).await
    })
    .await
}

impl Verb {
    async fn carry_out(&self, tickets: &Things<'_, Changed>) -> Result<(), Failure> {
        let session = tickets.session;
        let tell = async |it: &Target, verb: &str, body: Value| {
            tickets.tell(&it.ticket, verb, body, &it.writing).await
        };
        match self {
            Self::Create { of, title, description, priority, phase, writing } => {
                let project = session.project(of).await?;
                let body = json!({ "title": title, "description": description, "priority": priority, "phase": phase });
                tickets.change(Method::POST, &format!("/projects/{project}/tickets"), body, writing).await
            }
            Self::List { of, reading } => {
                let project = session.project(of).await?;
                let path = format!("/projects/{project}/board");
                let board = session.client.read(&path, reading.min_position).await?;
                session.out.show(&board, lines::list)
            }
            Self::Show { ticket, reading } => tickets.show(ticket, reading, lines::details).await,
            Self::Refine { it, title, description, priority } => {
                let body = json!({ "title": title, "description": description, "priority": priority });
                tell(it, "refine", body).await
            }
            Self::Move { it, phase, position, force } => {
                tell(it, "move", json!({ "phase": phase, "position": position, "force": force })).await
            }
            Self::Reorder { it, position } => tell(it, "reorder", json!({ "position": position })).await,
            Self::Block { it, reason } => tell(it, "block", json!({ "reason": reason })).await,
            Self::Unblock(it) => tell(it, "unblock", json!({})).await,
            Self::Comment { it, text } => tell(it, "comments", json!({ "text": text })).await,
            Self::RequestApproval { it, phase } => tell(it, "approvals", json!({ "phase": phase })).await,
            Self::Approve { it, phase } => tell(it, "approvals/grant", json!({ "phase": phase })).await,
            Self::Reject { it, phase, reason } => {
                tell(it, "approvals/reject", json!({ "phase": phase, "reason": reason })).await
            }
            Self::Cancel { it, reason } => tell(it, "cancel", json!({ "reason": reason })).await,
            Self::Depend { it, on } => tickets.depend(&it.ticket, on, &it.writing).await,
            Self::Undepend { it, on } => tickets.undepend(&it.ticket, on, &it.writing).await,
        }
    }
}
