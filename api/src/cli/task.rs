//! `omoi task`: the tasks of a ticket, and what people do with them.

mod lines;

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};
use vocabulary::{Hours, Phase, Priority};

use super::client::{Connection, Failure, Method, Reading, Session, Writing, values};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A TASK is a number such as TSK-001 (with --project when there are several projects) or a UUID. \
There is no `complete`: work is completed by evidence.\n\
Example: omoi task create TKT-001 'Write the form' --hours 2 && omoi task start TSK-001"
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
struct Plan {
    /// The ticket it belongs to: its number, e.g. TKT-001, or its UUID.
    ticket: String,
    /// What it is called, 1 to 200 characters.
    title: String,
    /// What it is about.
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// The phase it belongs to. [default: its ticket's]
    #[arg(long, value_parser = values::phase())]
    phase: Option<Phase>,
    /// How much it matters. [default: its ticket's]
    #[arg(long, value_parser = values::priority())]
    priority: Option<Priority>,
    /// Tasks of the same project that come first, parted by commas.
    #[arg(long, value_name = "TASKS", value_delimiter = ',')]
    depends_on: Vec<String>,
    /// How much work it is thought to be, in hours, e.g. 1.5.
    #[arg(long, value_name = "HOURS", value_parser = values::hours)]
    hours: Option<Hours>,
    /// Patterns of the files it is about, parted by commas, e.g. 'src/**/*.rs,README.md'.
    #[arg(long, value_name = "PATTERNS", value_delimiter = ',')]
    files: Vec<String>,
    /// The command that does the work, when one does.
    #[arg(long, value_name = "COMMAND")]
    run: Option<String>,
    /// A command that has to exit with 0 when the work is done; give it once for each.
    #[arg(long, value_name = "COMMAND")]
    validate: Vec<String>,
    /// What the work may do: read only, change files, or check what others changed. [default: implementation]
    #[arg(long, value_parser = ["exploration", "implementation", "validation"])]
    mode: Option<String>,
    /// The agent profile that is to do it.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Plan a task under a ticket, e.g. `omoi task create TKT-001 'Write the form' --hours 2`.
    Create(Box<Plan>),
    /// Show everything that is known of a task.
    Show {
        /// Its number, e.g. TSK-001, or its UUID.
        task: String,
        #[command(flatten)]
        reading: Reading,
    },
    /// Take it up yourself.
    Start {
        /// Its number, e.g. TSK-001, or its UUID.
        task: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Say that the attempt failed, e.g. `omoi task fail TSK-001 --reason 'no network' --class transient`.
    Fail {
        /// Its number, e.g. TSK-001, or its UUID.
        task: String,
        /// What happened.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Transient: it is tried again, up to 3 times. Permanent: it has failed.
        #[arg(long, value_parser = ["transient", "permanent"])]
        class: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Attest what was run, e.g. `omoi task submit-evidence TSK-001 --command 'cargo test=0'`. When every exit is 0 the
    /// task is completed.
    SubmitEvidence {
        /// Its number, e.g. TSK-001, or its UUID.
        task: String,
        /// A command and how it ended; give it once for each.
        #[arg(long = "command", value_name = "COMMAND=EXIT", required = true, value_parser = values::command_exit)]
        commands: Vec<values::CommandExit>,
        /// The commit that holds the work: its hash.
        #[arg(long, value_name = "HASH")]
        commit: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Try a failed task again, at once.
    Retry {
        /// Its number, e.g. TSK-001, or its UUID.
        task: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Say that it cannot be worked on, and why.
    Block {
        /// Its number, e.g. TSK-001, or its UUID.
        task: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Take your block away; what other tasks block stays blocked.
    Unblock {
        /// Its number, e.g. TSK-001, or its UUID.
        task: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Say how much it matters, e.g. `omoi task prioritise TSK-001 critical`.
    Prioritise {
        /// Its number, e.g. TSK-001, or its UUID.
        task: String,
        /// From now on.
        #[arg(value_parser = values::priority())]
        priority: Priority,
        #[command(flatten)]
        writing: Writing,
    },
    /// Give it up; this is final.
    Cancel {
        /// Its number, e.g. TSK-001, or its UUID.
        task: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
        #[command(flatten)]
        writing: Writing,
    },
    /// Let it wait for another task: `omoi task depend TSK-002 TSK-001`.
    Depend {
        /// Its number, e.g. TSK-001, or its UUID.
        task: String,
        /// The task that comes first.
        on: String,
        #[command(flatten)]
        writing: Writing,
    },
    /// Let it wait for another task no longer.
    Undepend {
        /// Its number, e.g. TSK-001, or its UUID.
        task: String,
        /// The task it waited for.
        on: String,
        #[command(flatten)]
        writing: Writing,
    },
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    Session::run(&args.connection, async |session| {
        Tasks { session, project: args.project.as_deref() }.carry_out(&args.verb).await
    })
    .await
}

/// The tasks that numbers are about.
struct Tasks<'a> {
    session: &'a Session,
    project: Option<&'a str>,
}

impl Tasks<'_> {
    async fn carry_out(&self, verb: &Verb) -> Result<(), Failure> {
        match verb {
            Verb::Create(plan) => self.create(plan).await,
            Verb::Show { task, reading } => {
                let id = self.session.task(task, self.project).await?;
                let task = self.session.client.read(&format!("/tasks/{id}"), reading.min_position).await?;
                self.session.out.show(&task, lines::details)
            }
            Verb::Start { task, writing } => self.tell(task, "start", json!({}), writing).await,
            Verb::Fail { task, reason, class, writing } => {
                self.tell(task, "fail", json!({ "reason": reason, "class": class }), writing).await
            }
            Verb::SubmitEvidence { task, commands, commit, writing } => {
                let body = json!({ "commands": commands, "commit": commit });
                self.tell(task, "submit-evidence", body, writing).await
            }
            Verb::Retry { task, writing } => self.tell(task, "retry", json!({}), writing).await,
            Verb::Block { task, reason, writing } => {
                self.tell(task, "block", json!({ "reason": reason }), writing).await
            }
            Verb::Unblock { task, writing } => self.tell(task, "unblock", json!({}), writing).await,
            Verb::Prioritise { task, priority, writing } => {
                self.tell(task, "prioritise", json!({ "priority": priority }), writing).await
            }
            Verb::Cancel { task, reason, writing } => {
                self.tell(task, "cancel", json!({ "reason": reason }), writing).await
            }
            Verb::Depend { task, on, writing } => {
                let on = self.session.task(on, self.project).await?;
                self.tell(task, "dependencies", json!({ "on": on }), writing).await
            }
            Verb::Undepend { task, on, writing } => {
                let id = self.session.task(task, self.project).await?;
                let on = self.session.task(on, self.project).await?;
                let path = format!("/tasks/{id}/dependencies/{on}");
                self.changed(Method::DELETE, &path, json!({}), writing).await
            }
        }
    }

    async fn create(&self, plan: &Plan) -> Result<(), Failure> {
        let ticket = self.session.ticket(&plan.ticket, self.project).await?;
        let mut depends_on = Vec::new();
        for task in &plan.depends_on {
            depends_on.push(self.session.task(task, self.project).await?);
        }
        let body = json!({
            "title": plan.title,
            "description": plan.description,
            "phase": plan.phase,
            "priority": plan.priority,
            "estimate_hours": plan.hours,
            "depends_on": depends_on,
            "files": plan.files,
            "run": plan.run,
            "validate": plan.validate,
            "mode": plan.mode,
            "agent": plan.agent,
        });
        self.changed(Method::POST, &format!("/tickets/{ticket}/tasks"), body, &plan.writing).await
    }

    async fn tell(&self, task: &str, verb: &str, body: Value, writing: &Writing) -> Result<(), Failure> {
        let id = self.session.task(task, self.project).await?;
        self.changed(Method::POST, &format!("/tasks/{id}/{verb}"), body, writing).await
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
