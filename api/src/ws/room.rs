//! A board or a graph that somebody looks at: read again when something happened in its project, and told as what changed.
//! One read serves everybody in the room.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use kernel::{OrgId, Uuid};
use projections::ReadModels;
use tokio::sync::{Notify, watch};
use tokio::time::{Instant, sleep_until};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::picture::{Picture, Seen};
use super::said::Said;
use super::subject::Subject;

/// Between two reads at least; what happens meanwhile is in the second one. No socket is told more often, so a picture is
/// never older than it need be when it is told.
const EVERY: Duration = super::pace::SEEN;
/// A read that takes long comes more seldom: a room takes up no more than this part of the time.
const SHARE: u32 = 5;
/// While the read model has nothing of what was heard of.
const BEHIND: Duration = Duration::from_millis(10);
/// After the database did not answer.
const PAUSE: Duration = Duration::from_millis(500);

/// What the sockets in a room see. It ends when the last one leaves.
#[derive(Debug)]
pub(super) struct Room {
    /// `None` until the first read.
    picture: watch::Sender<Option<Arc<Picture>>>,
    /// There is no such project.
    pub(super) nothing: watch::Sender<bool>,
    /// The last event that may have changed it.
    heard: watch::Sender<i64>,
    sockets: Mutex<Vec<Weak<Notify>>>,
}

impl Room {
    /// The newest picture, once there is one.
    pub(super) fn picture(&self) -> Option<Arc<Picture>> {
        self.picture.borrow().clone()
    }

    /// Wakes this socket whenever there is a new picture.
    pub(super) fn join(&self, wake: &Arc<Notify>) {
        let (mut sockets, wake) = (self.sockets.lock().expect("no panic while held"), Arc::downgrade(wake));
        // A client may come and go as often as it likes.
        if !sockets.iter().any(|socket| socket.ptr_eq(&wake)) {
            sockets.push(wake);
        }
    }

    /// Whether there is something new to see.
    fn show(&self, seen: Seen) -> bool {
        let (next, news) = match &*self.picture.borrow() {
            None => (Picture::first(seen), true),
            // Another node's read model may be asked, which is a little behind.
            Some(before) if seen.position < before.position => return false,
            Some(before) => {
                let next = before.then(seen);
                let news = next.differs_since(before.position);
                (next, news)
            }
        };
        self.picture.send_replace(Some(Arc::new(next)));
        self.wake();
        news
    }

    fn wake(&self) {
        let mut sockets = self.sockets.lock().expect("no panic while held");
        sockets.retain(|socket| socket.upgrade().inspect(|socket| socket.notify_one()).is_some());
    }
}

/// The rooms in which somebody is.
#[derive(Debug, Default)]
pub(super) struct Rooms(Mutex<HashMap<OfProject, Open>>);

/// Organization and project.
type OfProject = (Uuid, Uuid);
type Open = Vec<(Subject, Weak<Room>)>;

impl Rooms {
    /// Something happened.
    pub(super) fn heard(&self, said: &Said) {
        let Some(project) = said.project else { return };
        let rooms = self.0.lock().expect("no panic while held");
        for (subject, room) in rooms.get(&(said.org, project)).into_iter().flatten() {
            if subject.reads(&said.aggregate_type)
                && let Some(room) = room.upgrade()
            {
                room.heard.send_replace(said.position);
            }
        }
    }

    /// Something may have happened in any of them.
    pub(super) fn heard_up_to(&self, position: i64) {
        let rooms = self.0.lock().expect("no panic while held");
        for room in rooms.values().flatten().filter_map(|(_, room)| room.upgrade()) {
            room.heard.send_replace(position);
        }
    }

    /// The room of `subject`; the first one who enters opens it.
    pub(super) fn enter(
        &self,
        org: OrgId,
        subject: Subject,
        heard: i64,
        read_models: &ReadModels,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Arc<Room> {
        let (Subject::Board(project) | Subject::Graph(project)) = subject;
        let mut rooms = self.0.lock().expect("no panic while held");
        rooms.retain(|_, of_project| {
            of_project.retain(|(_, room)| room.strong_count() > 0);
            !of_project.is_empty()
        });
        let of_project = rooms.entry((org.0, project.0)).or_default();
        let open =
            of_project.iter().find(|(other, _)| *other == subject).and_then(|(_, room)| room.upgrade());
        open.unwrap_or_else(|| {
            let room = Arc::new(Room {
                picture: watch::Sender::default(),
                nothing: watch::Sender::default(),
                heard: watch::Sender::new(heard),
                sockets: Mutex::default(),
            });
            of_project.push((subject, Arc::downgrade(&room)));
            let keeping = keep(Arc::downgrade(&room), org, subject, read_models.clone());
            let stop = stop.clone();
            tasks.spawn(async move {
                stop.run_until_cancelled(keeping).await;
            });
            room
        })
    }
}

/// Reads again whenever something was heard, until nobody is left.
async fn keep(room: Weak<Room>, org: OrgId, subject: Subject, read_models: ReadModels) {
    let mut shown = -1;
    loop {
        let Some(open) = room.upgrade() else { return };
        let mut heard = open.heard.subscribe();
        let wanted = *heard.borrow_and_update();
        let begun = Instant::now();
        let pause = match subject.read(org, &read_models).await {
            Ok(Some(seen)) => {
                shown = seen.position;
                let news = open.show(seen);
                if news || shown >= wanted { EVERY.max(begun.elapsed() * SHARE) } else { BEHIND }
            }
            Ok(None) if subject.position(&read_models).await.unwrap_or(-1) < wanted => BEHIND,
            Ok(None) => {
                open.nothing.send_replace(true);
                open.wake();
                return;
            }
            Err(error) => {
                tracing::warn!(%error, "what people look at cannot be read just now");
                begun.elapsed() + PAUSE
            }
        };
        drop(open);
        sleep_until(begun + pause).await;
        if shown < wanted || shown < 0 {
            continue;
        }
        // An error: the room, and with it the sender, is gone.
        if heard.wait_for(|heard| *heard > shown).await.is_err() {
            return;
        }
    }
}
