//! A repository in a directory of this machine, at the other end of a fetch or a push.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use ports::git::{Branch, CommitHash, GitError, WorkError};
use ports::llm::Said;

use super::keep::{Keep, good};
use crate::git::fence::CONFIG;
use crate::git::run::{Answer, Call};
use crate::git::{GitCli, failure};

/// Gives commits.
pub(super) const UPLOAD_PACK: Service = Service {
    option: "--upload-pack",
    command: "upload-pack",
    // A commit is asked for by name, whatever branches have become meanwhile.
    config: &["uploadpack.allowAnySHA1InWant=true"],
};
/// Takes commits. It knows the whole history and what is checked out, so it is the one that refuses.
pub(in crate::git) const RECEIVE_PACK: Service = Service {
    option: "--receive-pack",
    command: "receive-pack",
    config: &[
        "receive.denyCurrentBranch=refuse",
        "receive.denyDeleteCurrent=refuse",
        "receive.denyNonFastForwards=true",
        "receive.denyDeletes=true",
        "receive.autogc=false",
    ],
};

/// Takes commits, and brings the files of a working copy forward with its branch, if nothing is changed there.
pub(in crate::git) const RECEIVE_PACK_AND_FILES: Service = Service {
    option: "--receive-pack",
    command: "receive-pack",
    config: &[
        "receive.denyCurrentBranch=updateInstead",
        "receive.denyDeleteCurrent=refuse",
        "receive.denyNonFastForwards=true",
        "receive.denyDeletes=true",
        "receive.autogc=false",
        // Each is a repository of its own, with hooks and settings of its own.
        "submodule.recurse=false",
    ],
};

/// What runs at the other end.
#[derive(Clone, Copy)]
pub(in crate::git) struct Service {
    option: &'static str,
    command: &'static str,
    config: &'static [&'static str],
}

/// What is to be put where.
pub(in crate::git) struct Push<'a> {
    pub(in crate::git) commit: CommitHash,
    pub(in crate::git) to: &'a str,
    /// What is there now; nothing else is replaced.
    pub(in crate::git) instead_of: Option<CommitHash>,
    pub(in crate::git) by: Service,
}

/// The end of a branch there, and where it is checked out.
#[derive(Debug, Default)]
pub(in crate::git) struct There {
    pub(in crate::git) commit: Option<CommitHash>,
    pub(in crate::git) worktree: Option<PathBuf>,
}

impl GitCli {
    /// The option that fences the other end too. Git gives it none of the configuration of our end: without this, hooks and
    /// settings of the repository would count there (`tests/it/git/work/planted.rs`). Whose repository it is does not
    /// matter, as in [`super::super::run`].
    pub(super) async fn other_end(&self, service: Service) -> Result<OsString, GitError> {
        let program = self.program.get().await?.program.clone();
        let mut option = OsString::from(service.option);
        // It is one end of a transport, and reaches nobody itself.
        option.push("=GIT_ALLOW_PROTOCOL=none GIT_NO_REPLACE_OBJECTS=1 ");
        option.push(quoted(program.as_os_str()));
        for setting in CONFIG.iter().chain(service.config).chain(&["safe.directory=*"]) {
            option.push(format!(" -c '{setting}'"));
        }
        option.push(" ");
        option.push(service.command);
        Ok(option)
    }

    /// Puts a commit of the keep there.
    pub(super) async fn push(
        &self,
        keep: &Keep,
        git_dir: &Path,
        push: &Push<'_>,
    ) -> Result<Answer, GitError> {
        self.healed(keep, self.pushing(keep, git_dir, push).await?).await
    }

    pub(in crate::git) async fn pushing(
        &self,
        keep: &Keep,
        git_dir: &Path,
        push: &Push<'_>,
    ) -> Result<Call, GitError> {
        let instead_of = push.instead_of.map_or(String::new(), |commit| commit.to_string());
        let lease = format!("--force-with-lease={}:{instead_of}", push.to);
        let call = keep.call(self.options.keep_within).by("file");
        let call =
            call.args(["push", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no"]);
        Ok(call.args([self.other_end(push.by).await?]).args([
            OsString::from(lease),
            "--".into(),
            git_dir.into(),
            format!("{}:{}", push.commit, push.to).into(),
        ]))
    }

    /// What `branch` is there.
    pub(in crate::git) async fn branch_there(
        &self,
        git_dir: &Path,
        branch: &Branch,
    ) -> Result<There, GitError> {
        let wanted = format!("refs/heads/{branch}");
        let call = Call::new(git_dir, self.options.local_within).args([
            "for-each-ref",
            "--format=%(refname)%00%(objectname)%00%(worktreepath)",
            "--",
            &wanted,
        ]);
        let answer = good(self.run(call).await?)?;
        let said = String::from_utf8_lossy(&answer.stdout);
        // It lists what is below such a name too.
        let mut rows = said.lines().map(|line| line.split('\0'));
        let row = rows.find(|row| row.clone().next() == Some(wanted.as_str()));
        Ok(row.map_or_else(There::default, |mut row| There {
            commit: row.nth(1).and_then(|commit| commit.parse().ok()),
            worktree: row.next().filter(|path| !path.is_empty()).map(PathBuf::from),
        }))
    }
}

/// Why the repository did not take a commit, when it said so: `!<TAB>FROM:TO<TAB>[remote rejected] (REASON)`.
pub(in crate::git) fn refusal(answer: &Answer) -> GitError {
    let said = String::from_utf8_lossy(&answer.stdout);
    let Some(row) = said.lines().find(|line| line.starts_with('!')) else {
        return failure::sort(&answer.stderr);
    };
    let reason = row.rsplit('\t').next().unwrap_or_default();
    let detail = answer.stderr.lines().find_map(|line| {
        let line = line.strip_prefix("remote: ").unwrap_or(line);
        line.strip_prefix("error: ").or_else(|| line.strip_prefix("fatal: "))
    });
    let said = detail.map_or_else(|| reason.to_owned(), |detail| format!("{reason} {}", detail.trim_end()));
    WorkError::NotWritten { said: Said::new(&said) }.into()
}

/// As a word of a shell.
pub(in crate::git) fn quoted(word: &std::ffi::OsStr) -> OsString {
    use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};
    let inside = word.as_bytes().split(|byte| *byte == b'\'').collect::<Vec<_>>().join(&b"'\\''"[..]);
    OsString::from_vec([&b"'"[..], &inside, b"'"].concat())
}
