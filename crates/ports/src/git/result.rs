//! How a run's work becomes a bundle, inside of its sandbox: which git commands, and what their answers mean. Nothing of it
//! runs on the host, and nothing that comes of it is believed there.

use std::io;

use super::CommitHash;

/// The one ref that a bundle of a result holds.
pub const RESULT_REF: &str = "refs/heads/omoi/result";

/// Whatever the agent has configured: nothing asks, nothing signs, and no hook is in the way of its work being kept.
const QUIET: &[&str] = &[
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "commit.gpgSign=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "advice.addEmbeddedRepo=false",
];

/// How git ended: its code, and what it said.
pub type Ended = (i32, String);

/// What a result is made of. Each method is the arguments of one call of git in the workspace.
#[derive(Clone, Debug)]
pub struct ResultCommands<'a> {
    /// What the run was given.
    pub base: CommitHash,
    /// What a commit of the agent's uncommitted work says.
    pub message: &'a str,
    /// Trailers of it, by name: `("Run", "0190…")`.
    pub trailers: &'a [(&'a str, &'a str)],
    /// The bundle, a path inside of the sandbox.
    pub file: &'a str,
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Made {
    /// Nothing was changed: there is no bundle, and the head is the base.
    Nothing,
    /// A bundle, with this commit.
    Commit(CommitHash),
}

impl ResultCommands<'_> {
    /// Calls git until the bundle is there. A snapshot is made in the same way: the agent may go on afterwards, and its
    /// branch holds what was committed here.
    ///
    /// # Errors
    /// When git cannot be called, or says what it does not say in a sound workspace.
    pub fn make(&self, mut git: impl FnMut(&[String]) -> io::Result<Ended>) -> io::Result<Made> {
        must(git(&self.stage())?)?;
        // 0 when the index holds what HEAD holds. Without a HEAD, as after `git checkout --orphan`, it is another.
        if git(&self.is_clean())?.0 != 0 {
            must(git(&self.commit())?)?;
        }
        let head = must(git(&self.head())?)?;
        let result =
            if git(&self.is_built_on_base(&head))?.0 == 0 { head } else { must(git(&self.join(&head))?)? };
        let result = result.parse().map_err(io::Error::other)?;
        if result == self.base {
            return Ok(Made::Nothing);
        }
        must(git(&self.point(result))?)?;
        must(git(&self.bundle())?)?;
        Ok(Made::Commit(result))
    }

    /// All that is there, but for what is ignored.
    #[must_use]
    pub fn stage(&self) -> Vec<String> {
        arguments(&["add", "--all", "--", "."])
    }

    /// Ends with 0 when there is nothing to commit.
    #[must_use]
    pub fn is_clean(&self) -> Vec<String> {
        arguments(&["diff", "--cached", "--quiet", "--no-ext-diff", "HEAD", "--"])
    }

    /// What the agent has not committed itself.
    #[must_use]
    pub fn commit(&self) -> Vec<String> {
        let mut arguments = arguments(&["commit", "--quiet", "--no-verify", "--cleanup=whitespace"]);
        arguments.push(format!("--message={}", self.message));
        arguments.extend(self.trailers.iter().map(|(name, value)| format!("--trailer={name}: {value}")));
        arguments
    }

    /// Says where the work is, whichever branch it is on.
    #[must_use]
    pub fn head(&self) -> Vec<String> {
        arguments(&["rev-parse", "--verify", "HEAD^{commit}"])
    }

    /// Ends with 0 when it is so. It is not when the agent has amended or rebased what it was given.
    #[must_use]
    pub fn is_built_on_base(&self, head: &str) -> Vec<String> {
        arguments(&["merge-base", "--is-ancestor", self.base.as_str(), head])
    }

    /// Says a commit with the files of `head` that does build on the base: no work is lost because of where it stands.
    #[must_use]
    pub fn join(&self, head: &str) -> Vec<String> {
        let tree = format!("{head}^{{tree}}");
        arguments(&["commit-tree", "-p", self.base.as_str(), "-p", head, "-m", self.message, &tree])
    }

    /// Names it as the bundle has to.
    #[must_use]
    pub fn point(&self, result: CommitHash) -> Vec<String> {
        arguments(&["update-ref", RESULT_REF, result.as_str()])
    }

    /// What is new since the base. Git makes none when there is nothing.
    #[must_use]
    pub fn bundle(&self) -> Vec<String> {
        let range = format!("{}..{RESULT_REF}", self.base);
        arguments(&["bundle", "create", "--quiet", self.file, &range])
    }
}

fn arguments(command: &[&str]) -> Vec<String> {
    let settings = QUIET.iter().flat_map(|setting| ["-c", *setting]);
    settings.chain(command.iter().copied()).map(str::to_owned).collect()
}

fn must((code, said): Ended) -> io::Result<String> {
    match code {
        0 => Ok(said.trim_end().to_owned()),
        code => Err(io::Error::other(format!("git ended with {code}: {}", said.trim_end()))),
    }
}
