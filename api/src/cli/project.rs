//! `omoi project`: the projects of the organization.

mod lines;
mod setup;

use std::collections::BTreeMap;
use std::process::ExitCode;

use clap::Subcommand;
use kernel::Uuid;
use serde_json::{Value, json};
use vocabulary::{Column, Criterion, Phase};

use self::setup::Gate;
use super::client::{Connection, Failure, Method, Reading, Session, Writing};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: omoi project create Billing --description 'Invoices and payments'")]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, clap::Args)]
struct Target {
    /// Its name, slug or UUID.
    project: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = true)]
struct Changes {
    /// How many runs may go on at a time, 1 to 1000.
    #[arg(long, value_name = "RUNS")]
    max_concurrent_runs: Option<u16>,
    /// The agent profile of a task that names none.
    #[arg(long, value_name = "NAME", conflicts_with = "no_agent")]
    agent: Option<String>,
    /// A task that names no agent profile waits until it is given one.
    #[arg(long)]
    no_agent: bool,
    /// What must exit with 0 before a task without commands of its own is completed; give it once for each.
    #[arg(long, value_name = "COMMAND", conflicts_with = "no_verify")]
    verify: Vec<String>,
    /// Nothing has to be run for a task without commands of its own.
    #[arg(long)]
    no_verify: bool,
    /// A host that agents may reach over HTTPS, e.g. `registry.npmjs.org` or `*.npmjs.org`; give it once for each. They reach no other.
    #[arg(long = "allow-host", value_name = "HOST", conflicts_with = "no_hosts")]
    hosts: Vec<String>,
    /// Agents reach nobody.
    #[arg(long)]
    no_hosts: bool,
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
        #[command(flatten)]
        it: Target,
        /// The name from now on.
        name: String,
    },
    /// Say what it is about; without a text, nothing any more.
    Describe {
        #[command(flatten)]
        it: Target,
        /// The description from now on.
        text: Option<String>,
    },
    /// Change how work is done in it; what is not given stays. E.g. `omoi project settings billing --verify 'make test'`.
    #[command(visible_alias = "set")]
    Settings {
        #[command(flatten)]
        it: Target,
        #[command(flatten)]
        changes: Changes,
    },
    /// Give its board other columns, from left to right, e.g. `omoi project columns billing
    /// 'To do=backlog,requirements,design' 'Doing=implementation,testing:5' 'Done=deployment,done'`.
    Columns {
        #[command(flatten)]
        it: Target,
        /// A title, its phases, and how many tickets people may move into it if that is limited. Together the columns
        /// hold every phase once, in order; once there are tickets, the phases stay together as they are.
        #[arg(value_name = "TITLE=PHASES[:LIMIT]", required = true, value_parser = setup::column)]
        columns: Vec<Column>,
    },
    /// Say what must hold before a ticket leaves a phase, e.g. `omoi project gates billing
    /// implementation=tasks_done,evidence:verified testing=approval`. A phase that is not named asks that its tasks are
    /// done.
    Gates {
        #[command(flatten)]
        it: Target,
        /// A phase, and what it asks for: tasks_done, approval, evidence:any, evidence:verified, or nothing.
        #[arg(value_name = "PHASE=CRITERIA", value_parser = setup::gate)]
        gates: Vec<Gate>,
    },
    /// Let agents start work by themselves, or not, e.g. `omoi project autonomy billing on`.
    Autonomy {
        #[command(flatten)]
        it: Target,
        /// From now on.
        #[arg(value_parser = ["on", "off"])]
        state: String,
    },
    /// Put it away: nothing in it changes until it is restored.
    Archive(Target),
    /// Take an archived project up again.
    Restore(Target),
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    Session::run(&args.connection, async |session| args.verb.carry_out(session).await).await
}

impl Verb {
    async fn carry_out(&self, session: &Session) -> Result<(), Failure> {
        let tell =
            async |it: &Target, verb: &str, body: Value| it.change(session, Method::POST, verb, body).await;
        match self {
            Self::Create { name, slug, description, writing } => {
                let body = json!({ "name": name, "slug": slug, "description": description });
                let answer = session.write(Method::POST, "/projects", body, writing).await?;
                session.out.show(&answer, lines::created)
            }
            Self::List { limit, after, reading } => {
                let after = after.map_or(String::new(), |after| format!("&after={after}"));
                let path = format!("/projects?limit={limit}{after}");
                let answer = session.client.read(&path, reading.min_position).await?;
                session.out.show(&answer, lines::list)
            }
            Self::Show { project, reading } => {
                let id = session.project(project).await?;
                let answer = session.client.read(&format!("/projects/{id}"), reading.min_position).await?;
                session.out.show(&answer, lines::details)
            }
            Self::Rename { it, name } => tell(it, "rename", json!({ "name": name })).await,
            Self::Describe { it, text } => tell(it, "describe", json!({ "description": text })).await,
            Self::Settings { it, changes } => tell(it, "settings", changes.body()).await,
            Self::Columns { it, columns } => {
                it.change(session, Method::PUT, "columns", json!({ "columns": columns })).await
            }
            Self::Gates { it, gates } => {
                it.change(session, Method::PUT, "gates", json!({ "gates": by_phase(gates) })).await
            }
            Self::Autonomy { it, state } => tell(it, "autonomy", json!({ "on": state == "on" })).await,
            Self::Archive(it) => tell(it, "archive", json!({})).await,
            Self::Restore(it) => tell(it, "restore", json!({})).await,
        }
    }
}

impl Target {
    async fn change(
        &self,
        session: &Session,
        method: Method,
        what: &str,
        body: Value,
    ) -> Result<(), Failure> {
        let id = session.project(&self.project).await?;
        let answer = session.write(method, &format!("/projects/{id}/{what}"), body, &self.writing).await?;
        session.out.show(&answer, lines::done)
    }
}

impl Changes {
    /// What is `null` stays as it is.
    fn body(&self) -> Value {
        let agent = match &self.agent {
            Some(name) => json!({ "kind": "profile", "name": name }),
            None if self.no_agent => json!({ "kind": "none" }),
            None => Value::Null,
        };
        let verify = (self.no_verify || !self.verify.is_empty()).then_some(&self.verify);
        let hosts = (self.no_hosts || !self.hosts.is_empty()).then_some(&self.hosts);
        json!({ "max_concurrent_runs": self.max_concurrent_runs, "agent": agent, "verify": verify, "hosts": hosts })
    }
}

/// What was said of one phase in several words adds up.
fn by_phase(gates: &[Gate]) -> BTreeMap<Phase, Vec<Criterion>> {
    let mut all: BTreeMap<Phase, Vec<Criterion>> = BTreeMap::new();
    for (phase, criteria) in gates {
        all.entry(*phase).or_default().extend(criteria);
    }
    all
}
