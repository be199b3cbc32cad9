//! One a node: follows the bus, keeps the last messages, and wakes the sockets whom they concern.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, RwLock, Weak};

use async_nats::Client;
use bus::{Follower, Message, Source as _};
use kernel::{OrgId, Recorded, Uuid};
use projections::ReadModels;
use tokio::sync::Notify;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use workers::LogSource;

use super::ring::{Ring, Since};
use super::room::{Room, Rooms};
use super::said::Said;
use super::subject::Subject;
use crate::config::LOG_ID;

/// Most sockets of a node at a time.
const MOST_SOCKETS: usize = 4096;
/// Of them, those of one organization: it cannot shut the others out.
const MOST_OF_ONE: usize = MOST_SOCKETS / 2;

/// What the sockets of this node share. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Hub(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// Of the log: positions mean nothing under another one.
    incarnation: Uuid,
    source: LogSource,
    ring: RwLock<Ring>,
    sockets: Mutex<HashMap<OrgId, Vec<Weak<Notify>>>>,
    rooms: Rooms,
    /// Ends the sockets, which end before the server does.
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Hub {
    /// A hub that follows the log beyond `position`. Its loop ends with `stop`, and so do its sockets.
    pub(crate) fn start(
        bus: Client,
        source: LogSource,
        incarnation: Uuid,
        position: i64,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Self {
        let hub = Self(Arc::new(Inner {
            incarnation,
            source: source.clone(),
            ring: RwLock::new(Ring::at(position)),
            sockets: Mutex::default(),
            rooms: Rooms::default(),
            stop: stop.clone(),
            tasks: tasks.clone(),
        }));
        let follower = Follower::new(bus, LOG_ID, source, position);
        tasks.spawn(hub.clone().follow(follower, stop.clone()));
        hub
    }

    async fn follow(self, mut follower: Follower<LogSource>, stop: CancellationToken) {
        while let Some(stretch) = stop.run_until_cancelled(follower.next()).await {
            if self.sockets() == 0 {
                self.0.ring.write().expect("no panic while held").skip_to(stretch.to);
                // Somebody may have come in just now.
                self.0.rooms.heard_up_to(stretch.to);
                continue;
            }
            let news: Vec<Arc<Said>> =
                stretch.messages.iter().map(|message| Arc::new(Said::of(message))).collect();
            self.remember(&news);
            for said in &news {
                self.0.rooms.heard(said);
            }
            self.wake(&news);
        }
    }

    fn remember(&self, news: &[Arc<Said>]) {
        let mut ring = self.0.ring.write().expect("no panic while held");
        for said in news {
            ring.push(said.clone());
        }
    }

    /// Wakes the sockets of the organizations that something happened in.
    fn wake(&self, news: &[Arc<Said>]) {
        let mut sockets = self.0.sockets.lock().expect("no panic while held");
        let mut woken: Vec<Uuid> = Vec::new();
        for said in news {
            if woken.contains(&said.org) {
                continue;
            }
            woken.push(said.org);
            if let Some(of_org) = sockets.get_mut(&OrgId(said.org)) {
                of_org.retain(|socket| socket.upgrade().inspect(|socket| socket.notify_one()).is_some());
            }
        }
    }

    pub(super) fn incarnation(&self) -> Uuid {
        self.0.incarnation
    }

    /// How far this node has heard.
    pub(super) fn position(&self) -> i64 {
        self.0.ring.read().expect("no panic while held").to()
    }

    /// What was heard since, of what is wanted.
    pub(super) fn since(&self, position: i64, wanted: impl Fn(&Said) -> bool) -> Since {
        self.0.ring.read().expect("no panic while held").since(position, wanted)
    }

    /// What a new socket of this organization waits for; `None` when there are too many.
    pub(super) fn admit(&self, org: OrgId) -> Option<Arc<Notify>> {
        let mut sockets = self.0.sockets.lock().expect("no panic while held");
        // Those that are gone are forgotten where somebody comes.
        sockets.retain(|_, of_org| {
            of_org.retain(|socket| socket.strong_count() > 0);
            !of_org.is_empty()
        });
        let all = sockets.values().map(Vec::len).sum::<usize>();
        let own = sockets.entry(org).or_default();
        if all >= MOST_SOCKETS || own.len() >= MOST_OF_ONE {
            return None;
        }
        let wake = Arc::new(Notify::new());
        own.push(Arc::downgrade(&wake));
        Some(wake)
    }

    /// How many there are.
    pub(crate) fn sockets(&self) -> usize {
        let sockets = self.0.sockets.lock().expect("no panic while held");
        sockets.values().flatten().filter(|socket| socket.strong_count() > 0).count()
    }

    /// The room of a board or a graph, made when nobody is in it.
    pub(super) fn room(&self, org: OrgId, subject: Subject, read_models: &ReadModels) -> Arc<Room> {
        self.0.rooms.enter(org, subject, self.position(), read_models, &self.0.tasks, &self.0.stop)
    }

    /// An event of the log as it would have been heard.
    pub(crate) fn said(&self, event: &Recorded<String>) -> Result<Arc<Said>, serde_json::Error> {
        Ok(Arc::new(Said::of(&Message::of(event, &self.0.source.reading(event))?)))
    }

    /// Ends the sockets of this node.
    pub(super) fn stop(&self) -> &CancellationToken {
        &self.0.stop
    }

    /// Carries the sockets, so that the end waits for their last words.
    pub(super) fn tasks(&self) -> &TaskTracker {
        &self.0.tasks
    }
}
