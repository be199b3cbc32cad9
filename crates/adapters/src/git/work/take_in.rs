//! What a run has come to, taken into the keep. It is unpacked beside the keep's objects, where nobody sees it, and put among
//! them once it is known to be sound.

use std::path::Path;
use std::sync::Arc;

use ports::git::{Bundle, CommitHash, GitError, Transport, WorkError};

use super::MAX_MEMORY_BYTES;
use super::aside::Aside;
use super::bundle::{self, Opened, broken};
use super::keep::{Keep, good, known};
use super::there::{Push, RECEIVE_PACK, refusal};
use crate::git::run::{Answer, Call};
use crate::git::{GitCli, local};

/// Where in a keep a pack is unpacked.
const INCOMING: &str = "incoming";
/// A pack is completed with objects that it was made against.
const COMPLETED: u64 = 4;
const MAX_RUN_BYTES: usize = 64;

impl GitCli {
    pub(super) async fn taken_in(&self, bundle: &Bundle<'_>) -> Result<CommitHash, GitError> {
        let is_named = (1..=MAX_RUN_BYTES).contains(&bundle.run.len())
            && bundle.run.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
            && !bundle.run.starts_with('-');
        if !is_named || bundle.n == 0 {
            return Err(WorkError::NoRun.into());
        }
        let name = format!("refs/omoi/runs/{}/{}", bundle.run, bundle.n);
        let (file, max_bytes) = (bundle.file.to_owned(), self.options.max_result_bytes);
        let opened = tokio::task::spawn_blocking(move || bundle::open(&file, max_bytes)).await;
        let opened = opened.map_err(|_| broken("it could not be read"))??;
        let commit = opened.commit;

        let keep = self.keep_to_write(bundle.url, &[bundle.base]).await?;
        match self.ref_at(&keep.path, &name).await? {
            Some(kept) if kept != commit => {
                return Err(WorkError::AnotherIsKept { n: bundle.n, commit: kept }.into());
            }
            Some(_) => {}
            None => {
                let incoming = Aside::of(&keep.path, INCOMING)?;
                let checked = self.checked(&incoming, opened, bundle.base).await;
                if checked.is_ok() {
                    incoming.accept()?;
                }
                incoming.remove()?;
                checked?;
                self.set_refs(&keep, &[&known(commit), &name], commit).await?;
                self.tidy(&keep).await?;
            }
        }
        if matches!(bundle.url.transport(), Transport::Path) {
            let git_dir = local::git_dir(bundle.url).await?;
            self.keep_there(&keep, &git_dir, &name, commit, bundle.n).await?;
        }
        Ok(commit)
    }

    async fn checked(&self, incoming: &Aside, opened: Opened, base: CommitHash) -> Result<(), GitError> {
        let (commit, max_bytes) = (opened.commit, self.options.max_result_bytes);
        let within = self.options.keep_within;
        let unpack = incoming
            .call(within)
            .hearing(Arc::new(opened.pack))
            .writing_at_most(opened.bytes.saturating_mul(COMPLETED).max(1 << 20))
            .holding_at_most(MAX_MEMORY_BYTES)
            // Nothing that is larger is held in memory as a whole.
            .config("core.bigFileThreshold=16m")
            .args(["index-pack", "--stdin", "--fix-thin", "--strict"])
            .args([format!("--max-input-size={max_bytes}")]);
        let answer = self.run(unpack).await?;
        if !answer.is_good {
            return Err(said_of(&answer));
        }
        let kind = incoming.call(within).args(["cat-file", "-t", commit.as_str()]);
        if self.run(kind).await?.stdout != b"commit\n" {
            return Err(broken("its ref is no commit"));
        }
        let ancestor = ["merge-base", "--is-ancestor", base.as_str(), commit.as_str()];
        let answer = self.run(incoming.call(within).args(ancestor)).await?;
        match answer.code {
            Some(0) => {}
            Some(1) => return Err(WorkError::NotBuiltOn { base }.into()),
            _ => return Err(said_of(&answer)),
        }
        let whole = ["rev-list", "--objects", "--quiet", commit.as_str(), "--not", base.as_str(), "--"];
        let answer = self.run(incoming.call(within).args(whole)).await?;
        if answer.is_good { Ok(()) } else { Err(said_of(&answer)) }
    }

    /// The same ref in the repository itself.
    async fn keep_there(
        &self,
        keep: &Keep,
        git_dir: &Path,
        name: &str,
        commit: CommitHash,
        n: u32,
    ) -> Result<(), GitError> {
        match self.ref_at(git_dir, name).await? {
            Some(kept) if kept == commit => return Ok(()),
            Some(kept) => return Err(WorkError::AnotherIsKept { n, commit: kept }.into()),
            None => {}
        }
        let push = Push { commit, to: name, instead_of: None, by: RECEIVE_PACK };
        let answer = self.push(keep, git_dir, &push).await?;
        if answer.is_good { Ok(()) } else { Err(refusal(&answer)) }
    }

    /// What a ref names, if there is one.
    pub(super) async fn ref_at(&self, git_dir: &Path, name: &str) -> Result<Option<CommitHash>, GitError> {
        let said = self.line(git_dir, &["rev-parse", "--verify", "--quiet", name]).await?;
        Ok(said.and_then(|line| line.parse().ok()))
    }

    /// Sets refs of the keep, all or none.
    pub(in crate::git) async fn set_refs(
        &self,
        keep: &Keep,
        names: &[&str],
        commit: CommitHash,
    ) -> Result<(), GitError> {
        let asked: String = names.iter().map(|name| format!("update {name} {commit}\n")).collect();
        let call = Call::new(&keep.path, self.options.local_within).args(["update-ref", "--stdin"]);
        good(self.healed(keep, call.stdin(asked.into_bytes())).await?).map(|_| ())
    }
}

/// Why git did not take it: the first line says what is wrong, those after it what does not go on for that.
fn said_of(answer: &Answer) -> GitError {
    let reasons = ["error: ", "fatal: "];
    let reason =
        answer.stderr.lines().find_map(|line| reasons.iter().find_map(|word| line.strip_prefix(word)));
    broken(reason.unwrap_or("git did not take it, and did not say why"))
}
