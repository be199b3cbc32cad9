//! `omoi demo`: a small repository and a plan that are part of this program, built before the eyes of whoever tries it, without a key
//! and without a network. Everything is real: the server, git, the sandboxes, the tests that judge.

mod bundled;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use embedded::{DataDir, guard};
use ports::sandbox::Sandboxes as _;
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;

use super::build::{Again, Display, Ended, Kept, Order, Outcome, Own, Source, Start, carry_out};
use super::client::{Failure, Line, Output, Session, faint, plain, strong};
use super::git::Git;
use super::signals;
use crate::wiring::{LocalSandboxes, SandboxOptions};

/// What tests the repository.
const TESTS: &str = "sh test.sh";
/// Who does the tasks: command lines that stand in the plan.
const AGENT: &str = "command";
/// How many tasks are done at a time.
const PARALLEL: u16 = 4;
/// Where people expect the page.
const LISTEN: &str = "127.0.0.1:4310";

#[derive(Debug, clap::Args)]
#[command(
    after_help = "It works in a directory of its own, which is removed at the end, and changes nothing else.\nExit codes: as `omoi build`."
)]
pub(crate) struct Args {
    /// End when it is built, and do not wait for Ctrl-C with the page open.
    #[arg(long)]
    exit: bool,
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    let out = Output::new(false);
    match Box::pin(show(args, out)).await {
        Ok(outcome) => ExitCode::from(outcome.exit_code()),
        Err(failure) => out.fail(&failure),
    }
}

/// The place of a demo; nothing of it stays.
#[derive(Debug)]
struct Stage {
    home: TempDir,
}

impl Stage {
    fn make() -> Result<Self, Failure> {
        let home = tempfile::Builder::new().prefix("omoi-demo-").tempdir();
        home.map(|home| Self { home }).map_err(|error| {
            Failure::local("no_room", format!("no directory can be made for the demo: {error}"))
        })
    }

    fn data_dir(&self) -> PathBuf {
        self.home.path().join("data")
    }

    fn repository(&self) -> PathBuf {
        self.home.path().join(bundled::NAME)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // As root the servers keep their data elsewhere, and what runs need beside it.
        let data_dir = self.data_dir();
        let home = DataDir::existing_home(&data_dir).filter(|home| *home != data_dir);
        for elsewhere in home.iter().flat_map(|home| [home.clone(), beside(home)]) {
            let _ = std::fs::remove_dir_all(elsewhere);
        }
    }
}

fn beside(home: &Path) -> PathBuf {
    let mut name = home.as_os_str().to_owned();
    name.push("-runs");
    name.into()
}

async fn show(args: &Args, out: Output) -> Result<Outcome, Failure> {
    let stop = signals::stop_on_signal()
        .map_err(|error| Failure::local("signals", format!("cannot hear Ctrl-C: {error}")))?;
    let stage = Stage::make()?;
    must_hold_agents().await?;
    let repository = repository(&stage).await?;
    let plan = stage.home.path().join(bundled::PLAN.0);
    write(&plan, bundled::PLAN.1)?;
    out.lines(&introduced(&repository))?;
    let mut display = Display::of(out);
    display.say("a server of its own is started; the first time it fetches Postgres and NATS");
    let data_dir = stage.data_dir();
    let listen: SocketAddr = LISTEN.parse().expect("it is an address");
    let start = Start { data_dir: &data_dir, listen, apart: true };
    let mut own = Own::start(&start, &stop).await?;
    display.say(&format!("watch it in a browser: {}", own.ready.login_url));
    let built = build(&stage, &mut own, (&repository, &plan), &stop, &mut display).await;
    display.end();
    if let Ok(ended) = &built {
        let stays = !args.exit && ended.outcome != Outcome::Cancelled;
        out.lines(&shown(&repository, ended, stays).await)?;
        if stays {
            let open =
                [plain("The page is open at "), strong(&own.ready.url), plain("; Ctrl-C ends the demo.")];
            out.lines(&[open.to_vec()])?;
            stop.cancelled().await;
        }
    }
    own.stop().await;
    // Ctrl-C is how a demo ends that was built: that is no failure.
    Ok(built?.outcome)
}

async fn build(
    stage: &Stage,
    own: &mut Own,
    (repository, plan): (&Path, &Path),
    stop: &CancellationToken,
    display: &mut Display,
) -> Result<Ended, Failure> {
    let source = Source::plan(&Output::new(false), plan)?;
    let repo = repository.display().to_string();
    let order = Order {
        agent: Some(AGENT.to_owned()),
        parallel: Some(PARALLEL),
        verify: vec![TESTS.to_owned()],
        yes: true,
        ..Order::of(repo, source)
    };
    let mut session = Session::own(&own.ready.url, &own.ready.data_dir, false)?;
    let (kept, _) = Kept::find(&stage.data_dir(), None, &order.repo, &order.source, order.yes)?;
    let flags = format!(" --data-dir {}", stage.data_dir().display());
    let again = Again { command: "omoi demo".to_owned(), flags, server: None };
    Box::pin(carry_out(&order, &mut session, Some(own), kept, stop, display, &again)).await
}

/// A demo without sandboxes would show nothing: it says so first.
async fn must_hold_agents() -> Result<(), Failure> {
    let state = Stage::make()?;
    let options = SandboxOptions::new(guard::this_exe(), state.home.path().to_owned());
    match LocalSandboxes::new(options).probe().await {
        Ok(_) => Ok(()),
        Err(error) => {
            let detail = format!(
                "agents work in sandboxes, and this machine has none: {error}; `omoi doctor` says how to mend it"
            );
            Err(Failure::local("no_sandboxes", detail))
        }
    }
}

/// The repository as it is before anything is built.
async fn repository(stage: &Stage) -> Result<PathBuf, Failure> {
    let place = stage.repository();
    for (path, text) in bundled::FILES {
        write(&place.join(path), text)?;
    }
    let git = Git::at(&place).by("Ada", "ada@example.org");
    git.says(&["init", "--quiet", "--initial-branch=main"]).await?;
    git.says(&["add", "--all"]).await?;
    git.says(&["commit", "--quiet", "--message=Say what a ledger comes to"]).await?;
    place.canonicalize().map_err(|error| unwritable(&place, &error))
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    let directory = file.parent().expect("it is in a directory");
    std::fs::create_dir_all(directory)
        .and_then(|()| std::fs::write(file, text))
        .map_err(|error| unwritable(file, &error))
}

fn unwritable(file: &Path, error: &std::io::Error) -> Failure {
    Failure::local("no_room", format!("cannot write {}: {error}", file.display()))
}

fn introduced(repository: &Path) -> Vec<Line> {
    vec![
        vec![strong("A ledger learns to report. ")],
        vec![plain(format!(
            "{} tasks are done by commands in sandboxes, several at a time; one of them fails first. What is done is judged by",
            bundled::TASKS
        ))],
        vec![plain(format!(
            "`{TESTS}` on a fresh checkout, comes together on one branch, and is judged again."
        ))],
        vec![faint(format!("the repository  {}", repository.display()))],
        Vec::new(),
    ]
}

/// What was built, as the repository has it; `stays`: somebody can look around in it.
async fn shown(repository: &Path, ended: &Ended, stays: bool) -> Vec<Line> {
    let gone = vec![faint("It was a demo: nothing of it stays.")];
    let mut lines = match ended.outcome {
        Outcome::Merged if stays => ended.lines(),
        Outcome::Merged => [vec![Vec::new()], ended.built()].concat(),
        Outcome::Cancelled => return vec![Vec::new(), vec![strong("Stopped. ")], gone],
        _ => return ended.lines(),
    };
    let Some(merge) = ended.merge() else { return lines };
    let range = format!("main..{}", merge.branch);
    let arguments = ["log", "--oneline", "--graph", "--no-decorate", "--max-count=20", &range];
    if let Ok(log) = Git::at(repository).says(&arguments).await {
        lines.extend([Vec::new(), vec![faint(format!("git log --graph {range}"))]]);
        lines.extend(log.lines().map(|line| vec![plain(format!("  {line}"))]));
    }
    lines.push(Vec::new());
    lines.extend((!stays).then_some(gone));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_repository_is_there_with_tests_that_pass() {
        let stage = Stage::make().unwrap();
        let place = repository(&stage).await.unwrap();
        let git = Git::at(&place);
        assert_eq!(git.says(&["status", "--porcelain"]).await.unwrap(), "");
        assert_eq!(git.says(&["rev-list", "--count", "main"]).await.unwrap(), "1");
        let tests =
            tokio::process::Command::new("sh").arg("test.sh").current_dir(&place).output().await.unwrap();
        assert!(tests.status.success(), "{tests:?}");
        let home = stage.home.path().to_owned();
        drop(stage);
        assert!(!home.exists(), "nothing of it stays");
    }
}
