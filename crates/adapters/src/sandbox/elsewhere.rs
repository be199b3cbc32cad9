//! On systems other than Linux there are no sandboxes: whoever asks for one is told so.

use std::path::PathBuf;

use ports::BoxFuture;
use ports::sandbox::{Capabilities, Plan, Sandbox, SandboxError, Sandboxes};

/// What sandboxes would need.
#[derive(Clone, Debug)]
pub struct Options {
    /// The program that acts as guard.
    pub guard_exe: PathBuf,
    /// A directory of ours.
    pub state: PathBuf,
    /// Bubblewrap.
    pub bubblewrap: PathBuf,
    /// Whether to use control groups.
    pub groups: bool,
}

impl Options {
    /// As on Linux.
    #[must_use]
    pub fn new(guard_exe: PathBuf, state: PathBuf) -> Self {
        Self { guard_exe, state, bubblewrap: "bwrap".into(), groups: true }
    }
}

/// Makes none.
#[derive(Debug)]
pub struct LocalSandboxes;

impl LocalSandboxes {
    /// As on Linux.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "as on Linux")]
    pub fn new(_: Options) -> Self {
        Self
    }
}

/// Makes none.
#[derive(Debug)]
pub struct ProcessSandboxes;

impl ProcessSandboxes {
    /// As on Linux.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "as on Linux")]
    pub fn new(_: PathBuf, _: PathBuf) -> Self {
        Self
    }
}

fn none() -> SandboxError {
    SandboxError::Unavailable {
        what: "sandboxes are made of what Linux has".to_owned(),
        remedy: "run the server on Linux, or in a container".to_owned(),
    }
}

macro_rules! makes_none {
    ($($provider:ty),*) => {$(
        impl Sandboxes for $provider {
            fn probe(&self) -> BoxFuture<'_, Result<Capabilities, SandboxError>> {
                Box::pin(async { Err(none()) })
            }

            fn start<'a>(&'a self, _: &'a Plan) -> BoxFuture<'a, Result<Box<dyn Sandbox>, SandboxError>> {
                Box::pin(async { Err(none()) })
            }

            fn sweep(&self) -> BoxFuture<'_, Result<Vec<String>, SandboxError>> {
                Box::pin(async { Ok(Vec::new()) })
            }
        }
    )*};
}

makes_none!(LocalSandboxes, ProcessSandboxes);
