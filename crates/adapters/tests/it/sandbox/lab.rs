//! A place to run programs in, and what came of them.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use adapters::sandbox::{LocalSandboxes, Options};
use ports::sandbox::{Access, Exit, Level, Limits, Plan, Sandbox, Sandboxes};
use tempfile::TempDir;
use tokio::io::AsyncReadExt as _;

/// Directories that the account of root's sandboxes can reach, and the sandboxes.
pub(super) struct Lab {
    directory: TempDir,
    pub(super) sandboxes: Box<dyn Sandboxes>,
}

/// What a program said, and how it ended.
#[derive(Debug)]
pub(super) struct Said {
    pub(super) out: String,
    pub(super) err: String,
    pub(super) exit: Exit,
}

impl Lab {
    /// The best that there is.
    pub(super) fn local() -> Self {
        Self::with(|options| Box::new(LocalSandboxes::new(options)))
    }

    pub(super) fn with(make: impl FnOnce(Options) -> Box<dyn Sandboxes>) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::set_permissions(directory.path(), Permissions::from_mode(0o711)).unwrap();
        let options =
            Options::new(env!("CARGO_BIN_EXE_sandbox-guard").into(), directory.path().join("state"));
        Self { sandboxes: make(options), directory }
    }

    pub(super) fn path(&self) -> &Path {
        self.directory.path()
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
            limits: Limits { wall: Duration::from_secs(60), ..Limits::default() },
            at_least: Level::Process,
        }
    }

    pub(super) async fn run(&self, plan: &Plan) -> Said {
        let sandbox = self.sandboxes.start(plan).await.unwrap();
        said(sandbox).await
    }
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
