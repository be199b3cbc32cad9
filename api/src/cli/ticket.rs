//! `omoi ticket`: the tickets of a project, and what people do with them.

mod lines;

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};
use vocabulary::{Phase, Priority};

use super::client::{Connection, Failure, Method, Reading, Session, Writing, values};

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
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        /// What it is called from now on.
        #[arg(long)]
        title: Option<String>,
        /// What it is about from now on.
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        /// How much it matters from now on.
        #[arg(long, value_parser = values::priority())]
        priority: Option<Priority>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Move it to a phase, e.g. `omoi ticket move TKT-001 testing`. Forwards when its gates are open, backwards always.
    Move {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        /// Where to.
        #[arg(value_parser = values::phase())]
        phase: Phase,
        /// Its place in the column: a key of 0-9 and a-z, cards stand in the order of their keys. [default: the end]
        #[arg(long, value_name = "KEY")]
        position: Option<String>,
        /// Go through closed gates; the log says who did.
        #[arg(long)]
        force: bool,
        #[command(flatten)]
        writing: Writing,
    },
    /// Give it another place in its column, e.g. `omoi ticket reorder TKT-001 b`.
    Reorder {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        /// A key of 0-9 and a-z that does not end with 0; cards stand in the order of their keys.
        #[arg(value_name = "KEY")]
        position: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Say that it cannot go on, and why.
    Block {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Say that it can go on.
    Unblock {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Say something about it, e.g. `omoi ticket comment TKT-001 'The bank has answered'`.
    Comment {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        /// What.
        text: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Ask for the approval of a phase.
    RequestApproval {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        /// Which phase is to be approved. [default: the one it is in]
        #[arg(value_parser = values::phase())]
        phase: Option<Phase>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Approve a phase that waits for it.
    Approve {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        /// Which phase.
        #[arg(value_parser = values::phase())]
        phase: Phase,
        #[command(flatten)]
        writing: Writing,
    },
    /// Refuse the approval of a phase, and say why.
    Reject {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        /// Which phase.
        #[arg(value_parser = values::phase())]
        phase: Phase,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Give it up; this is final.
    Cancel {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Let it wait for another ticket: `omoi ticket depend TKT-002 TKT-001`.
    Depend {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        /// The ticket that comes first.
        on: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Let it wait for another ticket no longer.
    Undepend {
        /// Its number, e.g. TKT-001, or its UUID.
        ticket: String,
        /// The ticket it waited for.
        on: String,
        #[command(flatten)]
        writing: Writing,
    },
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    Session::run(&args.connection, async |session| {
        Tickets { session, project: args.project.as_deref() }.carry_out(&args.verb).await
    })
    .await
}

/// The tickets that numbers are about.
struct Tickets<'a> {
    session: &'a Session,
    project: Option<&'a str>,
}

impl Tickets<'_> {
    async fn carry_out(&self, verb: &Verb) -> Result<(), Failure> {
        match verb {
            Verb::Create { of, title, description, priority, phase, writing } => {
                let project = self.session.project(of).await?;
                let body = json!({ "title": title, "description": description, "priority": priority, "phase": phase });
                self.changed(Method::POST, &format!("/projects/{project}/tickets"), body, writing).await
            }
            Verb::List { of, reading } => {
                let project = self.session.project(of).await?;
                let path = format!("/projects/{project}/board");
                let board = self.session.client.read(&path, reading.min_position).await?;
                self.session.out.show(&board, lines::list)
            }
            Verb::Show { ticket, reading } => {
                let id = self.session.ticket(ticket, self.project).await?;
                let ticket =
                    self.session.client.read(&format!("/tickets/{id}"), reading.min_position).await?;
                self.session.out.show(&ticket, lines::details)
            }
            Verb::Refine { ticket, title, description, priority, writing } => {
                let body = json!({ "title": title, "description": description, "priority": priority });
                self.tell(ticket, "refine", body, writing).await
            }
            Verb::Move { ticket, phase, position, force, writing } => {
                let body = json!({ "phase": phase, "position": position, "force": force });
                self.tell(ticket, "move", body, writing).await
            }
            Verb::Reorder { ticket, position, writing } => {
                self.tell(ticket, "reorder", json!({ "position": position }), writing).await
            }
            Verb::Block { ticket, reason, writing } => {
                self.tell(ticket, "block", json!({ "reason": reason }), writing).await
            }
            Verb::Unblock { ticket, writing } => self.tell(ticket, "unblock", json!({}), writing).await,
            Verb::Comment { ticket, text, writing } => {
                self.tell(ticket, "comments", json!({ "text": text }), writing).await
            }
            Verb::RequestApproval { ticket, phase, writing } => {
                self.tell(ticket, "approvals", json!({ "phase": phase }), writing).await
            }
            Verb::Approve { ticket, phase, writing } => {
                self.tell(ticket, "approvals/grant", json!({ "phase": phase }), writing).await
            }
            Verb::Reject { ticket, phase, reason, writing } => {
                let body = json!({ "phase": phase, "reason": reason });
                self.tell(ticket, "approvals/reject", body, writing).await
            }
            Verb::Cancel { ticket, reason, writing } => {
                self.tell(ticket, "cancel", json!({ "reason": reason }), writing).await
            }
            Verb::Depend { ticket, on, writing } => {
                let on = self.session.ticket(on, self.project).await?;
                self.tell(ticket, "dependencies", json!({ "on": on }), writing).await
            }
            Verb::Undepend { ticket, on, writing } => {
                let id = self.session.ticket(ticket, self.project).await?;
                let on = self.session.ticket(on, self.project).await?;
                let path = format!("/tickets/{id}/dependencies/{on}");
                self.changed(Method::DELETE, &path, json!({}), writing).await
            }
        }
    }

    async fn tell(&self, ticket: &str, verb: &str, body: Value, writing: &Writing) -> Result<(), Failure> {
        let id = self.session.ticket(ticket, self.project).await?;
        self.changed(Method::POST, &format!("/tickets/{id}/{verb}"), body, writing).await
    }

    async fn changed(
        &self,
        method: Method,
        path: &str,
        body: Value,
        writing: &Writing,
    ) -> Result<(), Failure> {
        let answer = self.session.write(method, path, body, writing).await?;
        self.session.out.show(&answer, lines::changed)
    }
}
