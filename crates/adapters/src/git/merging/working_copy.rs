//! The working copy in which a branch is checked out: whether its files can follow, and whether they have.
//!
//! Git writes files there as it does for `receive.denyCurrentBranch=updateInstead`: only if nothing is changed, and never over
//! what it does not know. Hooks are kept from running ([`crate::git::fence`]). Filters cannot be: what they make of a file is what
//! belongs into the working copy, so where there are any, the files are left to whoever may run them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ports::git::{CommitHash, GitError, WorkError};
use ports::llm::Said;

use super::forward::Step;
use crate::git::GitCli;
use crate::git::run::Call;
use crate::git::work::keep::{Keep, good};

/// The longest list of attributes that is read. Those of git itself are of a few hundred bytes.
const MAX_ATTRIBUTES_BYTES: u64 = 1 << 20;
/// The file of attributes in a directory.
const ATTRIBUTES: &[u8] = b".gitattributes";

/// A working copy.
#[derive(Debug)]
pub(super) struct WorkingCopy {
    files: PathBuf,
    git_dir: PathBuf,
    /// What it has in common with other working copies.
    common: PathBuf,
}

impl WorkingCopy {
    fn call(&self, within: std::time::Duration) -> Call {
        Call::new(&self.git_dir, within).env("GIT_WORK_TREE", &self.files)
    }
}

impl GitCli {
    /// The working copy at this place; none if it is a bare repository, whose HEAD stands for nothing.
    pub(super) async fn working_copy(
        &self,
        git_dir: &Path,
        place: &Path,
        step: Step<'_>,
    ) -> Result<Option<WorkingCopy>, GitError> {
        let same = |one: &Path, other: &Path| matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other);
        if same(place, git_dir) {
            return Ok(None);
        }
        let own = place.join(".git");
        // Files are written only where the way back leads here too.
        let (here, there) = (self.common_dir(git_dir).await?, self.common_dir(&own).await);
        match (here, there) {
            (Some(here), Ok(Some(there))) if same(&here, &there) => {
                Ok(Some(WorkingCopy { files: place.to_owned(), git_dir: own, common: here }))
            }
            _ => Err(WorkError::CheckedOut { branch: step.branch.clone() }.into()),
        }
    }

    async fn common_dir(&self, git_dir: &Path) -> Result<Option<PathBuf>, GitError> {
        let said = self.line(git_dir, &["rev-parse", "--path-format=absolute", "--git-common-dir"]).await?;
        Ok(said.map(PathBuf::from))
    }

    /// Refuses one with filters.
    pub(super) async fn may_follow(
        &self,
        keep: &Keep,
        copy: &WorkingCopy,
        step: Step<'_>,
    ) -> Result<(), GitError> {
        let own = fs::read_to_string(copy.common.join("info/attributes")).unwrap_or_default();
        let drivers = ["config", "--name-only", "--get-regexp", r"^filter\."];
        let is_filtered = names_a_filter(&own)
            || self.line(&copy.git_dir, &drivers).await?.is_some()
            || self.filters(keep, step.from).await?
            || self.filters(keep, step.to).await?;
        if is_filtered {
            let (branch, commit) = (step.branch.clone(), step.to);
            return Err(WorkError::WorkingCopyFiltered { branch, commit }.into());
        }
        Ok(())
    }

    /// Whether attributes at this commit name filters, or cannot be read.
    async fn filters(&self, keep: &Keep, commit: CommitHash) -> Result<bool, GitError> {
        let call = Call::new(&keep.path, self.options.local_within);
        let list = call.clone().args(["ls-tree", "-r", "-z", "--full-tree", commit.as_str()]);
        let answer = good(self.run(list).await?)?;
        if answer.cut {
            return Err(self.too_large(commit));
        }
        let said = answer.stdout.split(|byte| *byte == 0);
        let objects: Vec<_> = said.filter_map(attributes).map(String::from_utf8_lossy).collect();
        let objects: BTreeSet<&str> = objects.iter().map(AsRef::as_ref).collect();
        if objects.is_empty() {
            return Ok(false);
        }
        let texts = self.texts(call, &objects, MAX_ATTRIBUTES_BYTES).await?;
        Ok(texts.len() < objects.len() || texts.values().any(|text| names_a_filter(text)))
    }

    /// Whether its files are those of the commit already, and nothing else is changed.
    pub(super) async fn follows(&self, copy: &WorkingCopy, commit: CommitHash) -> Result<bool, GitError> {
        let call = || copy.call(self.options.local_within);
        let listed = ["diff-index", "--quiet", "--cached", "--ignore-submodules", commit.as_str(), "--"];
        let there = ["diff-files", "--quiet", "--ignore-submodules", "--"];
        Ok(self.run(call().args(listed)).await?.is_good && self.run(call().args(there)).await?.is_good)
    }

    /// Whether somebody else's git is at work there: the one that looks for changes does not tell that from one.
    pub(super) async fn locked(&self, copy: &WorkingCopy) -> Result<Option<GitError>, GitError> {
        let path = ["rev-parse", "--path-format=absolute", "--git-path", "index.lock"];
        let lock = self.line(&copy.git_dir, &path).await?.unwrap_or_default();
        let said = Said::new("another git is at work in its working copy, or has left its index.lock there");
        Ok(fs::symlink_metadata(lock).is_ok().then(|| WorkError::NotWritten { said }.into()))
    }

    /// Moves the branch alone.
    pub(super) async fn move_there(
        &self,
        git_dir: &Path,
        name: &str,
        step: Step<'_>,
    ) -> Result<(), GitError> {
        let Step { from, to, .. } = step;
        let call = Call::new(git_dir, self.options.local_within);
        let call = call.args(["update-ref", "-m", "merged", name, to.as_str(), from.as_str()]);
        good(self.run(call).await?).map(|_| ())
    }
}

/// The object of a file of attributes: `MODE TYPE OBJECT<TAB>PATH`.
fn attributes(record: &[u8]) -> Option<&[u8]> {
    let tab = record.iter().position(|byte| *byte == b'\t')?;
    let (about, path) = (&record[..tab], &record[tab + 1..]);
    let name = path.rsplit(|byte| *byte == b'/').next()?;
    let object = about.rsplit(|byte| *byte == b' ').next()?;
    (name == ATTRIBUTES && about.starts_with(b"100")).then_some(object)
}

fn names_a_filter(attributes: &str) -> bool {
    let lines = attributes.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(|line| line.split_ascii_whitespace().skip(1)).any(|word| word.starts_with("filter="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_sets_a_filter_names_one() {
        for (line, names) in [
            ("*.png filter=lfs diff=lfs merge=lfs -text", true),
            ("  \"a b\"\ttext\tfilter=x", true),
            ("[attr]large filter=lfs", true),
            ("# *.png filter=lfs", false),
            ("*.png -filter", false),
            ("*.rs text eol=lf", false),
            ("filter=x text", false),
            ("", false),
        ] {
            assert_eq!(names_a_filter(&format!("* text=auto\n{line}\n")), names, "{line}");
        }
    }
}
