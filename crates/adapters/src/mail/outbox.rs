//! Letters as files, for installations without a mail server: whoever runs one reads them there.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use kernel::Uuid;
use ports::BoxFuture;
use ports::mail::{Letter, MailError, Mailer};

use super::compose;
use super::kept::{self, FileName, Kept};
use super::sender::Sender;

/// Whoever holds it writes. Two programs may have one outbox, and then a letter must still be in it once.
const LOCK: &str = ".lock";

/// A directory that only its owner can read. Letters hold tokens that are good once.
#[derive(Clone, Debug)]
pub struct Outbox {
    dir: PathBuf,
    sender: Sender,
}

/// What went wrong with the directory.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// It cannot be made or is not ours.
    #[error("the outbox {dir} cannot be used: name a directory that this program may make and write to")]
    Open {
        /// Where it should be.
        dir: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// It cannot be listed.
    #[error("the outbox {dir} cannot be read: run this as the user that the letters belong to")]
    Read {
        /// Where it is.
        dir: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
}

impl Outbox {
    /// The outbox in `dir`, made when there is none.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn open(dir: &Path, sender: Sender) -> Result<Self, OutboxError> {
        ensure(dir).map_err(|source| OutboxError::Open { dir: dir.to_owned(), source })?;
        Ok(Self { dir: dir.to_owned(), sender })
    }

    /// What lies in it, newest first; last, what does not say when it is from. Reads every file: call it off the runtime.
    ///
    /// # Errors
    /// When the directory cannot be listed. A file that cannot be read is in the list, and says why.
    pub fn letters(&self) -> Result<Vec<Kept>, OutboxError> {
        kept::all(&self.dir).map_err(|source| OutboxError::Read { dir: self.dir.clone(), source })
    }

    fn keep(&self, id: Uuid, message: &[u8], at: SystemTime) -> io::Result<()> {
        // Somebody who tidies up takes the directory along.
        ensure(&self.dir)?;
        let lock = private().create(true).truncate(false).open(self.dir.join(LOCK))?;
        lock.lock()?;
        if kept::holds(&self.dir, id)? {
            return Ok(());
        }
        let draft = self.dir.join(format!(".{id}.tmp"));
        // What a crash left behind is no letter: it was never acknowledged.
        remove_if_there(&draft)?;
        let mut file = private().create_new(true).open(&draft)?;
        file.write_all(message)?;
        file.sync_all()?;
        fs::rename(&draft, self.dir.join(FileName { millis: millis(at), id }.to_string()))?;
        File::open(&self.dir)?.sync_all()
    }

    async fn deliver(&self, id: Uuid, letter: &Letter) -> Result<(), MailError> {
        let at = now();
        let message = compose::for_file(&self.sender, id, compose::recipient(letter)?, letter, at);
        let this = self.clone();
        match tokio::task::spawn_blocking(move || this.keep(id, &message, at)).await {
            Ok(done) => done.map_err(|error| self.sorted(&error)),
            Err(_) => Err(MailError::Later { reason: "the program is ending".to_owned() }),
        }
    }

    fn sorted(&self, error: &io::Error) -> MailError {
        let reason = format!("the outbox {} cannot be written to: {error}", self.dir.display());
        match error.kind() {
            io::ErrorKind::PermissionDenied
            | io::ErrorKind::ReadOnlyFilesystem
            | io::ErrorKind::NotADirectory
            | io::ErrorKind::AlreadyExists => MailError::Misconfigured { reason },
            _ => MailError::Later { reason },
        }
    }
}

impl Mailer for Outbox {
    /// A letter that is there already is not written again.
    fn send<'a>(&'a self, id: Uuid, letter: &'a Letter) -> BoxFuture<'a, Result<(), MailError>> {
        Box::pin(self.deliver(id, letter))
    }
}

fn ensure(dir: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
    let mode = fs::metadata(dir)?.permissions().mode();
    if mode & 0o077 != 0 { fs::set_permissions(dir, Permissions::from_mode(0o700)) } else { Ok(()) }
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).mode(0o600);
    options
}

fn remove_if_there(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn millis(at: SystemTime) -> u64 {
    let since = at.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the date of a letter is for its reader; no event has this time"
)]
fn now() -> SystemTime {
    SystemTime::now()
}
