//! `omoi task`: the tasks of a ticket, and what people do with them.

pub(super) mod lines;

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::{Value, json};
use vocabulary::{Hours, Phase, Priority};

use self::lines::Changed;
use super::client::{Connection, Failure, Kind, Method, Reading, Session, Writing, values};
use super::things::Things;

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
    /// What it needs for itself alone and git does not keep apart, e.g. staging-database; of the project one run at a time has
    /// it. Give it once for each.
    #[arg(long = "lock", value_name = "NAME")]
    locks: Vec<String>,
    /// What the work may do: read only, change files, or check what others changed. [default: implementation]
    #[arg(long, value_parser = ["exploration", "implementation", "validation"])]
    mode: Option<String>,
    /// The agent profile that is to do it.
    #[arg(long, value_name = "NAME")]
    agent: Option<String>,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, clap::Args)]
struct Target {
    /// Its number, e.g. TSK-001, or its UUID.
    task: String,
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
    Start(Target),
    /// Say that the attempt failed, e.g. `omoi task fail TSK-001 --reason 'no network' --class transient`.
    Fail {
        #[command(flatten)]
        it: Target,
        /// What happened.
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// Transient: it is tried again, up to 3 times. Permanent: it has failed.
        #[arg(long, value_parser = ["transient", "permanent"])]
        class: String,
    },
    /// Attest what was run, e.g. `omoi task submit-evidence TSK-001 --command 'cargo test=0'`. When every exit is 0 the
    /// task is completed.
    SubmitEvidence {
        #[command(flatten)]
        it: Target,
        /// A command and how it ended; give it once for each.
        #[arg(long = "command", value_name = "COMMAND=EXIT", required = true, value_parser = values::command_exit)]
        commands: Vec<values::CommandExit>,
        /// The commit that holds the work: its hash.
        #[arg(long, value_name = "HASH")]
        commit: Option<String>,
    },
    /// Try a failed task again, at once.
    Retry(Target),
    /// Say that it cannot be worked on, and why.
    Block {
        #[command(flatten)]
        it: Target,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Take your block away; what other tasks block stays blocked.
    Unblock(Target),
    /// Say how much it matters, e.g. `omoi task prioritise TSK-001 critical`.
    Prioritise {
        #[command(flatten)]
        it: Target,
        /// From now on.
        #[arg(value_parser = values::priority())]
        priority: Priority,
    },
    /// Give it up; this is final.
    Cancel {
        #[command(flatten)]
        it: Target,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Let it wait for another task: `omoi task depend TSK-002 TSK-001`.
    Depend {
        #[command(flatten)]
        it: Target,
        /// The task that comes first.
        on: String,
    },
    /// Let it wait for another task no longer.
    Undepend {
        #[command(flatten)]
        it: Target,
        /// The task it waited for.
        on: String,
    },
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    Session::run(&args.connection, async |session| {
        let project = args.project.as_deref();
        let tasks = Things { session, kind: Kind::Task, project, changed: lines::changed };
        args.verb.carry_out(&tasks).await
    })
    .await
}

impl Verb {
    async fn carry_out(&self, tasks: &Things<'_, Changed>) -> Result<(), Failure> {
        let tell =
            async |it: &Target, verb: &str, body: Value| tasks.tell(&it.task, verb, body, &it.writing).await;
        match self {
            Self::Create(plan) => plan.create(tasks).await,
            Self::Show { task, reading } => tasks.show(task, reading, lines::details).await,
            Self::Start(it) => tell(it, "start", json!({})).await,
            Self::Fail { it, reason, class } => {
                tell(it, "fail", json!({ "reason": reason, "class": class })).await
            }
            Self::SubmitEvidence { it, commands, commit } => {
                tell(it, "submit-evidence", json!({ "commands": commands, "commit": commit })).await
            }
            Self::Retry(it) => tell(it, "retry", json!({})).await,
            Self::Block { it, reason } => tell(it, "block", json!({ "reason": reason })).await,
            Self::Unblock(it) => tell(it, "unblock", json!({})).await,
            Self::Prioritise { it, priority } => {
                tell(it, "prioritise", json!({ "priority": priority })).await
            }
            Self::Cancel { it, reason } => tell(it, "cancel", json!({ "reason": reason })).await,
            Self::Depend { it, on } => tasks.depend(&it.task, on, &it.writing).await,
            Self::Undepend { it, on } => tasks.undepend(&it.task, on, &it.writing).await,
        }
    }
}

impl Plan {
    async fn create(&self, tasks: &Things<'_, Changed>) -> Result<(), Failure> {
        let ticket = tasks.session.numbered(Kind::Ticket, &self.ticket, tasks.project).await?;
        let mut depends_on = Vec::new();
        for task in &self.depends_on {
            depends_on.push(tasks.id(task).await?);
        }
        let body = json!({
            "title": self.title,
            "description": self.description,
            "phase": self.phase,
            "priority": self.priority,
            "estimate_hours": self.hours,
            "depends_on": depends_on,
            "files": self.files,
            "run": self.run,
            "validate": self.validate,
            "locks": self.locks,
            "mode": self.mode,
            "agent": self.agent,
        });
        tasks.change(Method::POST, &format!("/tickets/{ticket}/tasks"), body, &self.writing).await
    }
}
