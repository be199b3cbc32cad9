//! `omoi build`: from a repository and a plan or an idea to verified work on one branch, in one command. Reading order: [`source`]
//! is what is to be built and [`server`] where, [`site`] makes the project ready, [`course`] follows it, [`end`] says how it came out.

mod agent;
mod begin;
mod course;
mod display;
mod end;
mod last_words;
mod look;
mod news;
mod report;
mod seen;
mod server;
mod site;
mod source;
mod state;
mod time_left;
mod verdict;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use kernel::Uuid;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use self::course::Course;
pub(super) use self::display::Display;
use self::end::Last;
pub(super) use self::end::{Ended, Outcome};
use self::seen::Seen;
pub(super) use self::server::{Own, Start};
use self::site::Site;
pub(super) use self::source::Source;
pub(super) use self::state::Kept;
use self::verdict::Rest;
use super::client::values::quoted;
use super::client::{Connection, Failure, Output, Session, plain};
use super::git::Git;
use super::{repo, signals};

#[derive(Debug, clap::Args)]
#[command(
    group = clap::ArgGroup::new("what").required(true).args(["spec", "idea"]),
    after_help = "It ends when everything is merged and verified on a branch of its own; the default branch follows only when you \
approve: omoi merge approve.\nExit codes: 0 merged, 2 bad input, 3 a gate waits for you, 4 parked, 5 failed, 130 stopped by Ctrl-C. \
Whatever ended it, the same command with --resume goes on.\nExamples:\n  omoi build --repo . --spec docs/reports.plan.md --agent opencode \
--verify 'make test'\n  omoi build --repo ~/code/billing --idea idea.md --verify 'cargo test' --parallel 4"
)]
pub(crate) struct Args {
    /// The repository: a directory of this machine, when the server runs here; or https://…, ssh://… or git@host:path.
    #[arg(long, value_name = "PATH|URL", default_value = ".")]
    repo: String,
    /// A plan: a folder of Kiro or spec-kit, or one file of our own Markdown.
    #[arg(long, value_name = "DIR|FILE")]
    spec: Option<PathBuf>,
    /// A file with an idea in your words; a model plans it, and asks you at two gates.
    #[arg(long, value_name = "FILE")]
    idea: Option<PathBuf>,
    /// The profile of the agent that does the tasks. [default: that of the project, else native]
    #[arg(long, value_name = "PROFILE")]
    agent: Option<String>,
    /// How many tasks are done at a time, 1 to 1000. [default: as the project has it, 5 at first]
    #[arg(long, value_name = "RUNS", value_parser = clap::value_parser!(u16).range(1..=1000))]
    parallel: Option<u16>,
    /// A command that tests the repository: what must exit with 0; give it once for each. [default: those of the project]
    #[arg(long, value_name = "COMMAND")]
    verify: Vec<String>,
    /// Ask nobody while it is planned: what is shown at gates is approved, questions of an idea are answered by what is assumed. The
    /// default branch is never approved by this.
    #[arg(long)]
    yes: bool,
    /// Go on with the build of this plan in this repository, whatever ended it; what failed is tried again.
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    connection: Connection,
}

/// What is to be built, and how.
#[derive(Clone, Debug)]
pub(super) struct Order {
    /// Where the repository is, as the server is told.
    pub(super) repo: String,
    pub(super) source: Source,
    pub(super) agent: Option<String>,
    pub(super) parallel: Option<u16>,
    pub(super) verify: Vec<String>,
    pub(super) yes: bool,
    pub(super) resume: bool,
}

/// How somebody goes on who has read how a build came out.
#[derive(Clone, Debug)]
pub(super) struct Again {
    /// The command that goes on with it.
    pub(super) command: String,
    /// What other commands need behind them to mean the same server.
    pub(super) flags: String,
    /// The command that starts the server again, when it has ended with the build.
    pub(super) server: Option<String>,
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    let out = Output::new(args.connection.json);
    match Box::pin(args.build(out)).await {
        Ok(ended) => close(out, &ended),
        Err(failure) => stopped_early(out, &failure),
    }
}

/// Says how it came out; the exit code says the same.
fn close(out: Output, ended: &Ended) -> ExitCode {
    let said = if out.json { out.raw([&*ended.last().line()]) } else { out.lines(&ended.lines()) };
    match said {
        Ok(()) | Err(Failure::Unread) => ExitCode::from(ended.outcome.exit_code()),
        Err(failure) => out.fail(&failure),
    }
}

/// Of a build that had not come to anything yet. What is wrong with the input has a code of its own; everything else has failed.
fn stopped_early(out: Output, failure: &Failure) -> ExitCode {
    let code = out.fail(failure);
    let outcome = match failure {
        Failure::Invalid { .. } => return code,
        Failure::Interrupted => Outcome::Cancelled,
        _ => Outcome::Failed,
    };
    // With stdout closed there is nobody left to tell.
    let _ = match (out.json, outcome) {
        (true, _) => out.raw([&*Last::of(outcome).line()]),
        (false, Outcome::Cancelled) => {
            let said = "Stopped before anything was built; the same command with --resume goes on.";
            out.lines(&[vec![plain(said)]])
        }
        (false, _) => Ok(()),
    };
    ExitCode::from(outcome.exit_code())
}

impl Args {
    async fn build(&self, out: Output) -> Result<Ended, Failure> {
        let order = self.order(out).await?;
        let stop = signals::stop_on_signal()
            .map_err(|error| Failure::local("signals", format!("cannot hear Ctrl-C: {error}")))?;
        let mut display = Display::of(out);
        let data_dir = self.connection.config()?.data_dir;
        let mut again = self.again(&order);
        display.say("looking for a server, or starting one");
        let (mut session, mut own) = server::reach(&self.connection, &stop).await?;
        if let Some(own) = &own {
            display.say(&format!("the page is at {}", own.ready.login_url));
            again.server = Some(format!("omoi up{}", again.flags));
        }
        let named = self.connection.named();
        let ended = async {
            let (kept, _) = Kept::find(&data_dir, named.as_deref(), &order.repo, &order.source, order.yes)?;
            Box::pin(carry_out(&order, &mut session, own.as_mut(), kept, &stop, &mut display, &again)).await
        }
        .await;
        display.end();
        if let Some(own) = own {
            own.stop().await;
        }
        ended
    }

    /// Everything that can be wrong with the input is found before a server is started.
    async fn order(&self, out: Output) -> Result<Order, Failure> {
        let repo = repo::absolute(&self.repo)?;
        if self.connection.named().is_none() && Path::new(&repo).is_absolute() {
            must_be_repository(&repo).await?;
        }
        let source = match (&self.spec, &self.idea) {
            (Some(spec), _) => Source::plan(&out, spec)?,
            (None, Some(idea)) => Source::idea(idea)?,
            (None, None) => return Err(Failure::invalid("nothing", "give --spec DIR|FILE or --idea FILE")),
        };
        Ok(Order {
            agent: self.agent.clone(),
            parallel: self.parallel,
            verify: self.verify.clone(),
            yes: self.yes,
            resume: self.resume,
            ..Order::of(repo, source)
        })
    }

    fn again(&self, order: &Order) -> Again {
        let mut command = format!("omoi build --repo {}", quoted(&order.repo));
        let flags = self.connection.flags();
        let source = quoted(&order.source.path.display().to_string());
        command.push_str(&format!(" {} {source}{flags}", order.source.flag()));
        command.push_str(if self.yes { " --yes --resume" } else { " --resume" });
        Again { command, flags, server: None }
    }
}

impl Order {
    /// With what the project says.
    pub(super) fn of(repo: String, source: Source) -> Self {
        Self { repo, source, agent: None, parallel: None, verify: Vec::new(), yes: false, resume: false }
    }
}

async fn must_be_repository(repo: &str) -> Result<(), Failure> {
    Git::at(Path::new(repo)).says(&["rev-parse", "--git-dir"]).await.map(|_| ()).map_err(|failure| {
        match failure {
            Failure::Local { code: "git_failed", .. } => {
                let detail =
                    format!("{repo} is no git repository: run `git init` there, and commit what is there");
                Failure::invalid("not_a_repository", detail)
            }
            other => other,
        }
    })
}

async fn until_stopped<T>(
    stop: &CancellationToken,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    tokio::select! {
        done = work => done,
        () = stop.cancelled() => Err(Failure::Interrupted),
    }
}

/// Builds at a server that is there, from what was begun to how it came out.
///
/// # Errors
/// When it cannot begin, or the server goes away.
pub(super) async fn carry_out(
    order: &Order,
    session: &mut Session,
    own: Option<&mut Own>,
    mut kept: Kept,
    stop: &CancellationToken,
    display: &mut Display,
    again: &Again,
) -> Result<Ended, Failure> {
    let began = Instant::now();
    let prepared = Box::pin(prepare(order, session, &mut kept, display, again));
    let (site, spec) = until_stopped(stop, prepared).await?;
    let build = kept.state.build;
    let mut course = Course { session, site: &site, spec, yes: order.yes, build };
    if order.resume {
        until_stopped(stop, Box::pin(course.revive(display))).await?;
    }
    let (rest, seen) = match Box::pin(course.follow(own, stop, display)).await {
        Ok(came) => came,
        Err(Failure::Unread) => return Err(Failure::Unread),
        // What was done is on the server, or will be found there when it is back.
        Err(failure) => (Some(Rest::Failed { reason: failure.detail().to_owned() }), None),
    };
    if rest.is_none() {
        display.say("stopping: nothing new starts");
        course.stand_down().await;
    }
    let outcome = rest.as_ref().map_or(Outcome::Cancelled, Outcome::of);
    let report = match &seen {
        Some(seen) => report::write(session, &kept, (spec, outcome), seen, began.elapsed()).await,
        None => None,
    };
    kept.state.outcome = Some(outcome);
    kept.save()?;
    let (place, again) = (order.repo.clone(), again.clone());
    // What was done before somebody came back counts as well.
    let took = seen.as_ref().map_or_else(Default::default, Seen::worked).max(began.elapsed());
    Ok(Ended { outcome, rest, spec: Some(spec), seen, report, took, place, again })
}

/// A project with a repository, an agent and the spec, whose work starts by itself.
async fn prepare(
    order: &Order,
    session: &Session,
    kept: &mut Kept,
    display: &mut Display,
    again: &Again,
) -> Result<(Site, Uuid), Failure> {
    begin::begin(order, session, kept, display, again).await?;
    kept.save()?;
    let site = site::ready(session, order).await?;
    display.say(&format!("{} is built in the project {}", order.source.path.display(), site.name));
    let spec = begin::hand_in(order, session, kept, site.project).await?;
    site::autonomy(session, site.project, true).await?;
    Ok((site, spec))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_directory_without_git_is_named_before_anything_is_started() {
        let home = tempfile::tempdir().unwrap();
        let failure = must_be_repository(home.path().to_str().unwrap()).await.unwrap_err();
        assert!(matches!(failure, Failure::Invalid { .. }), "{failure:?}");
        assert!(failure.detail().contains("git init"), "{failure:?}");
    }
}
