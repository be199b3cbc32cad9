//! `omoi spec`: ideas and plans go in, people are asked, work comes out.

mod dollars;
mod evaluate;
pub(super) mod files;
pub(super) mod lines;
mod news;
mod report;
mod revised;
mod shown;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use kernel::Uuid;
use plan::{Layout, Phase};
use serde_json::{Value, json};

use self::dollars::dollars;
use self::lines::Standing;
use self::report::Report;
use self::revised::Revised;
use self::shown::Spec;
use super::client::{Connection, Failure, Method, Reading, Session, Writing};
use super::near;

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A SPEC is the UUID that `omoi spec submit` prints.\nExamples:\n  omoi spec submit --project todo --import docs/examples/kiro-todo\n  \
omoi spec submit --project todo --idea idea.md --gates review\n  omoi spec watch SPEC"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, clap::Args)]
struct Target {
    /// The spec: its UUID.
    spec: Uuid,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Gates {
    /// People are asked.
    Review,
    /// Gates open by themselves.
    Auto,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Hand in an idea, or a plan that is there already.
    #[command(group = clap::ArgGroup::new("what").required(true).args(["idea", "import"]))]
    Submit {
        /// The project: its name, slug or UUID.
        #[arg(long)]
        project: String,
        /// A file with the idea in your words; `-` reads it from standard input.
        #[arg(long, value_name = "FILE")]
        idea: Option<PathBuf>,
        /// A folder of Kiro or spec-kit, or one file of our own Markdown.
        #[arg(long, value_name = "DIR")]
        import: Option<PathBuf>,
        /// How the plan is written down. [default: found out]
        #[arg(long, requires = "import", value_name = "LAYOUT")]
        layout: Option<Layout>,
        /// What people call it. [default: what the idea or the plan says]
        #[arg(long)]
        title: Option<String>,
        /// Whether people are asked after the requirements and after the design. [default: review for an idea, auto for
        /// a plan]
        #[arg(long)]
        gates: Option<Gates>,
        /// What the model calls of an idea may cost together, in dollars. [default: no limit]
        #[arg(long, value_name = "USD", requires = "idea", value_parser = dollars)]
        budget: Option<i64>,
        #[command(flatten)]
        writing: Writing,
    },
    /// List the specs of a project.
    List {
        /// The project: its name, slug or UUID.
        project: String,
        #[command(flatten)]
        reading: Reading,
    },
    /// Show a spec: phases with their verdicts, requirements, design, tasks, coverage, critical path.
    Show {
        /// The spec: its UUID.
        spec: Uuid,
        #[command(flatten)]
        reading: Reading,
    },
    /// Follow a spec part by part, until people are asked or planning ends.
    Watch {
        /// The spec: its UUID.
        spec: Uuid,
    },
    /// Approve what waits at a gate: exactly what was shown, named by its hash.
    Approve {
        #[command(flatten)]
        it: Target,
        /// The hash that `omoi spec show` prints, or its first 8 digits or more.
        hash: String,
    },
    /// Reject what waits at a gate; the phase is written again and heeds the reason.
    Reject {
        #[command(flatten)]
        it: Target,
        /// The hash that `omoi spec show` prints, or its first 8 digits or more.
        hash: String,
        /// What should be otherwise.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Put another content in the place of what waits at a gate; it is judged, and waits for approval.
    Edit {
        #[command(flatten)]
        it: Target,
        /// The hash that `omoi spec show` prints, or its first 8 digits or more.
        hash: String,
        /// A file with the whole output of the phase as JSON.
        file: PathBuf,
    },
    /// Put another plan in the place of an accepted one; its tickets and tasks follow.
    ///
    /// What somebody has begun stays as it is and shows as drift. A plan that says nothing of the design leaves it as it is.
    Revise {
        #[command(flatten)]
        it: Target,
        /// A folder of Kiro or spec-kit, or one file of our own Markdown: the whole plan.
        #[arg(long, value_name = "DIR")]
        import: PathBuf,
        /// How the plan is written down. [default: found out]
        #[arg(long, value_name = "LAYOUT")]
        layout: Option<Layout>,
        /// Show what would change, and change nothing.
        #[arg(long)]
        dry_run: bool,
    },
    /// Answer a question, e.g. `omoi spec answer SPEC 1 'Only the owner'`.
    Answer {
        #[command(flatten)]
        it: Target,
        /// The number of the question.
        question: u32,
        /// The answer.
        text: String,
    },
    /// Write the plan of a spec as files into a folder.
    Export {
        /// The spec: its UUID.
        spec: Uuid,
        /// The folder; it is made, and files that are there are not overwritten.
        dir: PathBuf,
        /// How it is written down.
        #[arg(long, default_value = "document")]
        layout: Layout,
        /// Overwrite files that are there.
        #[arg(long)]
        force: bool,
    },
    /// Report what a spec has come to: what was built, by whom, at what cost, and on which evidence each requirement rests.
    Report(Report),
    /// Accept that requirements rest on nothing: they no longer hold the completion of the spec.
    Accept {
        #[command(flatten)]
        it: Target,
        /// The requirements, by their ids as `omoi spec report` prints them.
        #[arg(long = "requirement", value_name = "REQ", required = true, num_args = 1..)]
        requirements: Vec<String>,
        /// Why they need no evidence.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Let planning go on after a halt or a failure.
    Resume {
        #[command(flatten)]
        it: Target,
        /// What all its model calls may cost together from now on, in dollars. [default: as it is]
        #[arg(long, value_name = "USD", value_parser = dollars)]
        budget: Option<i64>,
    },
    /// Give it up; work that it became stays.
    Cancel {
        #[command(flatten)]
        it: Target,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Judge the output of a phase, without a server: score, criteria, vetoes, issues.
    Evaluate {
        /// Which phase wrote it.
        #[arg(long)]
        phase: Phase,
        /// The output as JSON.
        file: PathBuf,
        /// The requirements that a design or tasks are for, as JSON; references are checked against them.
        #[arg(long, value_name = "FILE")]
        requirements: Option<PathBuf>,
        /// The design that tasks are for, as JSON.
        #[arg(long, value_name = "FILE")]
        design: Option<PathBuf>,
        /// The weighted score alone: nothing vetoes.
        #[arg(long)]
        soft_only: bool,
    },
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    if let Verb::Evaluate { phase, file, requirements, design, soft_only } = &args.verb {
        let context = [requirements.as_deref(), design.as_deref()];
        return evaluate::run(*phase, file, context, *soft_only, args.connection.json);
    }
    Session::run(&args.connection, async |session| args.verb.carry_out(session).await).await
}

impl Verb {
    async fn carry_out(&self, session: &Session) -> Result<(), Failure> {
        match self {
            Self::Submit { project, idea, import, layout, title, gates, budget, writing } => {
                let project = session.project(project).await?;
                let gates = gates.map(Gates::as_str);
                if let Some(dir) = import {
                    let body = json!({
                        "title": title, "layout": layout, "gates": gates, "files": files::plan(&session.out, dir)?,
                    });
                    let path = format!("/projects/{project}/specs/import");
                    let sent = session.write(Method::POST, &path, body, writing).await;
                    let made = files::listed(session, sent)?;
                    return near::show_and_warn(session, "specs", &made, Standing::lines).await;
                }
                let idea = files::idea(idea.as_deref())?;
                let body = json!({ "title": title, "idea": idea, "gates": gates, "budget": budget });
                let path = format!("/projects/{project}/specs");
                let made = session.write(Method::POST, &path, body, writing).await?;
                near::show_and_warn(session, "specs", &made, Standing::lines).await
            }
            Self::List { project, reading } => {
                let project = session.project(project).await?;
                let path = format!("/projects/{project}/specs");
                let answer = session.client.read(&path, reading.min_position).await?;
                session.out.show(&answer, lines::list)
            }
            Self::Show { spec, reading } => {
                let answer = session.client.read(&format!("/specs/{spec}"), reading.min_position).await?;
                session.out.show(&answer, Spec::lines)
            }
            Self::Watch { spec } => watch::until_it_rests(session, *spec).await,
            Self::Approve { it, hash } => it.at_gate(session, "approve", hash, json!({})).await,
            Self::Reject { it, hash, reason } => {
                it.at_gate(session, "reject", hash, json!({ "reason": reason })).await
            }
            Self::Edit { it, hash, file } => {
                it.at_gate(session, "edit", hash, json!({ "content": files::json(file)? })).await
            }
            Self::Revise { it, import, layout, dry_run } => {
                let files = files::plan(&session.out, import)?;
                let spec = session.client.read(&format!("/specs/{}", it.spec), None).await?;
                let body =
                    json!({ "content_hash": Spec::plan_hash(&spec)?, "layout": layout, "files": files });
                let query = if *dry_run { "?dry_run=true" } else { "" };
                let path = format!("/specs/{}/revise{query}", it.spec);
                let sent = session.write(Method::POST, &path, body, &it.writing).await;
                session.out.show(&files::listed(session, sent)?, Revised::lines)
            }
            Self::Answer { it, question, text } => {
                it.tell(session, "answers", json!({ "question": question, "text": text })).await
            }
            Self::Export { spec, dir, layout, force } => {
                let path = format!("/specs/{spec}/export?layout={}", layout.as_str());
                files::write(session, &session.client.read(&path, None).await?, dir, *force)
            }
            Self::Report(report) => report.show(session).await,
            Self::Accept { it, requirements, reason } => {
                let body = json!({ "requirements": requirements, "reason": reason });
                it.tell(session, "accept-unproven", body).await
            }
            Self::Resume { it, budget } => it.tell(session, "resume", json!({ "budget": budget })).await,
            Self::Cancel { it, reason } => it.tell(session, "cancel", json!({ "reason": reason })).await,
            Self::Evaluate { .. } => Ok(()),
        }
    }
}

impl Gates {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Review => "review",
            Self::Auto => "auto",
        }
    }
}

impl Target {
    async fn tell(&self, session: &Session, verb: &str, body: Value) -> Result<(), Failure> {
        change(session, &format!("/specs/{}/{verb}", self.spec), body, &self.writing).await
    }

    /// Tells it `verb` about what is shown at its gate now, when that is what `hash` names.
    async fn at_gate(
        &self,
        session: &Session,
        verb: &str,
        hash: &str,
        mut body: Value,
    ) -> Result<(), Failure> {
        let spec: Spec = session.client.read(&format!("/specs/{}", self.spec), None).await?.parse()?;
        let (gate, whole) = spec.gate(hash)?;
        (body["gate"], body["content_hash"]) = (json!(gate), json!(whole));
        self.tell(session, verb, body).await
    }
}

async fn change(session: &Session, path: &str, body: Value, writing: &Writing) -> Result<(), Failure> {
    let answer = session.write(Method::POST, path, body, writing).await?;
    session.out.show(&answer, Standing::lines)
}
