//! Paths that the model names: all of them are below the workspace, whatever links lie on the way.
//!
//! This keeps mistakes in, and keeps us from reading what is only ours. What the agent's own programs do while we look is bounded by
//! the sandbox.

use std::fs::{File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Component, Path, PathBuf};

/// The directory that the agent works in.
#[derive(Clone, Debug)]
pub(super) struct Workspace {
    /// As it is called.
    named: PathBuf,
    /// As it is, without links.
    root: PathBuf,
}

impl Workspace {
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        let root = path.canonicalize()?;
        if !root.is_dir() {
            return Err(ErrorKind::NotADirectory.into());
        }
        Ok(Self { named: path.to_owned(), root })
    }

    pub(super) fn path(&self) -> &Path {
        &self.root
    }

    /// Where that is, links followed. It need not be there.
    pub(super) fn find(&self, path: &str) -> Result<PathBuf, String> {
        let outside =
            || format!("{path} is outside of the workspace: give a path below the current directory");
        if path.is_empty() || path.contains('\0') {
            return Err("the path is empty: give one, or `.` for the current directory".to_owned());
        }
        let given = Path::new(path);
        let below = if given.is_absolute() {
            let below = given.strip_prefix(&self.root).or_else(|_| given.strip_prefix(&self.named));
            below.map_err(|_| outside())?
        } else {
            given
        };
        let mut at = self.root.clone();
        for part in below.components() {
            match part {
                Component::CurDir => {}
                Component::ParentDir => {
                    at.pop();
                }
                Component::Normal(name) => at = step(&at.join(name)).map_err(|error| told(path, &error))?,
                Component::RootDir | Component::Prefix(_) => return Err(outside()),
            }
            if !at.starts_with(&self.root) {
                return Err(outside());
            }
        }
        Ok(at)
    }

    /// From the top of the workspace.
    pub(super) fn shown(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.root).unwrap_or(path);
        if below.as_os_str().is_empty() { ".".to_owned() } else { below.display().to_string() }
    }
}

/// One step further, over a link when there is one. What is not there has no links.
fn step(path: &Path) -> io::Result<PathBuf> {
    match path.symlink_metadata() {
        Ok(_) => path.canonicalize(),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(path.to_owned()),
        Err(error) => Err(error),
    }
}

/// Opens a file and nothing else: what waits for somebody at its other end is not waited for.
pub(super) fn open(path: &Path, shown: &str, how: &mut OpenOptions) -> Result<File, String> {
    let file = how.custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK | libc::O_CLOEXEC).open(path);
    let file = file.map_err(|error| told(shown, &error))?;
    let kind = file.metadata().map_err(|error| told(shown, &error))?.file_type();
    if kind.is_dir() {
        return Err(format!("{shown} is a directory: use `list`"));
    }
    if !kind.is_file() {
        return Err(format!("{shown} is no plain file: leave it alone"));
    }
    Ok(file)
}

/// A failure in words that say what to do.
pub(super) fn told(path: &str, error: &io::Error) -> String {
    match error.kind() {
        ErrorKind::NotFound => format!("{path} is not there: look with `list` or `search` where it is"),
        ErrorKind::IsADirectory => format!("{path} is a directory: use `list`, or name a file in it"),
        ErrorKind::NotADirectory => format!("{path} cannot be there: a part of the path is a file"),
        ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => {
            format!("{path} may not be touched: {error}")
        }
        _ => format!("{path}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn paths_below_are_found_however_they_are_written() {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("a")).unwrap();
        symlink(home.path(), home.path().join("a/up")).unwrap();
        let link = home.path().join("a").join("called");
        let workspace = Workspace::at(home.path()).unwrap();
        let root = workspace.path().to_owned();
        symlink(&root, &link).unwrap();
        for (path, found) in [
            (".", ""),
            ("a", "a"),
            ("./a/new/file", "a/new/file"),
            ("a/../b", "b"),
            ("a/up/b", "b"),
            ("new/../b", "b"),
        ] {
            assert_eq!(workspace.find(path), Ok(root.join(found)), "{path}");
        }
        let whole = home.path().join("a/b");
        assert_eq!(workspace.find(whole.to_str().unwrap()), Ok(root.join("a/b")));
        assert_eq!(workspace.shown(&root.join("a/b")), "a/b");
        assert_eq!(workspace.shown(&root), ".");
    }

    #[test]
    fn paths_and_links_that_lead_out_are_refused() {
        let home = tempfile::tempdir().unwrap();
        let other = tempfile::tempdir().unwrap();
        fs::write(other.path().join("secret"), "x").unwrap();
        symlink(other.path(), home.path().join("out")).unwrap();
        symlink(other.path().join("secret"), home.path().join("file")).unwrap();
        symlink("nowhere", home.path().join("dangling")).unwrap();
        let workspace = Workspace::at(home.path()).unwrap();
        for path in
            ["..", "../x", "a/../../x", "/etc/passwd", "out", "out/secret", "out/new", "file", "out/../x"]
        {
            let refused = workspace.find(path).unwrap_err();
            assert!(refused.contains("outside of the workspace"), "{path}: {refused}");
        }
        for path in ["", "a\0b", "dangling", "dangling/x"] {
            assert!(workspace.find(path).is_err(), "{path}");
        }
    }

    #[test]
    fn only_files_are_opened_and_nobody_waits_for_a_pipe() {
        let home = tempfile::tempdir().unwrap();
        let pipe = home.path().join("pipe");
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &pipe,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        let refused = open(&pipe, "pipe", OpenOptions::new().read(true)).unwrap_err();
        assert!(refused.contains("no plain file"), "{refused}");
        let refused = open(home.path(), "home", OpenOptions::new().read(true)).unwrap_err();
        assert!(refused.contains("use `list`"), "{refused}");
        let refused = open(&home.path().join("gone"), "gone", OpenOptions::new().read(true)).unwrap_err();
        assert!(refused.contains("is not there"), "{refused}");
    }
}
