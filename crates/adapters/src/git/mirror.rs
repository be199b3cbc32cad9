//! What was fetched: for each address a bare repository, to which the commits that somebody reads are added. It is a cache:
//! one that is broken, by a kill in the middle perhaps, is made anew.

use std::collections::HashMap;
use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use kernel::derived_uuid;
use ports::git::{CommitHash, GitError, RepositoryUrl};
use ports::llm::Said;

use super::run::Call;
use super::{GitCli, failure};

/// One at a time writes into a repository; the others wait, and then it is there.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<HashMap<PathBuf, Arc<tokio::sync::Mutex<()>>>>);

impl Turns {
    pub(super) fn of(&self, repository: &Path) -> Arc<tokio::sync::Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.entry(repository.to_owned()).or_default().clone()
    }
}

impl GitCli {
    /// The repository in which `commit` is, fetched if it was not there.
    pub(super) async fn fetched(&self, url: &RepositoryUrl, commit: CommitHash) -> Result<PathBuf, GitError> {
        let name = derived_uuid(&[b"mirror", url.as_str().as_bytes()]);
        let mirror = self.options.cache.join(format!("{name}.git"));
        let turn = self.mirrors.of(&mirror);
        let _turn = turn.lock().await;
        if self.has(&mirror, commit).await? {
            return Ok(mirror);
        }
        match self.fetch(&mirror, url, commit).await {
            Ok(()) => Ok(mirror),
            // A file of a lock, half an index: whatever it is, it is not in a new one.
            Err(GitError::Failed { .. }) => {
                remove(&mirror).await?;
                let fetched = self.fetch(&mirror, url, commit).await;
                if fetched.is_err() {
                    remove(&mirror).await?;
                }
                fetched.map(|()| mirror)
            }
            Err(error) => {
                if matches!(error, GitError::TooLarge { .. } | GitError::Timeout { .. }) {
                    remove(&mirror).await?;
                }
                Err(error)
            }
        }
    }

    async fn has(&self, mirror: &Path, commit: CommitHash) -> Result<bool, GitError> {
        if !tokio::fs::try_exists(mirror.join("HEAD")).await.unwrap_or(false) {
            return Ok(false);
        }
        let wanted = format!("{commit}^{{tree}}");
        let call = Call::new(mirror, self.options.local_within).args(["cat-file", "-e", &wanted]);
        Ok(self.run(call).await?.is_good)
    }

    async fn fetch(&self, mirror: &Path, url: &RepositoryUrl, commit: CommitHash) -> Result<(), GitError> {
        make_directory(&self.options.cache).await.map_err(|error| unwritable(&error))?;
        let format = if commit.as_str().len() == 64 { "sha256" } else { "sha1" };
        let new = Call::new(mirror, self.options.local_within)
            .args(["init", "--quiet", "--bare", "--template="])
            .args([format!("--object-format={format}")]);
        let made = self.run(new).await?;
        if !made.is_good {
            return Err(failure::sort(&made.stderr));
        }
        let max_bytes = self.options.max_fetched_bytes;
        let filter = if self.program.get().await?.can_leave_files_out() {
            vec![format!("--filter=blob:limit={}", self.options.max_file_bytes)]
        } else {
            Vec::new()
        };
        let call = Call::new(mirror, self.options.fetch_within)
            .args([
                "fetch",
                "--quiet",
                "--no-tags",
                "--no-write-fetch-head",
                "--no-recurse-submodules",
                "--depth=1",
            ])
            .args(filter)
            .args(["--", url.as_str(), commit.as_str()])
            .writing_at_most(max_bytes);
        let answer = self.run(self.connected(call, url).await?).await?;
        if answer.is_good {
            return Ok(());
        }
        if is_full(mirror, max_bytes).await {
            return Err(GitError::TooLarge { max_bytes });
        }
        let complaint = answer.stderr.to_lowercase();
        let gone = ["not our ref", "unadvertised object", "couldn't find remote ref"];
        Err(match gone.iter().any(|words| complaint.contains(words)) {
            true => GitError::NoSuchCommit { commit },
            false => failure::sort(&answer.stderr),
        })
    }
}

/// Others on this machine have no business in what an organization works on.
pub(super) async fn make_directory(path: &Path) -> io::Result<()> {
    tokio::fs::create_dir_all(path).await?;
    tokio::fs::set_permissions(path, Permissions::from_mode(0o700)).await
}

/// Whether a file has grown as large as it may: git only says that something came to an end.
pub(super) async fn is_full(mirror: &Path, max_bytes: u64) -> bool {
    let Ok(mut packs) = tokio::fs::read_dir(mirror.join("objects/pack")).await else { return false };
    while let Ok(Some(pack)) = packs.next_entry().await {
        if pack.metadata().await.is_ok_and(|about| about.len() >= max_bytes) {
            return true;
        }
    }
    false
}

async fn remove(mirror: &Path) -> Result<(), GitError> {
    match tokio::fs::remove_dir_all(mirror).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

fn unwritable(error: &io::Error) -> GitError {
    GitError::Failed { said: Said::new(&format!("the cache cannot be written: {error}")) }
}
