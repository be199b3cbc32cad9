//! A clone for a run: files and history of its own, nothing that leads back.

use std::fs;
use std::path::Path;

use ports::git::{CommitHash, GitError, RunClone};

use super::disk::{self, unwritable};
use super::keep::{DEPTH, good};
use super::there;
use crate::git::GitCli;
use crate::git::run::Call;

/// Packed, what came before the files of a clone may have so many bytes.
const MAX_HISTORY_BYTES: u64 = 64 << 20;

impl GitCli {
    pub(super) async fn cloned(&self, clone: &RunClone<'_>) -> Result<(), GitError> {
        // Somebody may repeat a call that has not ended.
        let turn = self.keeps.of(clone.directory);
        let _turn = turn.lock().await;
        if disk::is_there(clone.directory).await {
            return Err(ports::git::WorkError::PlaceTaken.into());
        }
        let keep = self.keep_with(clone.url, &[clone.at]).await?;
        self.files(&keep, clone.at).await?;
        let part = disk::Part::of(clone.directory)?;
        let git_dir = part.path().join(".git");
        skeleton(&git_dir, clone).map_err(|error| unwritable(&error))?;

        let within = self.options.keep_within;
        // A log of refs would say where the keep is.
        let fetch = Call::new(&git_dir, within).by("file").config("core.logAllRefUpdates=false").args([
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--update-head-ok",
        ]);
        let depth = self.depth(&keep, clone.at).await?;
        let fetch =
            fetch.args([format!("--depth={depth}")]).args([self.other_end(there::UPLOAD_PACK).await?]);
        let wanted = format!("{}:refs/heads/{}", clone.at, clone.branch);
        good(self.run(fetch.args(["--".into(), keep.into_os_string(), wanted.into()])).await?)?;

        let files = Call::new(&git_dir, within)
            .env("GIT_WORK_TREE", part.path())
            .config("checkout.workers=0")
            .args(["read-tree", "--reset", "-u", "--no-recurse-submodules", "HEAD"]);
        good(self.run(files).await?)?;
        part.done()
    }

    /// With how much history a clone begins: as much as is usual, unless that is large. Each run has its own, and what is behind its
    /// files must not fill the disk once more for each of them.
    async fn depth(&self, keep: &Path, at: CommitHash) -> Result<u32, GitError> {
        let of_files = self.packed(keep, at, 1).await?;
        for depth in [DEPTH, DEPTH / 10] {
            if self.packed(keep, at, depth).await?.saturating_sub(of_files) <= MAX_HISTORY_BYTES {
                return Ok(depth);
            }
        }
        Ok(1)
    }

    /// How many bytes so many commits have in the keep, with all that is in them.
    async fn packed(&self, keep: &Path, at: CommitHash, depth: u32) -> Result<u64, GitError> {
        let call = Call::new(keep, self.options.keep_within)
            .args(["rev-list", "--objects", "--disk-usage"])
            .args([format!("--max-count={depth}"), at.to_string()]);
        let said = good(self.run(call).await?)?.stdout;
        Ok(String::from_utf8_lossy(&said).trim().parse().unwrap_or(0))
    }
}

/// What `git init` makes, without its examples.
fn skeleton(git_dir: &Path, clone: &RunClone<'_>) -> std::io::Result<()> {
    for directory in ["objects/info", "objects/pack", "refs/heads", "refs/tags", "hooks", "info"] {
        fs::create_dir_all(git_dir.join(directory))?;
    }
    fs::write(git_dir.join("HEAD"), format!("ref: refs/heads/{}\n", clone.branch))?;
    let (version, extensions) =
        if clone.at.as_str().len() == 64 { (1, "[extensions]\n\tobjectformat = sha256\n") } else { (0, "") };
    let (name, email) = clone.identity;
    let config = format!(
        "[core]\n\trepositoryformatversion = {version}\n\tfilemode = true\n\tbare = false\n\
         \tlogallrefupdates = true\n{extensions}[user]\n\tname = {}\n\temail = {}\n",
        quoted(name),
        quoted(email)
    );
    fs::write(git_dir.join("config"), config)
}

/// As a value of a configuration: it ends where it ends, whatever it holds.
fn quoted(value: &str) -> String {
    let mut quoted = String::from("\"");
    for c in value.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push(' '),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
