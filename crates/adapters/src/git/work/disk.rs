//! Files and directories of ours.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

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
    pub(super) async fn of(place: &Path) -> Result<Self, GitError> {
        if tokio::fs::symlink_metadata(place).await.is_ok() {
            return Err(WorkError::PlaceTaken.into());
        }
        let mut name = OsString::from(".");
        name.push(place.file_name().unwrap_or_default());
        name.push(".part");
        let part = place.with_file_name(name);
        remove(&part).await?;
        tokio::fs::create_dir_all(&part).await.map_err(|error| unwritable(&error))?;
        Ok(Self { place: place.to_owned(), part, is_done: false })
    }

    pub(super) fn path(&self) -> &Path {
        &self.part
    }

    pub(super) async fn done(self) -> Result<(), GitError> {
        let made = self.part.clone();
        self.done_with(&made).await
    }

    /// Only with this directory below it.
    pub(super) async fn done_with(mut self, made: &Path) -> Result<(), GitError> {
        tokio::fs::rename(made, &self.place).await.map_err(|error| match error.kind() {
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
            let _ = std::fs::remove_dir_all(&self.part);
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

pub(super) async fn remove(directory: &Path) -> Result<(), GitError> {
    match tokio::fs::remove_dir_all(directory).await {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unwritable(&error)),
        _ => Ok(()),
    }
}

/// Files with which git marks what it is writing, of whoever did not come to remove them.
pub(super) async fn remove_locks(keep: &Path) -> Result<(), GitError> {
    let mut directories = vec![keep.join("refs")];
    let mut files = vec![keep.to_owned()];
    while let Some(directory) = directories.pop() {
        files.push(directory.clone());
        let mut entries = tokio::fs::read_dir(&directory).await.map_err(|error| unwritable(&error))?;
        while let Some(entry) = entries.next_entry().await.map_err(|error| unwritable(&error))? {
            if entry.file_type().await.is_ok_and(|kind| kind.is_dir()) {
                directories.push(entry.path());
            }
        }
    }
    for directory in files {
        let mut entries = tokio::fs::read_dir(&directory).await.map_err(|error| unwritable(&error))?;
        while let Some(entry) = entries.next_entry().await.map_err(|error| unwritable(&error))? {
            if entry.path().extension().is_some_and(|end| end == "lock") {
                tokio::fs::remove_file(entry.path()).await.map_err(|error| unwritable(&error))?;
            }
        }
    }
    Ok(())
}

pub(super) fn unwritable(error: &io::Error) -> GitError {
    WorkError::Disk { said: Said::new(&error.to_string()) }.into()
}
