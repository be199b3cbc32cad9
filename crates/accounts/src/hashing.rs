//! Passwords are hashed off the runtime and few at a time: each takes tens of milliseconds of a core and 19 MiB, and a
//! stranger can ask for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use eventstore::Unavailable;
use tokio::sync::Semaphore;
use vault::password::{Password, PasswordHash, verify};
use vault::secret::SecretString;

use crate::AccountError;

/// How many may wait; more are told that the node is busy.
const MOST_WAITING: usize = 128;

/// Hashes passwords.
#[derive(Debug)]
pub(crate) struct Hashing {
    room: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    done: AtomicU64,
}

/// What came of looking at a password.
#[derive(Debug)]
pub(crate) struct Checked {
    pub(crate) matches: bool,
    /// A hash to store in the place of the old one, which was made at another cost.
    pub(crate) again: Option<String>,
}

impl Hashing {
    pub(crate) fn new() -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        // One core is left for those who are signed in.
        let room = cores.saturating_sub(1).max(1);
        Self {
            room: Arc::new(Semaphore::new(room)),
            waiting: Arc::new(Semaphore::new(MOST_WAITING)),
            done: AtomicU64::new(0),
        }
    }

    /// How many passwords were hashed since the start: the same for a known and an unknown person.
    pub(crate) fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Whether `entered` is the password of `stored`; nobody's takes as long as anybody's.
    ///
    /// # Errors
    /// When there is no room or no memory.
    pub(crate) async fn check(
        &self,
        stored: Option<String>,
        entered: SecretString,
    ) -> Result<Checked, AccountError> {
        self.off_the_runtime(move || {
            let Ok(entered) = Password::enter(&entered) else {
                // No password that was ever taken is like that, whoever's it is.
                return Ok(Checked { matches: false, again: None });
            };
            let stored = stored.as_deref().map(PasswordHash::parse).transpose().unwrap_or_else(|reason| {
                tracing::error!(%reason, "a stored password cannot be used");
                None
            });
            let matches = verify(stored.as_ref(), &entered).map_err(|_| AccountError::Hashing)?;
            let again = stored.filter(|stored| matches && stored.needs_rehash());
            let again = again.map(|_| PasswordHash::of(&entered)).transpose();
            Ok(Checked {
                matches,
                again: again.map_err(|_| AccountError::Hashing)?.map(|hash| hash.to_text()),
            })
        })
        .await
    }

    /// The hash of a password that somebody wants to have; `context` is what others know of them.
    ///
    /// # Errors
    /// `WeakPassword`, or when there is no room or no memory.
    pub(crate) async fn of_chosen(
        &self,
        chosen: SecretString,
        context: Vec<String>,
    ) -> Result<String, AccountError> {
        self.off_the_runtime(move || {
            let context: Vec<&str> = context.iter().map(String::as_str).collect();
            let password = Password::choose(&chosen, &context)?;
            Ok(PasswordHash::of(&password).map_err(|_| AccountError::Hashing)?.to_text())
        })
        .await
    }

    async fn off_the_runtime<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AccountError> + Send + 'static,
    ) -> Result<T, AccountError> {
        let _place = self.waiting.clone().try_acquire_owned().map_err(|_| Unavailable::Busy)?;
        let room = self.room.clone().acquire_owned().await.map_err(|_| Unavailable::Busy)?;
        self.done.fetch_add(1, Ordering::Relaxed);
        metrics::counter!("omoi_password_hashes_total").increment(1);
        let done = tokio::task::spawn_blocking(move || {
            // Held by the work, so that a client that hangs up does not let another in beside it.
            let _room = room;
            work()
        });
        done.await.map_err(|_| AccountError::Hashing)?
    }
}
