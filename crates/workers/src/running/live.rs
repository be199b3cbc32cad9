//! The runs of this node, and who wants to hear when something about one of them was decided.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use eventstore::subscribe::Tailer;
use kernel::Uuid;
use tokio::sync::Notify;
use tokio::sync::broadcast::error::RecvError;
use vocabulary::RunId;

/// What a run on this node is woken by.
const HEARD: &[&str] = &["run.steer_requested", "run.interrupt_requested", "run.stop_requested", "run.ended"];

/// The runs of this node.
#[derive(Debug, Default)]
pub(super) struct Live(Mutex<HashMap<RunId, Arc<Notify>>>);

/// A run is on this node as long as somebody has this.
#[derive(Debug)]
pub(super) struct Here<'a> {
    live: &'a Live,
    run: RunId,
    decided: Arc<Notify>,
}

impl Live {
    pub(super) fn enter(&self, run: RunId) -> Here<'_> {
        let decided = Arc::new(Notify::new());
        self.runs().insert(run, decided.clone());
        Here { live: self, run, decided }
    }

    /// Whether a run is at work here.
    pub(super) fn has(&self, run: RunId) -> bool {
        self.runs().contains_key(&run)
    }

    /// Wakes the runs that something was decided about. Whoever may have missed something looks for itself.
    pub(super) async fn listen(&self, tailer: &Tailer) {
        let mut pages = tailer.pages();
        loop {
            match pages.recv().await {
                Ok(page) => {
                    for event in &page.events {
                        let envelope = &event.envelope;
                        if HEARD.contains(&envelope.event_type.as_str())
                            && let Ok(id) = Uuid::parse_str(&envelope.aggregate_id)
                            && let Some(run) = self.runs().get(&RunId(id))
                        {
                            run.notify_one();
                        }
                    }
                }
                Err(RecvError::Lagged(_)) => self.runs().values().for_each(|run| run.notify_one()),
                Err(RecvError::Closed) => return,
            }
        }
    }

    fn runs(&self) -> std::sync::MutexGuard<'_, HashMap<RunId, Arc<Notify>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Here<'_> {
    /// Waits until something may have been decided.
    pub(super) async fn decided(&self) {
        self.decided.notified().await;
    }
}

impl Drop for Here<'_> {
    fn drop(&mut self) {
        self.live.runs().remove(&self.run);
    }
}
