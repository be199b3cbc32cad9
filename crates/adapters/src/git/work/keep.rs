//! The keep of a repository: a bare repository of our own, which is never thrown away. A commit that is whole, with all
//! that came before it down to where the history was cut, has a ref `refs/omoi/known/COMMIT`; that is written last.
//!
//! Histories are long and runs are short: the first commit comes with [`DEPTH`] commits, whatever comes later reaches down to
//! what is here, and the rest is fetched once a merge asks for it ([`GitCli::deepen`]).

use std::path::{Path, PathBuf};
use std::time::Duration;

use kernel::derived_uuid;
use ports::git::{CommitHash, GitError, RepositoryUrl, Transport};

use super::lock::Lock;
use super::{disk, there};
use crate::git::run::{Answer, Call};
use crate::git::{GitCli, failure, local};

/// With how much history a keep begins: as much as a clone has.
pub(super) const DEPTH: u32 = 50;
/// More packs are made into fewer.
const MOST_PACKS: usize = 50;

/// A keep, and the right to write to it: one at a time has it, of all servers that use this directory.
#[derive(Debug)]
pub(in crate::git) struct Keep {
    pub(in crate::git) path: PathBuf,
    lock: Lock,
}

impl Keep {
    /// A call that holds the lock as long as it lasts: what a server that was killed has left running ends first.
    pub(in crate::git) fn call(&self, within: Duration) -> Call {
        Call::new(&self.path, within).hearing(self.lock.file.clone())
    }
}

/// The name of a commit that is whole here.
pub(in crate::git) fn known(commit: CommitHash) -> String {
    format!("refs/omoi/known/{commit}")
}

impl GitCli {
    pub(in crate::git) fn keep_path(&self, url: &RepositoryUrl) -> PathBuf {
        let name = derived_uuid(&[b"keep", url.as_str().as_bytes()]);
        self.options.keep.join(format!("{name}.git"))
    }

    /// The keep for reading, with these commits in it.
    pub(in crate::git) async fn keep_with(
        &self,
        url: &RepositoryUrl,
        commits: &[CommitHash],
    ) -> Result<PathBuf, GitError> {
        self.may_reach(url)?;
        let path = self.keep_path(url);
        if self.unknown(&path, commits).await?.is_empty() {
            return Ok(path);
        }
        Ok(self.keep_to_write(url, commits).await?.path)
    }

    /// The keep for writing, with these commits in it.
    pub(in crate::git) async fn keep_to_write(
        &self,
        url: &RepositoryUrl,
        commits: &[CommitHash],
    ) -> Result<Keep, GitError> {
        self.may_reach(url)?;
        let path = self.keep_path(url);
        let lock = self.lock(&path.with_extension("lock")).await?;
        let keep = Keep { path, lock };
        for commit in self.unknown(&keep.path, commits).await? {
            self.bring(&keep, url, commit).await?;
        }
        Ok(keep)
    }

    /// Those of them that are not here.
    async fn unknown(&self, keep: &Path, commits: &[CommitHash]) -> Result<Vec<CommitHash>, GitError> {
        if !disk::is_there(&keep.join("HEAD")).await {
            return Ok(commits.to_vec());
        }
        let asked: String = commits.iter().map(|commit| format!("{}\n", known(*commit))).collect();
        let call = Call::new(keep, self.options.local_within)
            .args(["cat-file", "--batch-check=%(objectname)"])
            .stdin(asked.into_bytes());
        let answer = good(self.run(call).await?)?;
        let said = String::from_utf8_lossy(&answer.stdout);
        let here = |(commit, line): &(&CommitHash, &str)| *line != commit.as_str();
        Ok(commits.iter().zip(said.lines()).filter(here).map(|(commit, _)| *commit).collect())
    }

    async fn bring(&self, keep: &Keep, url: &RepositoryUrl, commit: CommitHash) -> Result<(), GitError> {
        self.make(keep, commit).await?;
        let wanted = format!("{commit}:{}", known(commit));
        let depth = format!("--depth={DEPTH}");
        let more = if disk::count(&keep.path.join("objects/pack"), "pack").await == 0 {
            vec![depth]
        } else {
            Vec::new()
        };
        self.fetch_into(keep, url, commit, &more, &wanted).await
    }

    /// The whole history, when a part of it turned out to be too short. Whether there was more.
    pub(in crate::git) async fn deepen(
        &self,
        keep: &Keep,
        url: &RepositoryUrl,
        for_the: CommitHash,
    ) -> Result<bool, GitError> {
        if !disk::is_there(&keep.path.join("shallow")).await {
            return Ok(false);
        }
        self.fetch_into(keep, url, for_the, &["--unshallow".to_owned()], "HEAD").await?;
        Ok(true)
    }

    async fn fetch_into(
        &self,
        keep: &Keep,
        url: &RepositoryUrl,
        commit: CommitHash,
        more: &[String],
        wanted: &str,
    ) -> Result<(), GitError> {
        let call = keep.call(self.options.keep_within).args([
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--update-shallow",
        ]);
        let call = call.args(more);
        let call = match url.transport() {
            Transport::Path => {
                let call = call.by("file").args([self.other_end(there::UPLOAD_PACK).await?]);
                call.args(["--".into(), local::git_dir(url).await?.into_os_string(), wanted.into()])
            }
            Transport::Https { .. } | Transport::Ssh { .. } => {
                let call = call.args(["--", url.as_str(), wanted]);
                self.connected(call.writing_at_most(self.options.max_fetched_bytes), url).await?
            }
        };
        let answer = self.healed(keep, call).await?;
        if answer.is_good {
            return Ok(());
        }
        let complaint = answer.stderr.to_lowercase();
        let has = |words: &&str| complaint.contains(words);
        if ["not our ref", "unadvertised object", "couldn't find remote ref"].iter().any(has) {
            return Err(GitError::NoSuchCommit { commit });
        }
        if ["signal 25", "file too large"].iter().any(has) {
            return Err(GitError::TooLarge { max_bytes: self.options.max_fetched_bytes });
        }
        Err(failure::sort(&answer.stderr))
    }

    async fn make(&self, keep: &Keep, commit: CommitHash) -> Result<(), GitError> {
        if disk::is_there(&keep.path.join("HEAD")).await {
            return Ok(());
        }
        let part = disk::Part::of(&keep.path)?;
        let format = if commit.as_str().len() == 64 { "sha256" } else { "sha1" };
        // Its own HEAD is no branch that anybody makes.
        let call = Call::new(part.path(), self.options.local_within)
            .config("init.defaultRefFormat=files")
            .args(["init", "--quiet", "--bare", "--template=", "--initial-branch=none"])
            .args([format!("--object-format={format}")]);
        good(self.run(call).await?)?;
        part.done()
    }

    /// Makes few packs out of many: each run leaves one, and git looks into all of them. Nothing is thrown away.
    pub(super) async fn tidy(&self, keep: &Keep) -> Result<(), GitError> {
        if disk::count(&keep.path.join("objects/pack"), "pack").await <= MOST_PACKS {
            return Ok(());
        }
        for arguments in [&["repack", "--geometric=2", "-d", "--quiet"][..], &["pack-refs", "--all"]] {
            good(self.healed(keep, keep.call(self.options.keep_within).args(arguments)).await?)?;
        }
        Ok(())
    }

    /// Calls git, and once more when what stood in its way was left by one that was killed: nobody else writes here.
    pub(in crate::git) async fn healed(&self, keep: &Keep, call: Call) -> Result<Answer, GitError> {
        let answer = self.run(call.clone()).await?;
        let is_locked = !answer.is_good
            && answer.stderr.contains(".lock': File exists")
            && answer.stderr.contains(keep.path.to_string_lossy().as_ref());
        if !is_locked {
            return Ok(answer);
        }
        disk::remove_locks(&keep.path)?;
        self.run(call).await
    }
}

/// The answer, when git had no complaint.
pub(in crate::git) fn good(answer: Answer) -> Result<Answer, GitError> {
    if answer.is_good { Ok(answer) } else { Err(failure::sort(&answer.stderr)) }
}
