//! Houses to run programs in, and what came of them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use adapters::sandbox::{LocalSandboxes, Options, ProcessSandboxes};
use ports::sandbox::{Access, Exit, Level, Limits, Plan, Sandbox, SandboxError, Sandboxes};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;

/// Everything that is to end has this long.
pub(super) const DEATH: Duration = Duration::from_secs(5);

/// A provider, and directories that its programs can reach.
pub(super) struct Lab {
    directory: TempDir,
    pub(super) level: Level,
    pub(super) sandboxes: Box<dyn Sandboxes>,
}

/// What a program said, and how it ended.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) out: String,
    pub(super) err: String,
    pub(super) exit: Exit,
}

/// Every house that can be had on this machine, the weakest first.
pub(super) async fn houses() -> Vec<Lab> {
    let mut houses = vec![Lab::process()];
    houses.extend(isolated().await);
    houses
}

/// Those that isolate. A machine without is said so, loudly; with `REQUIRE_SANDBOX=1` it is a failure.
pub(super) async fn isolated() -> Vec<Lab> {
    let mut houses = Vec::new();
    for wanted in [Level::User, Level::Full] {
        let lab = Lab::of(wanted);
        match lab.sandboxes.probe().await {
            Ok(found) if found.level == wanted => houses.push(lab),
            Ok(found) => missing(wanted, &found.lacking.join("; "), can_make_groups()),
            Err(error) => missing(wanted, &error.to_string(), true),
        }
    }
    houses
}

fn missing(level: Level, why: &str, owed: bool) {
    let required = std::env::var_os("REQUIRE_SANDBOX").is_some_and(|value| value == "1");
    assert!(!(required && owed), "REQUIRE_SANDBOX=1, and there is no sandbox of level {level}: {why}");
    // Not by a macro: those are kept from whoever runs the tests, as long as they do not fail.
    let loudly = format!(
        "!!!! SKIPPED: nothing was tried in a sandbox of level {level}, because there is none: {why}\n"
    );
    std::io::Write::write_all(&mut std::io::stderr(), loudly.as_bytes()).unwrap();
}

/// A machine where we may change the groups owes sandboxes that use them.
fn can_make_groups() -> bool {
    let writable = |path: &str| rustix::fs::access(path, rustix::fs::Access::WRITE_OK).is_ok();
    writable("/sys/fs/cgroup/memory") || writable("/sys/fs/cgroup/cgroup.procs")
}

impl Lab {
    pub(super) fn process() -> Self {
        Self::of(Level::Process)
    }

    pub(super) fn of(level: Level) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), Permissions::from_mode(0o711)).unwrap();
        let sandboxes = provider(level, &directory.path().join("state"));
        Self { directory, level, sandboxes }
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(super) fn isolates(&self) -> bool {
        self.level > Level::Process
    }

    /// A plan to run a line of shell in a workspace of its own.
    pub(super) fn plan(&self, line: &str) -> Plan {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let name = format!("run-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let workspace = self.path().join(&name);
        fs::create_dir(&workspace).unwrap();
        Plan {
            name,
            workspace,
            access: Access::Write,
            protected: Vec::new(),
            mounts: Vec::new(),
            sockets: Vec::new(),
            command: ["sh", "-c", line].map(str::to_owned).to_vec(),
            environment: Vec::new(),
            stdin: Vec::new(),
            limits: Limits { wall: Duration::from_secs(120), ..Limits::default() },
            at_least: self.level,
        }
    }

    /// A plan to run a script of Python.
    pub(super) fn python(&self, script: &str) -> Plan {
        let mut plan = self.plan("");
        plan.command = ["/usr/bin/python3", "-c", script].map(str::to_owned).to_vec();
        plan
    }

    pub(super) async fn start(&self, plan: &Plan) -> Box<dyn Sandbox> {
        self.sandboxes.start(plan).await.unwrap_or_else(|error| panic!("{}: {error}", self.level))
    }

    pub(super) async fn run(&self, plan: &Plan) -> Said {
        said(self.start(plan).await).await
    }

    pub(super) async fn refusal(&self, plan: &Plan) -> SandboxError {
        let started = self.sandboxes.start(plan).await;
        started.err().unwrap_or_else(|| panic!("{}: a plan that nobody could carry out was", self.level))
    }
}

/// Sandboxes of this level, with their state in this directory.
pub(super) fn provider(level: Level, state: &Path) -> Box<dyn Sandboxes> {
    let mut options = options(state);
    options.groups = level == Level::Full;
    match level {
        Level::Process => Box::new(ProcessSandboxes::new(options.guard_exe, options.state)),
        Level::User | Level::Full => Box::new(LocalSandboxes::new(options)),
    }
}

pub(super) fn options(state: &Path) -> Options {
    Options::new(env!("CARGO_BIN_EXE_sandbox-guard").into(), state.to_path_buf())
}

/// Reads all that it says and waits for its end.
pub(super) async fn said(mut sandbox: Box<dyn Sandbox>) -> Said {
    let (mut stdout, mut stderr) = (sandbox.stdout().unwrap(), sandbox.stderr().unwrap());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let (_, _, exit) =
        tokio::join!(stdout.read_to_end(&mut out), stderr.read_to_end(&mut err), sandbox.wait());
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Said { out: text(out), err: text(err), exit }
}

/// Reads until it has said this.
pub(super) async fn until_said(sandbox: &mut Box<dyn Sandbox>, word: &str) {
    let mut stdout = sandbox.stdout().unwrap();
    let mut heard = String::new();
    let mut piece = [0; 256];
    while !heard.contains(word) {
        let read = tokio::time::timeout(Duration::from_secs(60), stdout.read(&mut piece)).await;
        let read = read.unwrap_or_else(|_| panic!("only `{heard}` was said")).unwrap();
        assert!(read > 0, "it ended with `{heard}`");
        heard.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
}

/// A word that no other process of this machine has in its arguments.
pub(super) fn marker() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    format!("marker-{}-{}-end", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed))
}

/// The processes of this machine that have this word in their arguments.
pub(super) fn with_marker(marker: &str) -> Vec<i32> {
    let listed = fs::read_dir("/proc").unwrap();
    let numbers = listed.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let has = |pid: &i32| {
        let arguments = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        arguments.windows(marker.len()).any(|window| window == marker.as_bytes())
    };
    numbers.filter(has).collect()
}

/// Waits until none is left, and says how long that took.
pub(super) async fn until_none(marker: &str) -> Duration {
    let begun = Instant::now();
    while !with_marker(marker).is_empty() {
        assert!(begun.elapsed() < DEATH, "{:?} are left", with_marker(marker));
        tokio::task::yield_now().await;
    }
    begun.elapsed()
}
