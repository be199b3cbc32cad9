//! One slot a recent stream: its queue and its cached state are the same lock, so the commands of a stream
//! are decided in turn on this node and conflicts arise only between nodes.
//!
//! The state is a baseline only: the version check of the append is the judge. So it does no harm when the
//! cache forgets a slot that is in use and two tasks hold two slots of one stream.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use eventstore::{StoredState, Unavailable};
use kernel::{Decider, OrgId, Uuid};
use quick_cache::sync::Cache;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Commands that may wait for one stream on this node.
const MAX_WAITING: usize = 256;

type Key = (OrgId, &'static str, Uuid);

#[derive(Debug)]
pub(crate) struct Slots {
    recent: Cache<Key, Arc<Slot>>,
}

#[derive(Debug, Default)]
pub(crate) struct Slot {
    waiting: AtomicUsize,
    state: Arc<Mutex<Cached>>,
}

/// What is known of a stream; nothing at first, and after anything doubtful.
#[derive(Debug, Default)]
pub(crate) struct Cached(Option<Known>);

#[derive(Debug)]
struct Known {
    state: Box<dyn Any + Send>,
    /// When the log last agreed: it was loaded, or appended to, at this version.
    since: Instant,
}

impl Slots {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { recent: Cache::new(capacity) }
    }

    pub(crate) fn slot(&self, org: OrgId, kind: &'static str, id: Uuid) -> Arc<Slot> {
        let key = (org, kind, id);
        self.recent.get(&key).unwrap_or_else(|| {
            self.recent
                .get_or_insert_with(&key, || Ok::<_, std::convert::Infallible>(Arc::default()))
                .expect("making an empty slot succeeds")
        })
    }
}

impl Slot {
    /// Waits for this stream's turn, first come, first served.
    pub(crate) async fn turn(&self) -> Result<OwnedMutexGuard<Cached>, Unavailable> {
        let _place = Place::take(&self.waiting)?;
        Ok(self.state.clone().lock_owned().await)
    }
}

impl Cached {
    pub(crate) fn get<D: Decider>(&mut self) -> Option<&mut StoredState<D>> {
        self.0.as_mut()?.state.downcast_mut()
    }

    pub(crate) fn put<D: Decider>(&mut self, state: StoredState<D>) -> &mut StoredState<D> {
        let known = self.0.insert(Known { state: Box::new(state), since: Instant::now() });
        known.state.downcast_mut().expect("just put")
    }

    /// The log has agreed just now.
    pub(crate) fn confirm(&mut self) {
        if let Some(known) = &mut self.0 {
            known.since = Instant::now();
        }
    }

    /// Whether the log agreed not longer than this ago.
    pub(crate) fn is_within(&self, age: Duration) -> bool {
        self.0.as_ref().is_some_and(|known| known.since.elapsed() <= age)
    }

    pub(crate) fn forget(&mut self) {
        self.0 = None;
    }
}

/// A place in the queue; given back when the turn has come or the caller went away.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Self, Unavailable> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::Relaxed) < MAX_WAITING { Ok(place) } else { Err(Unavailable::Busy) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
