//! `omoi merge`: the finished work of a spec on its way together, and from there to the branch that people work on.

pub(super) mod answer;
pub(super) mod by_hand;
mod found;
mod git;
mod lines;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Subcommand;
use kernel::Uuid;
use serde_json::{Value, json};

use self::answer::{Changed, Merge, Merges};
use self::by_hand::Way;
use super::client::{Answer, Connection, Failure, Method, Reading, Session, Writing};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "A MERGE is its UUID, the title of its spec, or its branch, e.g. omoi/spec-invoices. A TASK is a number such as \
TSK-003, or a UUID.\nExamples:\n  omoi merge list billing\n  omoi merge show Invoices\n  omoi merge approve omoi/spec-invoices\n  \
omoi merge resolve Invoices --task TSK-003 --commit HEAD"
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
    /// The project whose merges are meant: its name, slug or UUID. [default: all]
    #[arg(long, global = true, value_name = "PROJECT")]
    project: Option<String>,
    #[command(flatten)]
    connection: Connection,
}

#[derive(Debug, clap::Args)]
struct Target {
    /// The merge: its UUID, the title of its spec, or its branch.
    merge: String,
    #[command(flatten)]
    writing: Writing,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// List the merges of a project, newest first.
    List {
        /// The project: its name, slug or UUID.
        #[arg(id = "of", value_name = "PROJECT")]
        of: String,
        #[command(flatten)]
        reading: Reading,
    },
    /// Show a merge: what is in, what is not yet, what does not go together and how to go on by hand.
    Show {
        /// The merge: its UUID, the title of its spec, or its branch.
        merge: String,
        #[command(flatten)]
        reading: Reading,
    },
    /// Approve of a merge that is ready: the default branch follows to it, without a commit of its own.
    Approve {
        #[command(flatten)]
        it: Target,
        /// Approve only if this is still its end: the commit that `omoi merge show` prints, or its first 7 digits or more.
        #[arg(long, value_name = "COMMIT")]
        head: Option<String>,
    },
    /// Hand in what you brought together: a commit that holds both the end of the merge and the work of the task, or what the
    /// default branch has become. It is verified like everything else.
    Resolve {
        #[command(flatten)]
        it: Target,
        /// The task whose work it brings in: its number, e.g. TSK-003, or its UUID. [default: none, it brings in what the default
        /// branch has become]
        #[arg(long, value_name = "TASK")]
        task: Option<String>,
        /// The commit, as git knows it in the repository: a hash, a branch, or HEAD.
        #[arg(long, value_name = "REV")]
        commit: String,
        /// The repository in which REV is looked up. [default: that of the project when it is on this machine; HEAD is that of the
        /// directory you are in]
        #[arg(long, value_name = "PATH")]
        repo: Option<PathBuf>,
    },
    /// Try again what is parked, e.g. after a test was mended.
    Retry {
        #[command(flatten)]
        it: Target,
        /// Only this task: its number, e.g. TSK-003, or its UUID. [default: everything that is parked]
        #[arg(long, value_name = "TASK")]
        task: Option<String>,
    },
    /// Go on without the work of a task. Its commit and its branch stay.
    LeaveOut {
        #[command(flatten)]
        it: Target,
        /// The task: its number, e.g. TSK-003, or its UUID.
        #[arg(long, value_name = "TASK")]
        task: String,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: String,
    },
    /// Give a merge up. Branches and commits stay.
    Abandon {
        #[command(flatten)]
        it: Target,
        /// Why.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    let project = args.project.as_deref();
    let flags = args.connection.flags();
    Session::run(&args.connection, async |session| args.verb.carry_out(session, project, &flags).await).await
}

impl Verb {
    async fn carry_out(&self, session: &Session, project: Option<&str>, flags: &str) -> Result<(), Failure> {
        match self {
            Self::List { of, reading } => {
                let id = session.project(of).await?;
                let answer =
                    session.client.read(&format!("/projects/{id}/merges"), reading.min_position).await?;
                session.out.show(&answer, Merges::lines)
            }
            Self::Show { merge, reading } => {
                let id = found::merge(session, merge, project).await?;
                let answer = session.client.read(&format!("/merges/{id}"), reading.min_position).await?;
                let place = place(session, &answer).await;
                let way = Way { place: place.as_deref(), flags };
                session.out.show(&answer, |merge: Merge| merge.lines(&way))
            }
            Self::Approve { it, head } => {
                let (id, merge) = it.look(session, project).await?;
                let body = json!({ "head": merge.head_to_approve(head.as_deref())? });
                it.tell(session, id, "approve", body).await
            }
            Self::Resolve { it, task, commit, repo } => {
                let (id, merge) = it.look(session, project).await?;
                let task = task.as_deref().map(|task| merge.candidate(task)).transpose()?.map(|one| one.task);
                let linked = merge_place(session, merge.project).await;
                let commit = git::commit(commit, repo.as_deref(), linked.as_deref()).await?;
                it.tell(session, id, "resolve", json!({ "task": task, "commit": commit })).await
            }
            Self::Retry { it, task } => {
                let (id, merge) = it.look(session, project).await?;
                let task = task.as_deref().map(|task| merge.candidate(task)).transpose()?;
                it.tell(session, id, "retry", json!({ "task": task.map(|one| one.task) })).await
            }
            Self::LeaveOut { it, task, reason } => {
                let (id, merge) = it.look(session, project).await?;
                let task = merge.candidate(task)?.task;
                it.tell(session, id, "leave-out", json!({ "task": task, "reason": reason })).await
            }
            Self::Abandon { it, reason } => {
                let id = found::merge(session, &it.merge, project).await?;
                it.tell(session, id, "abandon", json!({ "reason": reason })).await
            }
        }
    }
}

impl Target {
    /// The merge that is meant, as it is now.
    async fn look(&self, session: &Session, project: Option<&str>) -> Result<(Uuid, Merge), Failure> {
        let id = found::merge(session, &self.merge, project).await?;
        Ok((id, session.client.read(&format!("/merges/{id}"), None).await?.parse()?))
    }

    async fn tell(&self, session: &Session, id: Uuid, verb: &str, body: Value) -> Result<(), Failure> {
        let path = format!("/merges/{id}/{verb}");
        let answer = session.write(Method::POST, &path, body, &self.writing).await?;
        session.out.show(&answer, Changed::lines)
    }
}

/// Where the repository of a merge is. The advice is less exact without it, and the merge is shown all the same.
async fn place(session: &Session, answer: &Answer) -> Option<String> {
    merge_place(session, answer.parse::<Merge>().ok()?.project).await
}

async fn merge_place(session: &Session, project: Option<Uuid>) -> Option<String> {
    let project = project?;
    let of_project = session.client.read(&format!("/projects/{project}/repository"), None).await.ok()?;
    Some(of_project.parse::<Linked>().ok()?.url)
}

#[derive(Debug, serde::Deserialize)]
struct Linked {
    url: String,
}
