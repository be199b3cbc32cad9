//! A client of the live socket that always goes on where it was, as a page does: whatever ends its socket, it opens another.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::door::Door;
use crate::support::{Follower, Socket, eventually};

/// However long the server is away.
const PATIENCE: Duration = Duration::from_secs(120);

/// One that is at work.
pub(crate) struct Viewer {
    at: watch::Receiver<i64>,
    stop: CancellationToken,
    task: JoinHandle<Seen>,
}

/// What it saw.
pub(crate) struct Seen {
    /// Of every event, in the order in which they came.
    pub(crate) positions: Vec<i64>,
    /// Sockets that it needed.
    pub(crate) sockets: usize,
}

impl Viewer {
    /// Follows the log of the organization from its beginning.
    pub(crate) fn start(door: &Arc<Door>) -> Self {
        let (told, at) = watch::channel(0);
        let stop = CancellationToken::new();
        let task = tokio::spawn(view(door.clone(), told, stop.clone()));
        Self { at, stop, task }
    }

    /// How far it was told.
    pub(crate) fn at(&self) -> watch::Receiver<i64> {
        self.at.clone()
    }

    /// Waits until it has been told so far, and ends it.
    pub(crate) async fn seen_up_to(mut self, position: i64) -> Seen {
        self.at.wait_for(|at| *at >= position).await.expect("it goes on");
        self.stop.cancel();
        self.task.await.expect("every frame followed on the one before")
    }
}

async fn view(door: Arc<Door>, told: watch::Sender<i64>, stop: CancellationToken) -> Seen {
    let mut follower = Follower::from(Some(0));
    let mut sockets = 0;
    while !stop.is_cancelled() {
        let opens =
            eventually(PATIENCE, "a socket opens", async || Socket::open(&door.url(0), door.key()).await);
        let Some(mut socket) = stop.run_until_cancelled(opens).await else { break };
        sockets += 1;
        socket
            .try_say(
                &json!({ "op": "subscribe", "sub": "s", "topic": { "kind": "log" }, "from": follower.at }),
            )
            .await;
        while let Some(Some(frame)) = stop.run_until_cancelled(socket.next()).await {
            if frame["sub"] == "s" {
                follower.take(&frame);
                told.send_replace(follower.at.unwrap_or(0));
            }
        }
    }
    Seen { positions: follower.positions(), sockets }
}

/// The first event is about a person, and nobody's who looks at a project.
const FIRST: i64 = 2;

/// That everybody saw every event once and in order.
pub(crate) fn assert_saw_all(seen: &Seen, head: i64) {
    assert!(missed(&seen.positions, head).is_none(), "{:?} of {head}", missed(&seen.positions, head));
}

/// The first place in which something else was seen than the next event.
pub(crate) fn missed(positions: &[i64], head: i64) -> Option<(usize, Option<i64>)> {
    let expected = FIRST..=head;
    expected
        .enumerate()
        .map(|(n, position)| (n, positions.get(n).copied(), position))
        .find(|(_, seen, position)| *seen != Some(*position))
        .map(|(n, seen, _)| (n, seen))
}

/// The must-fail twin: an event that is left out, one that comes twice, and two in the wrong order are noticed.
pub(crate) fn assert_finds_what_is_wrong(seen: &Seen) {
    let whole = &seen.positions;
    let head = i64::try_from(whole.len()).expect("a log of a test") + FIRST - 1;
    assert!(whole.len() > 10, "{} events prove nothing", whole.len());
    let middle = whole.len() / 2;
    let mut without = whole.clone();
    without.remove(middle);
    let mut twice = whole.clone();
    twice.insert(middle, whole[middle]);
    let mut turned = whole.clone();
    turned.swap(middle, middle + 1);
    for wrong in [without, twice, turned] {
        assert_eq!(missed(&wrong, head).map(|(n, _)| n.abs_diff(middle) <= 1), Some(true));
    }
    assert_eq!(missed(whole, head), None);
}
