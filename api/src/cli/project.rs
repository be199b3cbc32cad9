//! `omoi project`: the projects of the organization.

use std::process::ExitCode;

use clap::Subcommand;
use kernel::{Timestamp, Uuid};
use serde::Deserialize;
use serde_json::{Value, json};

use super::client::{
    Connection, Failure, Line, Method, Reading, Session, Writing, faint, paragraphs, plain, rows, strong,
    time,
};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: omoi project create Billing --description 'Invoices and payments'")]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Create a project, e.g. `omoi project create Billing`.
    Create {
        /// Its name, 1 to 200 characters.
        name: String,
        /// Its short name in addresses and commands: lower case, digits and `-`. [default: follows from the name]
        #[arg(long)]
        slug: Option<String>,
        /// What it is about.
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// List the projects, archived ones included.
    List {
        /// Projects of a page, 1 to 200.
        #[arg(long, value_name = "PROJECTS", default_value_t = 200)]
        limit: u32,
        /// Begin after this project; the end of a page names it.
        #[arg(long, value_name = "UUID")]
        after: Option<Uuid>,
        #[command(flatten)]
        reading: Reading,
    },
    /// Show one project.
    Show {
        /// Its name, slug or UUID.
        project: String,
        #[command(flatten)]
        reading: Reading,
    },
    /// Give it another name; the slug stays. E.g. `omoi project rename billing 'Billing and taxes'`.
    Rename {
        /// Its name, slug or UUID.
        project: String,
        /// The name from now on.
        name: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Say what it is about; without a text, nothing any more.
    Describe {
        /// Its name, slug or UUID.
        project: String,
        /// The description from now on.
        text: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Let agents start work by themselves, or not, e.g. `omoi project autonomy billing on`.
    Autonomy {
        /// Its name, slug or UUID.
        project: String,
        /// From now on.
        #[arg(value_parser = ["on", "off"])]
        state: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Put it away: nothing in it changes until it is restored.
    Archive {
        /// Its name, slug or UUID.
        project: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Take an archived project up again.
    Restore {
        /// Its name, slug or UUID.
        project: String,
        #[command(flatten)]
        writing: Writing,
    },
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    Session::run(&args.connection, async |session| args.verb.carry_out(session).await).await
}

impl Verb {
    async fn carry_out(&self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Create { name, slug, description, writing } => {
                let body = json!({ "name": name, "slug": slug, "description": description });
                let answer = session.write(Method::POST, "/projects", body, writing).await?;
                session.out.show(&answer, created)
            }
            Self::List { limit, after, reading } => {
                let after = after.map_or(String::new(), |after| format!("&after={after}"));
                let path = format!("/projects?limit={limit}{after}");
                let answer = session.client.read(&path, reading.min_position).await?;
                session.out.show(&answer, list)
            }
            Self::Show { project, reading } => show(session, project, reading.min_position).await,
            Self::Rename { project, name, writing } => {
                change(session, project, "rename", json!({ "name": name }), writing).await
            }
            Self::Describe { project, text, writing } => {
                change(session, project, "describe", json!({ "description": text }), writing).await
            }
            Self::Autonomy { project, state, writing } => {
                change(session, project, "autonomy", json!({ "on": state == "on" }), writing).await
            }
            Self::Archive { project, writing } => {
                change(session, project, "archive", json!({}), writing).await
            }
            Self::Restore { project, writing } => {
                change(session, project, "restore", json!({}), writing).await
            }
        }
    }
}

async fn change(
    session: &Session,
    project: &str,
    verb: &str,
    body: Value,
    writing: &Writing,
) -> Result<(), Failure> {
    let id = session.project(project).await?;
    let answer = session.write(Method::POST, &format!("/projects/{id}/{verb}"), body, writing).await?;
    session.out.show(&answer, done)
}

async fn show(session: &Session, project: &str, least: Option<i64>) -> Result<(), Failure> {
    let id = session.project(project).await?;
    let answer = session.client.read(&format!("/projects/{id}"), least).await?;
    session.out.show(&answer, details)
}

#[derive(Debug, Deserialize)]
struct Projects {
    projects: Vec<Project>,
    next: Option<Uuid>,
}

#[derive(Debug, Deserialize)]
struct Project {
    id: Uuid,
    name: String,
    slug: String,
    description: Option<String>,
    status: String,
    autonomy: bool,
    created_at: Timestamp,
    updated_at: Timestamp,
    version: i64,
}

#[derive(Debug, Deserialize)]
struct Created {
    id: Uuid,
    name: String,
    slug: String,
    position: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Done {
    position: Option<i64>,
}

fn created(made: Created) -> Vec<Line> {
    let place = made.position.map_or(String::new(), |position| format!(", position {position}"));
    vec![vec![strong(made.name), plain("  "), faint(format!("({}, {}{place})", made.slug, made.id))]]
}

fn done(Done { position }: Done) -> Vec<Line> {
    vec![match position {
        Some(position) => vec![plain("done  "), faint(format!("(position {position})"))],
        None => vec![plain("it was so already")],
    }]
}

fn list(mut all: Projects) -> Vec<Line> {
    if all.projects.is_empty() {
        return vec![vec![plain("There is no project yet; `omoi project create NAME` makes one.")]];
    }
    // The page is in the order of ids, which means nothing to people.
    all.projects.sort_by_key(|project| project.name.to_lowercase());
    let row = |project: Project| {
        vec![strong(project.name), plain(project.slug), plain(project.status), faint(project.id)]
    };
    let mut lines = rows(0, all.projects.into_iter().map(row).collect());
    lines.extend(all.next.map(|next| vec![faint(format!("more: --after {next}"))]));
    lines
}

fn details(project: Project) -> Vec<Line> {
    let autonomy = if project.autonomy { "on: agents start work" } else { "off: people start work" };
    let mut lines = vec![vec![strong(project.name)]];
    lines.extend(rows(
        2,
        vec![
            vec![faint("slug"), plain(project.slug)],
            vec![faint("status"), plain(project.status)],
            vec![faint("autonomy"), plain(autonomy)],
            vec![faint("created"), plain(time(project.created_at))],
            vec![faint("changed"), plain(time(project.updated_at))],
            vec![faint("version"), plain(project.version)],
            vec![faint("id"), plain(project.id)],
        ],
    ));
    lines.extend(paragraphs(project.description.as_deref()));
    lines
}
