//! The server of a build: one that is there, or one of its own, which ends with it.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use embedded::{guard, inspect};
use rustix::process::{Pid, Signal, kill_process};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;

use super::state::private;
use super::until_stopped;
use crate::cli::client::address_file::AddressFile;
use crate::cli::client::{Connection, Failure, Session};

/// A first start fetches Postgres and NATS.
const READY_WITHIN: Duration = Duration::from_secs(300);
/// A server that stops lets its runs keep what they have.
const ENDED_WITHIN: Duration = Duration::from_secs(60);
/// Between two looks at a server that somebody else starts.
const PAUSE: Duration = Duration::from_millis(200);
/// What the server writes, in the data directory.
const LOG: &str = "server.log";
/// What a server apart is not to have from whoever starts it: settings, and keys of models.
const SETTINGS: [&str; 6] = ["OMOI_", "DATABASE_", "NATS_", "ANTHROPIC_", "OPENAI_", "OTLP_"];
/// Where the programs were unpacked is no setting of the server.
const KEPT: &str = "OMOI_CACHE_DIR";

/// A server that was started for a build.
#[derive(Debug)]
pub(in crate::cli) struct Own {
    child: Child,
    /// It writes into this for as long as it lives.
    _stdout: BufReader<ChildStdout>,
    pub(in crate::cli) ready: Ready,
}

/// The line of `omoi up --json`, as far as it is read here.
#[derive(Debug, Deserialize)]
pub(in crate::cli) struct Ready {
    pub(in crate::cli) url: String,
    pub(in crate::cli) login_url: String,
    pub(in crate::cli) data_dir: PathBuf,
}

/// Which server is to be started.
#[derive(Debug)]
pub(in crate::cli) struct Start<'a> {
    pub(in crate::cli) data_dir: &'a Path,
    /// Where people expect it; another port is taken when somebody has this one.
    pub(in crate::cli) listen: SocketAddr,
    /// It works in its own directory, and has none of the settings of whoever starts it.
    pub(in crate::cli) apart: bool,
}

/// Finds the server that is meant, or starts one.
///
/// # Errors
/// When none is there and none can be started.
pub(super) async fn reach(
    connection: &Connection,
    stop: &CancellationToken,
) -> Result<(Session, Option<Own>), Failure> {
    if connection.named().is_some() {
        return Ok((Session::open(connection).await?, None));
    }
    let config = connection.config()?;
    if is_held(&config.data_dir) {
        until_stopped(stop, until_served(&config.data_dir)).await?;
        return Ok((Session::open(connection).await?, None));
    }
    let start = Start { data_dir: &config.data_dir, listen: config.listen, apart: false };
    let own = Own::start(&start, stop).await?;
    let session = Session::own(&own.ready.url, &own.ready.data_dir, connection.json)?;
    Ok((session, Some(own)))
}

fn is_held(data_dir: &Path) -> bool {
    inspect::data_dir(data_dir).is_some_and(|found| found.holder.is_some())
}

/// Somebody starts it, or is about to end.
async fn until_served(data_dir: &Path) -> Result<(), Failure> {
    let until = Instant::now() + ENDED_WITHIN;
    while Instant::now() < until && is_held(data_dir) {
        if AddressFile::read(data_dir).is_ok_and(|url| url.is_some()) {
            return Ok(());
        }
        sleep(PAUSE).await;
    }
    let detail = format!(
        "the server of {} neither serves nor ends; `omoi doctor --data-dir {}` says what is wrong",
        data_dir.display(),
        data_dir.display()
    );
    Err(Failure::local("not_running", detail))
}

impl Own {
    /// Starts `omoi up` of this program, and waits until it serves. It ends with this process, whatever ends that.
    ///
    /// # Errors
    /// When it ends instead, and says what it said; when somebody stops it meanwhile.
    pub(in crate::cli) async fn start(start: &Start<'_>, stop: &CancellationToken) -> Result<Self, Failure> {
        let failed =
            |what: String| Failure::local("no_server", format!("a server cannot be started: {what}"));
        private(start.data_dir)
            .map_err(|error| failed(format!("cannot make {}: {error}", start.data_dir.display())))?;
        let log = start.data_dir.join(LOG);
        let to_log =
            File::create(&log).map_err(|error| failed(format!("cannot write {}: {error}", log.display())))?;
        let mut command = start.command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(to_log).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| failed(error.to_string()))?;
        let mut stdout = BufReader::new(child.stdout.take().expect("it is a pipe"));
        let mut line = String::new();
        let read = tokio::select! {
            read = timeout(READY_WITHIN, stdout.read_line(&mut line)) => read,
            () = stop.cancelled() => {
                end(child).await;
                return Err(Failure::Interrupted);
            }
        };
        let ready = read.is_ok_and(|read| read.is_ok()).then(|| serde_json::from_str(&line).ok()).flatten();
        match ready {
            Some(ready) => Ok(Self { child, _stdout: stdout, ready }),
            None => Err(failed(format!("{} ({} has all of it)", last_words(&log), log.display()))),
        }
    }

    /// Whether it has ended by itself.
    pub(super) fn is_gone(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Stops it in order; what runs goes on from what was kept when it is started again.
    pub(in crate::cli) async fn stop(self) {
        end(self.child).await;
    }
}

async fn end(mut child: Child) {
    let pid = child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // It may have ended already.
        let _ = kill_process(pid, Signal::TERM);
    }
    if timeout(ENDED_WITHIN, child.wait()).await.is_err() {
        let _ = child.kill().await;
    }
}

impl Start<'_> {
    fn command(&self) -> Command {
        let program = guard::this_exe();
        let mut command = Command::new(&program);
        // Spawned by the main thread, which lives as long as the process: the guard's signal follows the thread.
        command.arg(guard::SUBCOMMAND).arg(std::process::id().to_string()).arg("term").arg(&program);
        command.args(["up", "--json", "--listen", &free(self.listen), "--data-dir"]).arg(self.data_dir);
        // Ctrl-C is for the build, which then ends the server.
        command.process_group(0);
        if self.apart {
            command.current_dir(self.data_dir);
            let is_setting =
                |name: &str| SETTINGS.iter().any(|start| name.starts_with(start)) && name != KEPT;
            for (name, _) in std::env::vars_os() {
                if name.to_str().is_some_and(is_setting) {
                    command.env_remove(name);
                }
            }
        }
        command
    }
}

/// The address, or one with another port when somebody has it.
fn free(wanted: SocketAddr) -> String {
    match TcpListener::bind(wanted) {
        Ok(_) => wanted.to_string(),
        Err(_) => "127.0.0.1:0".to_owned(),
    }
}

/// The last line of a log that says why it ended.
fn last_words(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let last = text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it says nothing");
    last.trim_start_matches("omoi: ").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_that_is_taken_is_left_to_who_has_it() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        assert_eq!(free(address), "127.0.0.1:0");
        drop(taken);
        assert_eq!(free(address), address.to_string());
    }

    #[test]
    fn the_reason_is_the_last_line() {
        let home = tempfile::tempdir().unwrap();
        let log = home.path().join(LOG);
        assert_eq!(last_words(&log), "it says nothing");
        fs::write(&log, "starting\nomoi: the disk is full\n\n").unwrap();
        assert_eq!(last_words(&log), "the disk is full");
    }

    #[test]
    fn a_server_apart_has_no_settings_of_others() {
        let listen = "127.0.0.1:0".parse().unwrap();
        let start = Start { data_dir: Path::new("/data"), listen, apart: true };
        let command = start.command();
        assert_eq!(command.as_std().get_current_dir(), Some(Path::new("/data")));
        let arguments: Vec<_> = command.as_std().get_args().collect();
        assert_eq!(arguments[0], guard::SUBCOMMAND);
        assert!(arguments.ends_with(&["--data-dir".as_ref(), "/data".as_ref()]), "{arguments:?}");
    }
}
