//! What goes into the next call: everything queued, within bounds, no command twice; a stream twice only where the
//! later item was decided on what the earlier one leaves.

use std::collections::{HashMap, HashSet, VecDeque};

use tokio::sync::{mpsc, oneshot};

use super::batch::Prepared;
use super::call::{Answer, Member, stands};
use super::pending::{Fate, Pending, Verdict};
use crate::AppendError;

/// Bounds of one call: a batch must stay far below the statement's time limit.
const MAX_ITEMS: usize = 256;
const MAX_EVENTS: usize = 4000;
const MAX_BYTES: usize = 8 << 20;

/// An item in the queue.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) prepared: Prepared,
    /// What it was decided on, as far as that was not answered when it was decided.
    pub(super) rests_on: Vec<Pending>,
    pub(super) verdict: Verdict,
    pub(super) answer: oneshot::Sender<Answer>,
}

/// Whom to answer.
#[derive(Debug)]
pub(super) struct Asker {
    verdict: Verdict,
    answer: oneshot::Sender<Answer>,
}

impl Asker {
    /// The fate is known before the answer: who is answered finds the stream settled.
    pub(super) fn tell(self, answer: Answer) {
        self.verdict.settle(fate(&answer));
        // A caller that went away has its answer in the log, under its command id.
        let _ = self.answer.send(answer);
    }
}

pub(super) fn fate(answer: &Answer) -> Fate {
    if stands(answer) { Fate::Stands(std::time::Instant::now()) } else { Fate::Fell }
}

/// The items of a call and whom to answer, in one order.
#[derive(Default)]
pub(super) struct Batch {
    pub(super) members: Vec<Member>,
    pub(super) askers: Vec<Asker>,
    /// Where each of them stands.
    places: HashMap<usize, usize>,
    /// The last one of each stream.
    streams: HashMap<(String, String), usize>,
    commands: HashSet<uuid::Uuid>,
    events: usize,
    bytes: usize,
}

/// Fills a batch from what was put off before and from the queue; what does not fit is put off, in its order.
pub(super) fn gather(
    first: Waiting,
    put_off: &mut VecDeque<Waiting>,
    queue: &mut mpsc::Receiver<Waiting>,
) -> Batch {
    let mut batch = Batch::default();
    let mut later = Later::default();
    batch.offer(first, &mut later);
    for waiting in std::mem::take(put_off) {
        batch.offer(waiting, &mut later);
    }
    while batch.members.len() < MAX_ITEMS && later.items.len() < MAX_ITEMS {
        let Ok(waiting) = queue.try_recv() else { break };
        batch.offer(waiting, &mut later);
    }
    *put_off = later.items;
    batch
}

/// What does not go along this time.
#[derive(Default)]
struct Later {
    items: VecDeque<Waiting>,
    ids: HashSet<usize>,
}

impl Later {
    fn push(&mut self, waiting: Waiting) {
        self.ids.insert(waiting.verdict.id());
        self.items.push_back(waiting);
    }
}

enum Place {
    /// Goes along, after these.
    Here(Vec<usize>),
    Later,
    /// What it was decided on has not happened.
    Nowhere,
}

impl Batch {
    fn offer(&mut self, waiting: Waiting, later: &mut Later) {
        match self.place(&waiting, later) {
            Place::Here(after) => self.push(waiting, after),
            Place::Later => later.push(waiting),
            Place::Nowhere => {
                let Waiting { verdict, answer, .. } = waiting;
                Asker { verdict, answer }.tell(Err(AppendError::Baseless));
            }
        }
    }

    fn place(&self, waiting: &Waiting, later: &Later) -> Place {
        let mut after = Vec::new();
        for pending in &waiting.rests_on {
            match pending.fate() {
                Some(Fate::Stands(_)) => {}
                Some(Fate::Fell) => return Place::Nowhere,
                None => match self.places.get(&pending.id()) {
                    Some(&place) => after.push(place),
                    None if later.ids.contains(&pending.id()) => return Place::Later,
                    // It went by itself and its caller has stopped polling it: nobody knows what becomes of it.
                    None => return Place::Nowhere,
                },
            }
        }
        let item = waiting.prepared.item();
        let decided_after_all = item
            .streams
            .iter()
            .filter_map(|stream| {
                self.streams.get(&(stream.aggregate_type.to_string(), stream.aggregate_id.clone()))
            })
            .all(|last| after.contains(last));
        let fits = self.members.len() < MAX_ITEMS
            && self.events + waiting.prepared.event_count() <= MAX_EVENTS
            && self.bytes + waiting.prepared.bytes() <= MAX_BYTES;
        let first = self.members.is_empty();
        if first || (fits && decided_after_all && !self.commands.contains(&item.context.command_id.0)) {
            Place::Here(after)
        } else {
            Place::Later
        }
    }

    fn push(&mut self, waiting: Waiting, after: Vec<usize>) {
        let Waiting { prepared, verdict, answer, .. } = waiting;
        let place = self.members.len();
        let item = prepared.item();
        self.places.insert(verdict.id(), place);
        self.commands.insert(item.context.command_id.0);
        for stream in &item.streams {
            self.streams.insert((stream.aggregate_type.to_string(), stream.aggregate_id.clone()), place);
        }
        self.events += prepared.event_count();
        self.bytes += prepared.bytes();
        self.members.push(Member { prepared, after });
        self.askers.push(Asker { verdict, answer });
    }
}
