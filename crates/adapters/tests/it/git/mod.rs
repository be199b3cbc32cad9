//! Repositories as git itself made them, read by the adapter.

mod elsewhere;
mod here;
mod hostile;
mod merging;
mod work;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use adapters::git::{GitCli, GitOptions, Reach};
use ports::git::{Branch, CommitHash, Content, Git as _, GitError, RepositoryUrl, TreePath};
use tempfile::TempDir;

/// A working copy in a directory of its own.
struct Repository {
    home: TempDir,
}

impl Repository {
    /// Without a commit, on the branch `main`.
    fn empty() -> Self {
        let made = Self { home: tempfile::tempdir().unwrap() };
        made.git(&["init", "--quiet", "--initial-branch=main", "."]);
        made
    }

    /// With these files in one commit.
    fn with(files: &[(&str, &[u8])]) -> Self {
        let made = Self::empty();
        made.commit(files);
        made
    }

    fn path(&self) -> &Path {
        self.home.path()
    }

    fn url(&self) -> RepositoryUrl {
        url(self.path().to_str().unwrap())
    }

    fn write(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    fn commit(&self, files: &[(&str, &[u8])]) -> CommitHash {
        for (name, content) in files {
            self.write(name, content);
        }
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message=work"]);
        self.head()
    }

    /// The newest commit of what is checked out.
    fn head(&self) -> CommitHash {
        self.said(&["rev-parse", "HEAD"]).parse().unwrap()
    }

    fn said(&self, arguments: &[&str]) -> String {
        String::from_utf8(self.git(arguments).stdout).unwrap().trim().to_owned()
    }

    fn git(&self, arguments: &[&str]) -> Output {
        let output = Command::new("git")
            .args([
                "-c",
                "user.name=Ada",
                "-c",
                "user.email=ada@example.org",
                "-c",
                "protocol.file.allow=always",
            ])
            .args(arguments)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        output
    }
}

/// The adapter, with a cache of its own.
struct Reader {
    git: GitCli,
    cache: TempDir,
}

impl Reader {
    fn of(reach: Reach, adapt: impl FnOnce(&mut GitOptions)) -> Self {
        let cache = tempfile::tempdir().unwrap();
        let mut options = GitOptions::new(cache.path().join("git"), reach);
        adapt(&mut options);
        Self { git: GitCli::new(options), cache }
    }

    fn new() -> Self {
        Self::of(Reach::ThisAccount, |_| ())
    }

    async fn head(&self, repository: &Repository) -> CommitHash {
        self.git.resolve(&repository.url(), None).await.unwrap().commit
    }

    async fn show(&self, url: &RepositoryUrl, commit: CommitHash, path: &str) -> Result<Content, GitError> {
        self.git.show(url, commit, &TreePath::parse(path).unwrap(), 1000).await
    }

    /// `path kind bytes` of each entry.
    async fn list(&self, url: &RepositoryUrl, commit: CommitHash) -> Vec<String> {
        let listing = self.git.list(url, commit, 1000).await.unwrap();
        assert!(!listing.cut);
        let bytes = |bytes: Option<u64>| bytes.map_or("-".to_owned(), |bytes| bytes.to_string());
        let row = |entry: &ports::git::Entry| {
            format!("{} {} {}", entry.path, entry.kind.as_str(), bytes(entry.bytes))
        };
        listing.entries.iter().map(row).collect()
    }
}

fn url(text: &str) -> RepositoryUrl {
    RepositoryUrl::parse(text).unwrap()
}

fn branch(name: &str) -> Branch {
    Branch::parse(name).unwrap()
}

fn text(content: &str) -> Result<Content, GitError> {
    Ok(Content::Text(content.to_owned()))
}

fn executable(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}
