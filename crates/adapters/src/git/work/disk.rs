//! Files and directories of ours. Nothing is left to another thread: it would go on when its caller is gone, and meet whoever
//! has the next turn.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::{fs, io};

use ports::git::{GitError, WorkError};
use ports::llm::Said;

/// A directory that is there once it is done: until then it has another name beside it.
#[derive(Debug)]
pub(super) struct Part {
    place: PathBuf,
    part: PathBuf,
    is_done: bool,
}

impl Part {
    /// Begins anew; what an attempt that was ended in its middle left is removed.
    pub(super) fn of(place: &Path) -> Result<Self, GitError> {
        if fs::symlink_metadata(place).is_ok() {
            return Err(WorkError::PlaceTaken.into());
        }
        let mut name = OsString::from(".");
        name.push(place.file_name().unwrap_or_default());
        name.push(".part");
        let part = place.with_file_name(name);
        remove(&part)?;
        fs::create_dir_all(&part).map_err(|error| unwritable(&error))?;
        Ok(Self { place: place.to_owned(), part, is_done: false })
    }

    pub(super) fn path(&self) -> &Path {
        &self.part
    }

    pub(super) fn done(self) -> Result<(), GitError> {
        let made = self.part.clone();
        self.done_with(&made)
    }

    /// Only with this directory below it.
    pub(super) fn done_with(mut self, made: &Path) -> Result<(), GitError> {
        fs::rename(made, &self.place).map_err(|error| match error.kind() {
            io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists => WorkError::PlaceTaken.into(),
            _ => unwritable(&error),
        })?;
        self.is_done = made == self.part;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.is_done {
            // The next attempt would do it too.
            let _ = fs::remove_dir_all(&self.part);
        }
    }
}

pub(super) async fn is_there(path: &Path) -> bool {
    tokio::fs::symlink_metadata(path).await.is_ok()
}

/// How many files there end so.
pub(super) async fn count(directory: &Path, end: &str) -> usize {
    let Ok(mut entries) = tokio::fs::read_dir(directory).await else { return 0 };
    let mut count = 0;
    while let Ok(Some(entry)) = entries.next_entry().await {
        count += usize::from(entry.path().extension().is_some_and(|extension| extension == end));
    }
    count
}

pub(super) fn remove(directory: &Path) -> Result<(), GitError> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

/// Files with which git marks what it is writing, of whoever did not come to remove them.
pub(super) fn remove_locks(keep: &Path) -> Result<(), GitError> {
    let refs = keep.join("refs");
    remove_locks_in(keep, false)
        .and_then(|()| remove_locks_in(&refs, true))
        .map_err(|error| unwritable(&error))
}

fn remove_locks_in(directory: &Path, and_below: bool) -> io::Result<()> {
    for entry in fs::read_dir(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            if and_below {
                remove_locks_in(&entry.path(), true)?;
            }
        } else if entry.path().extension().is_some_and(|end| end == "lock") {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

pub(in crate::git) fn unwritable(error: &io::Error) -> GitError {
    WorkError::Disk { said: Said::new(&error.to_string()) }.into()
}
