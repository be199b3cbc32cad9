//! Objects beside those of a keep, where nobody sees them. Those of the keep are seen from there.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use ports::git::GitError;

use super::disk::{self, unwritable};
use crate::git::run::Call;

/// A place for them. One at a time uses it: whoever does holds a lock.
#[derive(Debug)]
pub(in crate::git) struct Aside {
    keep: PathBuf,
    objects: PathBuf,
}

impl Aside {
    /// Empty: what is there was left by one that was killed.
    pub(in crate::git) fn of(keep: &Path, name: &str) -> Result<Self, GitError> {
        let objects = keep.join(name);
        disk::remove(&objects)?;
        let made = || {
            fs::create_dir_all(objects.join("pack"))?;
            fs::create_dir_all(objects.join("info"))?;
            // Seen from here, so that it may lie anywhere.
            fs::write(objects.join("info/alternates"), "../objects\n")
        };
        made().map_err(|error| unwritable(&error))?;
        Ok(Self { keep: keep.to_owned(), objects })
    }

    /// A call in the keep that writes its objects here.
    pub(in crate::git) fn call(&self, within: Duration) -> Call {
        Call::new(&self.keep, within).env("GIT_OBJECT_DIRECTORY", &self.objects)
    }

    /// Puts a pack among the objects of the keep. The index comes last: with it git finds the pack.
    pub(super) fn accept(&self) -> Result<(), GitError> {
        let (from, to) = (self.objects.join("pack"), self.keep.join("objects/pack"));
        let moved = || {
            let mut files = fs::read_dir(&from)?.collect::<Result<Vec<_>, _>>()?;
            files.sort_by_key(|file| file.path().extension().is_some_and(|end| end == "idx"));
            for file in files {
                fs::rename(file.path(), to.join(file.file_name()))?;
            }
            // What exists nowhere else is there after a power cut as well.
            fs::File::open(&to)?.sync_all()
        };
        moved().map_err(|error| unwritable(&error))
    }

    pub(in crate::git) fn remove(&self) -> Result<(), GitError> {
        disk::remove(&self.objects)
    }
}
