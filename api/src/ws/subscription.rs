//! A topic that a socket follows, and how far its client was told.

use std::sync::Arc;

use commands::Permission;
use eventstore::Filter;
use kernel::Uuid;
use tokio::time::{Duration, Instant};

use super::hub::Hub;
use super::pace::Pace;
use super::picture::Picture;
use super::protocol::Topic;
use super::ring::Since;
use super::room::Room;
use super::said::Said;

/// Lane `events` speaks at least this often.
const BEAT: Duration = Duration::from_secs(1);
/// And at most this often: what comes meanwhile goes into one frame.
const TOGETHER: Duration = Duration::from_millis(10);
/// Most events of a frame, and about how large one gets: a client that does not read costs the server three times that.
const MOST: usize = 500;
const MOST_BYTES: usize = 128 * 1024;

/// What a subscription follows.
#[derive(Debug)]
pub(super) enum Subscription {
    Events(Events),
    Latest(Latest),
}

/// Every event of a topic.
#[derive(Debug)]
pub(super) struct Events {
    topic: Topic,
    /// Everything up to here was told.
    pub(super) at: i64,
    /// And up to here there is nothing to tell: what was looked at is not looked at again.
    pub(super) looked: i64,
    told: Instant,
}

/// What is so now.
#[derive(Debug)]
pub(super) struct Latest {
    topic: Topic,
    room: Arc<Room>,
    /// What was told, or what the client said it has; `None` when it has nothing.
    pub(super) at: Option<i64>,
    pace: Pace,
}

/// What lane `events` can say now.
#[derive(Debug)]
pub(super) enum Say {
    /// Nothing yet.
    Nothing,
    /// It is behind what the node remembers: the log has it.
    ReadTheLog,
    /// The next frame.
    Frame { from: i64, to: i64, events: Vec<Arc<Said>> },
}

impl Topic {
    pub(super) fn permission(&self) -> Permission {
        match self {
            Self::Log { .. } | Self::Ticket { .. } => Permission::ReadEvents,
            Self::Board { .. } | Self::Graph { .. } => Permission::ReadProjects,
        }
    }

    /// Where to look in the log.
    fn filter(&self) -> Filter {
        match self {
            Self::Log { project, types } => Filter {
                project: *project,
                event_types: types.clone().unwrap_or_default(),
                ..Filter::default()
            },
            Self::Ticket { id } => Filter {
                aggregate_type: Some("ticket".into()),
                aggregate_id: Some(id.0.to_string()),
                ..Filter::default()
            },
            Self::Board { project } | Self::Graph { project } => {
                Filter { project: Some(*project), ..Filter::default() }
            }
        }
    }

    fn matches(&self, said: &Said) -> bool {
        match self {
            Self::Log { project, types } => {
                project.is_none_or(|project| said.project == Some(project.0))
                    && types.as_ref().is_none_or(|types| types.iter().any(|name| **name == *said.event_type))
            }
            Self::Ticket { id } => {
                &*said.aggregate_type == "ticket" && *said.aggregate_id == *id.0.to_string()
            }
            Self::Board { .. } | Self::Graph { .. } => false,
        }
    }
}

impl Subscription {
    pub(super) fn topic(&self) -> &Topic {
        match self {
            Self::Events(events) => &events.topic,
            Self::Latest(latest) => &latest.topic,
        }
    }

    /// How far its client was told.
    pub(super) fn at(&self) -> Option<i64> {
        match self {
            Self::Events(events) => Some(events.at),
            Self::Latest(latest) => latest.at,
        }
    }

    /// When it has something to say even if nothing happens; `heard`: how far the node is, `read`: when the log may be
    /// asked.
    pub(super) fn deadline(&self, heard: i64, read: Instant) -> Option<Instant> {
        match self {
            Self::Events(events) => Some(events.deadline(heard, read)),
            Self::Latest(latest) => latest.waiting().then(|| latest.pace.next()),
        }
    }
}

impl Events {
    /// From `at` on. The first frame comes at once: it says where the client is.
    pub(super) fn new(topic: Topic, at: i64, now: Instant) -> Self {
        Self { topic, at, looked: at, told: now.checked_sub(BEAT).unwrap_or(now) }
    }

    /// Where to look in the log.
    pub(super) fn filter(&self) -> Filter {
        self.topic.filter()
    }

    /// See [`Subscription::deadline`].
    fn deadline(&self, heard: i64, read: Instant) -> Instant {
        if self.looked < heard { read.max(self.told + TOGETHER) } else { self.told + BEAT }
    }

    /// What can be said of what the node has heard.
    pub(super) fn say(&mut self, hub: &Hub, org: Uuid, now: Instant) -> Say {
        if now < self.told + TOGETHER {
            return Say::Nothing;
        }
        match hub.since(self.looked, |said| said.org == org && self.topic.matches(said)) {
            Since::News { to, messages } => self.frame(to, messages, now),
            Since::Earlier => Say::ReadTheLog,
        }
    }

    /// The next frame, of its events between what was looked at and `to`.
    pub(super) fn frame(&mut self, to: i64, mut events: Vec<Arc<Said>>, now: Instant) -> Say {
        let mut bytes = 0;
        let fits = events.iter().take(MOST).take_while(|said| {
            let first = bytes == 0;
            bytes += said.weight();
            first || bytes <= MOST_BYTES
        });
        let fits = fits.count();
        let to = if fits < events.len() { events[fits - 1].position } else { to };
        events.truncate(fits);
        let quiet = events.is_empty();
        if quiet && now < self.told + BEAT {
            self.looked = to;
            return Say::Nothing;
        }
        Say::Frame { from: self.at, to, events }
    }

    pub(super) fn told(&mut self, to: i64, now: Instant) {
        (self.at, self.looked, self.told) = (to, to, now);
    }
}

impl Latest {
    pub(super) fn new(topic: Topic, room: Arc<Room>, from: Option<i64>, now: Instant) -> Self {
        Self { topic, room, at: from, pace: Pace::new(now) }
    }

    /// There is no such project.
    pub(super) fn of_nothing(&self) -> bool {
        *self.room.nothing.borrow()
    }

    /// Whether there is something to tell.
    fn waiting(&self) -> bool {
        self.room.picture().is_some_and(|picture| self.at.is_none_or(|at| at < picture.position))
    }

    /// The picture to tell of, when it is time; and whether all of it must be told.
    pub(super) fn say(&self, now: Instant) -> Option<(Arc<Picture>, bool)> {
        if now < self.pace.next() {
            return None;
        }
        let picture = self.room.picture()?;
        let whole = self.at.is_none_or(|at| at < picture.base);
        (whole || self.at < Some(picture.position)).then_some((picture, whole))
    }

    pub(super) fn told(&mut self, position: i64, now: Instant, visible: bool) {
        self.at = Some(position);
        self.pace.told(now, visible);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A deadline in the past would keep a socket busy with nothing.
    #[test]
    fn what_concerns_others_is_looked_at_once_and_told_with_the_next_beat() {
        let now = Instant::now();
        let mut events = told(now);
        assert_eq!(events.deadline(15, now), now + TOGETHER);
        assert!(matches!(events.frame(15, Vec::new(), now + TOGETHER), Say::Nothing));
        assert_eq!((events.at, events.deadline(15, now)), (10, now + BEAT));
        assert!(matches!(events.frame(20, Vec::new(), now + BEAT), Say::Frame { from: 10, to: 20, .. }));
    }

    #[test]
    fn while_the_log_cannot_be_read_it_is_not_asked() {
        let now = Instant::now();
        let later = now + BEAT / 2;
        assert_eq!(told(now).deadline(11, later), later);
    }

    /// Up to 10, just now.
    fn told(now: Instant) -> Events {
        let mut events = Events::new(Topic::Log { project: None, types: None }, 10, now);
        events.told(10, now);
        events
    }
}
