//! Which files a commit has, before one of them is written.

use std::collections::BTreeMap;
use std::path::Path;

use ports::git::{CommitHash, GitError, WorkError};

use super::keep::good;
use crate::git::GitCli;
use crate::git::run::Call;

/// A few trees that hold each other many times stand for more files than a disk has room for.
const MOST_FILES: usize = 1_000_000;

/// Files by path.
pub(in crate::git) type Files = BTreeMap<Vec<u8>, Listed>;

/// One of them.
#[derive(Clone, Debug, Default)]
pub(in crate::git) struct Listed {
    /// Mode and object, as an index is told.
    pub(in crate::git) about: String,
    bytes: u64,
}

impl GitCli {
    /// The files of a commit, unless they are more than may be written.
    pub(super) async fn files(&self, keep: &Path, commit: CommitHash) -> Result<Files, GitError> {
        self.files_of(Call::new(keep, self.options.local_within), commit.as_str(), commit).await
    }

    /// The files of a tree that was made for this commit.
    pub(in crate::git) async fn files_of(
        &self,
        call: Call,
        tree: &str,
        commit: CommitHash,
    ) -> Result<Files, GitError> {
        let call = call.args(["ls-tree", "-r", "-z", "-l", "--full-tree", tree]).at_most_records(MOST_FILES);
        let answer = good(self.run(call).await?)?;
        if answer.cut {
            return Err(self.too_large(commit));
        }
        let files: Files = answer.stdout.split(|byte| *byte == 0).filter_map(file).collect();
        self.fit(commit, &files)?;
        Ok(files)
    }

    /// Whether there is room for them: a file of a few bytes can stand for one of many.
    pub(super) fn fit(&self, commit: CommitHash, files: &Files) -> Result<(), GitError> {
        let bytes = files.values().map(|file| file.bytes).fold(0, u64::saturating_add);
        if bytes > self.options.max_files_bytes { Err(self.too_large(commit)) } else { Ok(()) }
    }

    pub(in crate::git) fn too_large(&self, commit: CommitHash) -> GitError {
        let max_bytes = self.options.max_files_bytes;
        WorkError::FilesTooLarge { commit, max_files: MOST_FILES, max_bytes }.into()
    }
}

impl Listed {
    /// One that is put in the place of others.
    pub(in crate::git) fn of(about: String) -> Self {
        Self { about, bytes: 0 }
    }
}

/// `MODE TYPE OBJECT BYTES<TAB>PATH`, with spaces before the bytes; a submodule has `-` instead.
fn file(record: &[u8]) -> Option<(Vec<u8>, Listed)> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let mut about = std::str::from_utf8(&record[..tab]).ok()?.split_ascii_whitespace();
    let (mode, _, object, bytes) = (about.next()?, about.next()?, about.next()?, about.next()?);
    let listed = Listed { about: format!("{mode} {object}"), bytes: bytes.parse().unwrap_or_default() };
    Some((record[tab + 1..].to_owned(), listed))
}
