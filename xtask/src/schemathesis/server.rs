//! A real `omoi up` in a directory of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};
use serde::Deserialize;
use tempfile::TempDir;

use crate::omoi;

/// The server, ended on drop.
pub(super) struct Server {
    pub(super) url: String,
    pub(super) key: String,
    program: PathBuf,
    child: Child,
    directory: TempDir,
}

/// The line of `omoi up --json`.
#[derive(Deserialize)]
struct Ready {
    url: String,
    data_dir: PathBuf,
}

impl Server {
    /// Starts `program` on a free port; builds one when there is none.
    pub(super) fn start(program: Option<PathBuf>) -> anyhow::Result<Self> {
        let program = program.map_or_else(omoi::build, Ok)?;
        let directory = tempfile::tempdir()?;
        let mut command = Command::new(&program);
        command
            .args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(directory.path().join("data"));
        // Ideas that are made up at random are not worth money.
        command.env_remove("ANTHROPIC_API_KEY").env_remove("OPENAI_API_KEY");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("stdout is piped")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let ready: Ready = serde_json::from_str(&line).context("omoi up did not get ready; see above")?;
        let key = fs::read_to_string(ready.data_dir.join("operator.key"))?.trim().to_owned();
        Ok(Self { url: ready.url, key, program, child, directory })
    }

    /// Where this run may write.
    pub(super) fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// The program, beside this server and nothing else.
    pub(super) fn omoi(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.env("OMOI_URL", &self.url).env_remove("OMOI_KEY");
        command
    }

    /// Writes the document of the same program to `path`.
    pub(super) fn write_document(&self, path: &Path) -> anyhow::Result<()> {
        let printed = Command::new(&self.program).arg("openapi").output()?;
        if !printed.status.success() {
            bail!("omoi openapi failed: {}", String::from_utf8_lossy(&printed.stderr));
        }
        Ok(fs::write(path, printed.stdout)?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGTERM would end it in order; nothing of it is kept, and its children end with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
        // What root's children keep outside the data directory.
        if let Ok(home) = fs::read_to_string(self.directory.path().join("data/home")) {
            let _ = fs::remove_dir_all(home.trim());
        }
    }
}
