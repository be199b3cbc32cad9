//! One call of git, fenced.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use std::{env, io};

use ports::git::GitError;
use ports::llm::Said;
use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process_group, prlimit};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, Command};

use super::GitCli;
use super::fence::{CONFIG, VARIABLES};

/// No answer that is kept is larger, but for the content of a file, which has its own limit.
const MAX_OUTPUT_BYTES: usize = 64 << 20;
/// What of its complaints is kept.
const MAX_ERROR_BYTES: usize = 8 << 10;

/// What is asked of git.
#[derive(Clone, Debug)]
pub(super) struct Call {
    git_dir: PathBuf,
    config: Vec<String>,
    arguments: Vec<OsString>,
    transport: &'static str,
    environment: Vec<(&'static str, OsString)>,
    stdin: Vec<u8>,
    file: Option<Arc<File>>,
    max_output_bytes: usize,
    max_records: Option<usize>,
    max_file_bytes: Option<u64>,
    max_memory_bytes: Option<u64>,
    is_unbroken: bool,
    within: Duration,
}

/// What git answered.
#[derive(Debug)]
pub(super) struct Answer {
    /// How it ended, if it did so by itself.
    pub(super) code: Option<i32>,
    /// It ended well, or was ended because it had said enough.
    pub(super) is_good: bool,
    /// It had more to say.
    pub(super) cut: bool,
    pub(super) stdout: Vec<u8>,
    pub(super) stderr: String,
}

impl Call {
    /// In this git directory, without any network.
    pub(super) fn new(git_dir: &Path, within: Duration) -> Self {
        Self {
            git_dir: git_dir.to_owned(),
            config: Vec::new(),
            arguments: Vec::new(),
            transport: "none",
            environment: Vec::new(),
            stdin: Vec::new(),
            file: None,
            max_output_bytes: MAX_OUTPUT_BYTES,
            max_records: None,
            max_file_bytes: None,
            max_memory_bytes: None,
            is_unbroken: false,
            within,
        }
    }

    pub(super) fn args<A: Into<OsString>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    pub(super) fn config(mut self, setting: impl Into<String>) -> Self {
        self.config.push(setting.into());
        self
    }

    /// By which transport it may reach others; only by this one.
    pub(super) fn by(mut self, transport: &'static str) -> Self {
        self.transport = transport;
        self
    }

    pub(super) fn env(mut self, name: &'static str, value: impl Into<OsString>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    pub(super) fn stdin(mut self, bytes: Vec<u8>) -> Self {
        self.stdin = bytes;
        self
    }

    /// It hears what is in this file, from where that stands.
    pub(super) fn hearing(mut self, file: Arc<File>) -> Self {
        self.file = Some(file);
        self
    }

    /// Ends it after so many bytes.
    pub(super) const fn at_most_bytes(mut self, bytes: usize) -> Self {
        self.max_output_bytes = bytes;
        self
    }

    /// Ends it after so many records that end with NUL.
    pub(super) const fn at_most_records(mut self, records: usize) -> Self {
        self.max_records = Some(records);
        self
    }

    /// No file that it writes may be larger.
    pub(super) const fn writing_at_most(mut self, bytes: u64) -> Self {
        self.max_file_bytes = Some(bytes);
        self
    }

    /// It may have so much memory of its own.
    pub(super) const fn holding_at_most(mut self, bytes: u64) -> Self {
        self.max_memory_bytes = Some(bytes);
        self
    }

    /// It comes to its end whoever waits for it, also when nobody does any longer.
    pub(super) const fn unbroken(mut self) -> Self {
        self.is_unbroken = true;
        self
    }

    fn command(&self, program: &Path) -> io::Result<Command> {
        let mut command = Command::new(program);
        command.arg("--no-pager");
        for setting in CONFIG.iter().copied().chain(self.config.iter().map(String::as_str)) {
            command.arg("-c").arg(setting);
        }
        command.args(&self.arguments).env_clear().envs(VARIABLES.iter().copied());
        command.env("GIT_DIR", &self.git_dir).env("GIT_ALLOW_PROTOCOL", self.transport);
        command.env("PATH", env::var_os("PATH").unwrap_or_default());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir("/").process_group(0).kill_on_drop(!self.is_unbroken);
        command.stdin(match &self.file {
            Some(file) => Stdio::from(file.try_clone()?),
            None => Stdio::piped(),
        });
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }
}

impl GitCli {
    /// Calls git. When the caller goes away, so do git and whatever it has started, unless that is to come to its end.
    pub(super) async fn run(&self, call: Call) -> Result<Answer, GitError> {
        let found = self.program.get().await?;
        let mut command = call.command(&found.program).map_err(|error| failed(&error))?;
        let mut child = command.spawn().map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => GitError::GitMissing,
            _ => failed(&error),
        })?;
        let mut group = if call.is_unbroken { Group(None) } else { Group::of(&child) };
        let limits = [(Resource::Fsize, call.max_file_bytes), (Resource::Data, call.max_memory_bytes)];
        for (resource, bytes) in limits {
            if let (Some(bytes), Some(leader)) = (bytes, group.0) {
                let limit = Rlimit { current: Some(bytes), maximum: Some(bytes) };
                // Before it has connected to anybody or read much, so before anything has grown.
                prlimit(Some(leader), resource, limit).map_err(|error| failed(&error.into()))?;
            }
        }
        let (within, is_unbroken) = (call.within, call.is_unbroken);
        let error = match tokio::time::timeout(within, converse(&mut child, &group, call)).await {
            Ok(Ok(heard)) => {
                let status = child.wait().await.map_err(|error| failed(&error))?;
                // Its number may be somebody else's soon.
                group.release();
                let Heard { stdout, stderr, cut } = heard;
                let is_good = cut || status.success();
                return Ok(Answer { code: status.code(), is_good, cut, stdout, stderr });
            }
            Ok(Err(error)) => failed(&error),
            Err(_) => GitError::Timeout { within },
        };
        // Whoever hears of it may remove what git was writing: it is gone by then.
        group.kill();
        if !is_unbroken {
            let _ = child.wait().await;
        }
        group.release();
        Err(error)
    }
}

/// Both ends of the conversation at once, or the pipes would fill.
async fn converse(child: &mut Child, group: &Group, call: Call) -> io::Result<Heard> {
    let (stdin, stdout, stderr) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
    let (mut stdout, mut stderr) = (stdout.expect("it is a pipe"), stderr.expect("it is a pipe"));
    let listening = async {
        let mut heard = Vec::new();
        let cut = hear(&mut stdout, &mut heard, call.max_output_bytes, call.max_records).await?;
        if cut {
            group.kill();
        }
        Ok::<_, io::Error>((heard, cut))
    };
    let complaining = async {
        let mut heard = Vec::new();
        hear(&mut stderr, &mut heard, MAX_ERROR_BYTES, None).await?;
        // The rest is read as well: who cannot complain stands still.
        tokio::io::copy(&mut stderr, &mut tokio::io::sink()).await?;
        Ok::<_, io::Error>(heard)
    };
    let (listened, complaints, ()) = tokio::join!(listening, complaining, talk(stdin, call.stdin));
    let (stdout, cut) = listened?;
    Ok(Heard { stdout, stderr: String::from_utf8_lossy(&complaints?).into_owned(), cut })
}

struct Heard {
    stdout: Vec<u8>,
    stderr: String,
    cut: bool,
}

/// Reads until the end, or to a limit; whether it was cut there.
async fn hear(
    from: &mut (impl AsyncRead + Unpin),
    heard: &mut Vec<u8>,
    max_bytes: usize,
    max_records: Option<usize>,
) -> io::Result<bool> {
    let mut chunk = vec![0; 32 << 10];
    let mut records = 0;
    loop {
        let read = from.read(&mut chunk).await?;
        if read == 0 {
            return Ok(false);
        }
        for byte in &chunk[..read] {
            if heard.len() == max_bytes || max_records == Some(records) {
                return Ok(true);
            }
            heard.push(*byte);
            records += usize::from(*byte == 0);
        }
    }
}

/// Git may end before it has heard all: what it answers says why.
async fn talk(stdin: Option<ChildStdin>, bytes: Vec<u8>) {
    if let Some(mut stdin) = stdin {
        let _ = stdin.write_all(&bytes).await;
        let _ = stdin.shutdown().await;
    }
}

/// Git and what it has started, killed together unless they are released.
struct Group(Option<Pid>);

impl Group {
    fn of(child: &Child) -> Self {
        Self(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)))
    }

    fn kill(&self) {
        if let Some(leader) = self.0 {
            // That none is left is fine.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }

    fn release(&mut self) {
        self.0 = None;
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

fn failed(error: &io::Error) -> GitError {
    GitError::Failed { said: Said::new(&error.to_string()) }
}
