//! One command, run on a fresh checkout, in a sandbox of its own.

use std::path::Path;
use std::time::{Duration, Instant};

use execution::run::Checked;
use ports::agent::wire::{Errand, SOCKET};
use ports::sandbox::{Access, Exit, Limit, Limits, Mount, Plan};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use vocabulary::CommandLine;

use crate::running::desk::Desk;
use crate::running::egress::Egress;
use crate::running::ending::Ending;
use crate::running::seals::{Seal, content};
use crate::running::socket::{self, Listening};
use crate::running::{Means, RunnerError, brief};

/// Longest time for one command.
const WITHIN: Duration = Duration::from_secs(900);
/// Kept of what a command writes: its end, where the failures are.
const OUTPUT_BYTES: usize = 64 << 10;
/// The exit code of a command that did not end by itself.
const NO_EXIT: i32 = 128;

/// What commands are run on, and what leads out.
#[derive(Debug)]
pub(super) struct Bench<'a> {
    checkout: &'a Path,
    way: Option<Way>,
}

#[derive(Debug)]
struct Way {
    token: String,
    listening: Listening,
}

impl Bench<'_> {
    fn plan(&self, name: &str, command: &CommandLine, means: &Means) -> Plan {
        let line = ["/bin/sh", "-c", "exec 2>&1\neval \"$1\"", "sh", command.as_str()];
        let line = line.map(str::to_owned).to_vec();
        let mut plan = Plan {
            name: name.to_owned(),
            workspace: self.checkout.to_owned(),
            access: Access::Write,
            protected: Vec::new(),
            mounts: Vec::new(),
            sockets: Vec::new(),
            command: line,
            environment: vec![("CI".into(), "true".into())],
            stdin: Vec::new(),
            limits: Limits { wall: WITHIN, ..means.limits },
            at_least: means.at_least,
        };
        if let Some(Way { token, listening }) = &self.way {
            let errand = Errand::Accompany {
                token: token.clone(),
                socket: SOCKET.into(),
                command: std::mem::replace(&mut plan.command, means.worker.command.clone()),
            };
            plan.stdin = serde_json::to_vec(&errand).expect("an errand can be written");
            plan.mounts.clone_from(&means.worker.mounts);
            plan.sockets = vec![Mount { from: listening.path.clone(), to: SOCKET.into() }];
        }
        plan
    }
}

impl Desk<'_> {
    /// Opens the way out for what is checked in `checkout`, when there is anybody to be reached.
    pub(super) fn bench<'a>(&self, checkout: &'a Path, egress: &Egress) -> std::io::Result<Bench<'a>> {
        if !egress.leads_anywhere() {
            return Ok(Bench { checkout, way: None });
        }
        let token = brief::token();
        let path = self.parts.directory_of(self.run).join("e");
        let listening = socket::listen(path, &token, egress.router())?;
        Ok(Bench { checkout, way: Some(Way { token, listening }) })
    }

    /// Runs one command.
    pub(super) async fn check(
        &self,
        bench: &Bench<'_>,
        n: usize,
        command: &CommandLine,
        seal: &dyn Seal,
    ) -> Result<Result<Checked, Ending>, RunnerError> {
        let means = &self.parts.means;
        let plan = bench.plan(&format!("{}-e{n}", self.run), command, means);
        let began = Instant::now();
        let mut sandbox = match means.sandboxes.start(&plan).await {
            Ok(sandbox) => sandbox,
            Err(error) => return Ok(Err(Ending::no_sandbox(&error.to_string(), true))),
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
            () = self.stop.cancelled() => return Ok(Err(Ending::node_stopped())),
        };
        let words = match exit {
            Exit::Limit(limit) => format!("{output}\n[ended: {}]", over(limit)),
            _ => output,
        };
        let output = if words.is_empty() {
            None
        } else {
            Some(content(&self.parts.store, self.org, seal, &words).await?)
        };
        let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Ok(Checked { cmd: command.clone(), exit: code(exit), duration_ms, output }))
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
