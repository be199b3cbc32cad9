//! One slot a recent stream: its queue and its cached state are the same lock, so the commands of a stream
//! are decided in turn on this node and conflicts arise only between nodes. The next one need not wait for the answer
//! of the one before: it is decided on the state that that one leaves, and stands or falls with it.
//!
//! The state is a baseline only: the version check of the append is the judge. So it does no harm when the
//! cache forgets a slot that is in use and two tasks hold two slots of one stream.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use eventstore::{Fate, Pending, StoredState, Unavailable};
use kernel::{Decider, OrgId, Uuid};
use quick_cache::sync::Cache;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Commands of one stream that may wait on this node, beside the one that is answered next.
const MAX_WAITING: usize = 256;

type Key = (OrgId, &'static str, Uuid);

#[derive(Debug)]
pub(crate) struct Slots {
    recent: Cache<Key, Arc<Slot>>,
}

#[derive(Debug, Default)]
pub(crate) struct Slot {
    unanswered: AtomicUsize,
    state: Arc<Mutex<Cached>>,
}

/// What is known of a stream; nothing at first, and after anything doubtful.
#[derive(Debug, Default)]
pub(crate) struct Cached(Option<Known>);

#[derive(Debug)]
struct Known {
    state: Box<dyn Any + Send>,
    /// The newest version that the log is known to have had, and when: it was loaded, or appended to.
    confirmed: (i64, Instant),
    /// The append that made the state what it is, when it was not answered when last looked at, and the version.
    rests_on: Option<(Pending, i64)>,
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
    /// Takes a place in this stream's queue, to be kept until the answer.
    pub(crate) fn place(self: &Arc<Self>) -> Result<Place, Unavailable> {
        let place = Place(self.clone());
        if self.unanswered.fetch_add(1, Ordering::Relaxed) <= MAX_WAITING {
            Ok(place)
        } else {
            Err(Unavailable::Busy)
        }
    }
}

/// A place in the queue; given back when the answer has come or the caller went away.
#[derive(Debug)]
pub(crate) struct Place(Arc<Slot>);

impl Place {
    /// Waits for this stream's turn, first come, first served.
    pub(crate) async fn turn(&self) -> OwnedMutexGuard<Cached> {
        let mut cached = self.0.state.clone().lock_owned().await;
        cached.look_again();
        cached
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.unanswered.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Cached {
    pub(crate) fn get<D: Decider>(&mut self) -> Option<&mut StoredState<D>> {
        self.0.as_mut()?.state.downcast_mut()
    }

    /// A state that the log has had just now.
    pub(crate) fn put<D: Decider>(&mut self, state: StoredState<D>) -> &mut StoredState<D> {
        let confirmed = (state.version, Instant::now());
        let known = self.0.insert(Known { state: Box::new(state), confirmed, rests_on: None });
        known.state.downcast_mut().expect("just put")
    }

    /// The state has become this version by an append that is not answered yet.
    pub(crate) fn rest_on(&mut self, append: Pending, version: i64) {
        if let Some(known) = &mut self.0 {
            known.rests_on = Some((append, version));
        }
    }

    /// The append on whose outcome the state rests, if any.
    pub(crate) fn rests_on(&self) -> Option<&Pending> {
        self.0.as_ref()?.rests_on.as_ref().map(|(append, _)| append)
    }

    /// The newest version that the log is known to have had, and when.
    pub(crate) fn confirmed(&self) -> Option<(i64, Duration)> {
        self.0.as_ref().map(|known| (known.confirmed.0, known.confirmed.1.elapsed()))
    }

    /// Waits until it no longer rests on anything; what fell is forgotten.
    pub(crate) async fn settle(&mut self) {
        if let Some(append) = self.rests_on().cloned() {
            append.settled().await;
            self.look_again();
        }
    }

    fn look_again(&mut self) {
        let Some(known) = &mut self.0 else { return };
        let Some((append, version)) = &known.rests_on else { return };
        match append.fate() {
            None => {}
            Some(Fate::Stands(since)) => {
                known.confirmed = (*version, since);
                known.rests_on = None;
            }
            Some(Fate::Fell) => self.0 = None,
        }
    }
}
