//! `api.url` in a data directory: where its `omoi up` serves, for the commands beside it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

/// The file, as long as this value lives.
#[derive(Debug)]
pub(crate) struct AddressFile(PathBuf);

impl AddressFile {
    /// Writes it, over one that a killed server has left.
    ///
    /// # Errors
    /// When the data directory cannot be written.
    pub(crate) fn write(data_dir: &Path, url: &str) -> anyhow::Result<Self> {
        let path = path(data_dir);
        // Beside it, then renamed: a reader sees the old address or the new one, never half of one.
        let half = path.with_extension("url.new");
        let written = fs::write(&half, format!("{url}\n")).and_then(|()| fs::rename(&half, &path));
        written.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self(path))
    }

    /// The address it holds; `None` without a file.
    pub(crate) fn read(data_dir: &Path) -> io::Result<Option<String>> {
        match fs::read_to_string(path(data_dir)) {
            Ok(url) => Ok(Some(url.trim().to_owned()).filter(|url| !url.is_empty())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Drop for AddressFile {
    fn drop(&mut self) {
        // Whoever reads a file that stays asks whether the server runs before it believes the address.
        let _ = fs::remove_file(&self.0);
    }
}

fn path(data_dir: &Path) -> PathBuf {
    data_dir.join("api.url")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_there_while_somebody_serves() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(AddressFile::read(directory.path()).unwrap(), None);
        fs::write(path(directory.path()), "left by a killed one").unwrap();
        let file = AddressFile::write(directory.path(), "http://127.0.0.1:4310").unwrap();
        assert_eq!(AddressFile::read(directory.path()).unwrap().as_deref(), Some("http://127.0.0.1:4310"));
        drop(file);
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }
}
