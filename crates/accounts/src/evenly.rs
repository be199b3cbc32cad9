//! Some answers must not tell by the time they take whether there is an account: more is written for one that is there.

use std::time::Duration;

/// Longer than what is written for a letter takes, a hash of a password among it.
const AT_LEAST: Duration = Duration::from_millis(200);

/// Does it, and takes no less time than all of it may take.
pub(crate) async fn evenly<T>(work: impl Future<Output = T>) -> T {
    tokio::join!(work, tokio::time::sleep(AT_LEAST)).0
}
