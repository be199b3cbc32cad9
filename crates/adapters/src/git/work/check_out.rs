//! The files of a commit in a directory, and nothing else: no repository, no filter, no link that was followed.

use std::collections::BTreeMap;
use std::path::Path;

use ports::git::{Checkout, CommitHash, GitError, WorkError};

use super::disk;
use super::keep::good;
use crate::git::GitCli;
use crate::git::run::Call;

/// Files by path: mode and object.
type Files = BTreeMap<Vec<u8>, String>;

impl GitCli {
    pub(super) async fn checked_out(&self, checkout: &Checkout<'_>) -> Result<(), GitError> {
        let turn = self.keeps.of(checkout.directory);
        let _turn = turn.lock().await;
        if disk::is_there(checkout.directory).await {
            return Err(WorkError::PlaceTaken.into());
        }
        let mut commits = vec![checkout.commit];
        commits.extend(checkout.restored.map(|(commit, _)| commit));
        let keep = self.keep_with(checkout.url, &commits).await?;
        let mut files = self.files(&keep, checkout.commit).await?;
        if let Some((from, paths)) = checkout.restored {
            restore(&mut files, &self.files(&keep, from).await?, paths);
        }
        self.fit(&keep, checkout.commit, &files).await?;

        let part = disk::Part::of(checkout.directory).await?;
        let (index, tree) = (part.path().join("index"), part.path().join("files"));
        tokio::fs::create_dir(&tree).await.map_err(|error| disk::unwritable(&error))?;
        let call = || {
            Call::new(&keep, self.options.keep_within)
                .env("GIT_INDEX_FILE", &index)
                .env("GIT_WORK_TREE", &tree)
        };
        let mut listed = Vec::new();
        for (path, about) in &files {
            listed.extend([about.as_bytes(), b"\t", path, b"\0"].concat());
        }
        good(self.run(call().args(["update-index", "-z", "--index-info"]).stdin(listed)).await?)?;
        let write = call().config("checkout.workers=0").args(["checkout-index", "--all", "--quiet"]);
        good(self.run(write).await?)?;
        part.done_with(&tree).await
    }

    async fn files(&self, keep: &Path, commit: CommitHash) -> Result<Files, GitError> {
        let call = Call::new(keep, self.options.local_within).args([
            "ls-tree",
            "-r",
            "-z",
            "--full-tree",
            commit.as_str(),
        ]);
        let answer = good(self.run(call).await?)?;
        let records = answer.stdout.split(|byte| *byte == 0);
        Ok(records.filter_map(file).collect())
    }

    /// Whether they have their place: a file of a few bytes can stand for one of many.
    async fn fit(&self, keep: &Path, commit: CommitHash, files: &Files) -> Result<(), GitError> {
        let max_bytes = self.options.max_files_bytes;
        let names = files.values().filter_map(|about| about.split(' ').nth(1)).flat_map(|name| [name, "\n"]);
        let call = Call::new(keep, self.options.local_within)
            .args(["cat-file", "--buffer", "--batch-check=%(objectsize)"])
            .stdin(names.collect::<String>().into_bytes());
        let answer = good(self.run(call).await?)?;
        let said = String::from_utf8_lossy(&answer.stdout);
        // Commits of submodules are missing, and have no size.
        let bytes = said.lines().filter_map(|line| line.parse::<u64>().ok()).fold(0, u64::saturating_add);
        if bytes > max_bytes {
            return Err(WorkError::FilesTooLarge { commit, max_bytes }.into());
        }
        Ok(())
    }
}

/// `MODE TYPE OBJECT<TAB>PATH`; the index is told `MODE OBJECT`.
fn file(record: &[u8]) -> Option<(Vec<u8>, String)> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let mut about = std::str::from_utf8(&record[..tab]).ok()?.split(' ');
    let (mode, _, object) = (about.next()?, about.next()?, about.next()?);
    Some((record[tab + 1..].to_owned(), format!("{mode} {object}")))
}

/// Makes these paths, and all below them, what they are in `from`; what stands in their way gives way.
fn restore(files: &mut Files, from: &Files, paths: &[String]) {
    let is_at = |path: &[u8], top: &[u8]| {
        path.strip_prefix(top).is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    };
    for top in paths {
        let top = top.trim_end_matches('/').as_bytes();
        files.retain(|path, _| !is_at(path, top));
        for (path, about) in from.iter().filter(|(path, _)| is_at(path, top)) {
            for (end, byte) in path.iter().enumerate() {
                if *byte == b'/' {
                    files.remove(&path[..end]);
                }
            }
            files.insert(path.clone(), about.clone());
        }
    }
}
