//! The time of the database, without asking it each time: tokens are read with it, and every request brings one.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use eventstore::{Store, Unavailable};
use kernel::Timestamp;

/// How long an answer of the database is gone on from. Two clocks drift less than a microsecond in it.
const GONE_ON_FROM: Duration = Duration::from_secs(1);

/// Tells the time.
#[derive(Debug)]
pub(crate) struct Clock {
    store: Store,
    known: Mutex<Option<(Instant, Timestamp)>>,
}

impl Clock {
    pub(crate) fn new(store: &Store) -> Self {
        Self { store: store.clone(), known: Mutex::default() }
    }

    /// Now, at most a second out of step with a clock that a test moves.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub(crate) async fn now(&self) -> Result<Timestamp, Unavailable> {
        let known = *self.known.lock().expect("nobody panics while telling the time");
        if let Some((since, then)) = known
            && since.elapsed() < GONE_ON_FROM
        {
            return Ok(later(then, since.elapsed()));
        }
        let asked = Instant::now();
        let now = self.store.now().await?;
        *self.known.lock().expect("nobody panics while telling the time") = Some((asked, now));
        Ok(now)
    }
}

/// `then`, so much later.
pub(crate) fn later(then: Timestamp, by: Duration) -> Timestamp {
    let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
    Timestamp::from_micros(then.micros().saturating_add(by))
}
