//! Commands that find out what work is worth: each runs on a fresh checkout, in a sandbox of its own.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eventstore::{Store, Unavailable};
use execution::checked::Checked;
use kernel::OrgId;
use ports::agent::wire::{Errand, SOCKET};
use ports::sandbox::{Access, Exit, Limit, Limits, Mount, Plan};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio_util::sync::CancellationToken;
use vocabulary::CommandLine;

use super::egress::Egress;
use super::seals::{Seal, content};
use super::socket::{self, Listening};
use super::{Means, brief};

/// Longest time for one command.
const WITHIN: Duration = Duration::from_secs(900);
/// Kept of what a command writes: its end, where the failures are.
const OUTPUT_BYTES: usize = 64 << 10;
/// The exit code of a command that did not end by itself.
const NO_EXIT: i32 = 128;

/// Where commands are run, by whom, and what leads out.
#[derive(Debug)]
pub(crate) struct Checks<'a> {
    pub(crate) store: &'a Store,
    pub(crate) org: OrgId,
    pub(crate) means: &'a Means,
    /// Seals what they write.
    pub(crate) seal: &'a dyn Seal,
    pub(crate) stop: &'a CancellationToken,
    /// What their sandboxes are called, before a number.
    pub(crate) name: String,
    /// The files.
    pub(crate) checkout: &'a Path,
    pub(crate) way: Option<Way>,
}

/// Leads out of the sandboxes, to the hosts that the project allows.
#[derive(Debug)]
pub(crate) struct Way {
    token: String,
    listening: Listening,
}

impl Way {
    /// Opens one by a socket at `path`, when there is anybody to be reached.
    pub(crate) fn open(path: PathBuf, egress: &Egress) -> std::io::Result<Option<Self>> {
        if !egress.leads_anywhere() {
            return Ok(None);
        }
        let token = brief::token();
        let listening = socket::listen(path, &token, egress.router())?;
        Ok(Some(Self { token, listening }))
    }
}

/// Why a command was not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NotRun {
    /// No sandbox could be made.
    NoSandbox(String),
    /// The node stops.
    Stopped,
}

impl Checks<'_> {
    /// Runs one command.
    pub(crate) async fn run(
        &self,
        n: usize,
        command: &CommandLine,
    ) -> Result<Result<Checked, NotRun>, Unavailable> {
        let began = Instant::now();
        let mut sandbox = match self.means.sandboxes.start(&self.plan(n, command)).await {
            Ok(sandbox) => sandbox,
            Err(error) => return Ok(Err(NotRun::NoSandbox(error.to_string()))),
        };
        let mut stdout = sandbox.stdout();
        let reading = async {
            match &mut stdout {
                Some(stdout) => end_of(stdout).await,
                None => String::new(),
            }
        };
        // Nobody waits for more than the plan's limits: the sandbox ends what is over them.
        let (output, exit) = tokio::select! {
            both = async { tokio::join!(reading, sandbox.wait()) } => both,
            () = self.stop.cancelled() => return Ok(Err(NotRun::Stopped)),
        };
        let words = match exit {
            Exit::Limit(limit) => format!("{output}\n[ended: {}]", over(limit)),
            _ => output,
        };
        let output = if words.is_empty() {
            None
        } else {
            Some(content(self.store, self.org, self.seal, &words).await?)
        };
        let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Ok(Checked { cmd: command.clone(), exit: code(exit), duration_ms, output }))
    }

    fn plan(&self, n: usize, command: &CommandLine) -> Plan {
        let line = ["/bin/sh", "-c", "exec 2>&1\neval \"$1\"", "sh", command.as_str()];
        let line = line.map(str::to_owned).to_vec();
        let mut plan = Plan {
            name: format!("{}-e{n}", self.name),
            workspace: self.checkout.to_owned(),
            access: Access::Write,
            protected: Vec::new(),
            mounts: Vec::new(),
            sockets: Vec::new(),
            command: line,
            environment: vec![("CI".into(), "true".into())],
            stdin: Vec::new(),
            limits: Limits { wall: WITHIN, ..self.means.limits },
            at_least: self.means.at_least,
        };
        if let Some(Way { token, listening }) = &self.way {
            let worker = &self.means.worker;
            let errand = Errand::Accompany {
                token: token.clone(),
                socket: SOCKET.into(),
                command: std::mem::replace(&mut plan.command, worker.command.clone()),
            };
            plan.stdin = serde_json::to_vec(&errand).expect("an errand can be written");
            plan.mounts.clone_from(&worker.mounts);
            plan.sockets = vec![Mount { from: listening.path.clone(), to: SOCKET.into() }];
        }
        plan
    }
}

const fn code(exit: Exit) -> i32 {
    match exit {
        Exit::Code(code) => code,
        Exit::Signal(signal) => NO_EXIT + signal,
        Exit::Limit(_) | Exit::Stopped | Exit::Lost => NO_EXIT,
    }
}

const fn over(limit: Limit) -> &'static str {
    match limit {
        Limit::Memory => "it used more memory than it may",
        Limit::Processes => "it started more processes than it may",
        Limit::Wall => "it took longer than it may",
        Limit::Workspace => "it wrote more than it may",
    }
}

/// The end of what a program writes; all of it is read, so that it never waits.
async fn end_of(from: &mut (impl AsyncRead + Unpin)) -> String {
    let (mut kept, mut chunk) = (Vec::new(), vec![0; 32 << 10]);
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        kept.extend_from_slice(&chunk[..read]);
        if kept.len() > 2 * OUTPUT_BYTES {
            kept.drain(..kept.len() - OUTPUT_BYTES);
        }
    }
    let from = kept.len().saturating_sub(OUTPUT_BYTES);
    String::from_utf8_lossy(&kept[from..]).into_owned()
}
