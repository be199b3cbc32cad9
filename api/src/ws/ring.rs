//! The last messages of the log, for everybody who is not far behind.

use std::collections::VecDeque;
use std::sync::Arc;

use super::said::Said;

const MOST: usize = 8192;
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// A stretch of the log without a hole: everything after `after` up to `to`.
#[derive(Debug)]
pub(super) struct Ring {
    after: i64,
    to: i64,
    bytes: usize,
    messages: VecDeque<Arc<Said>>,
}

/// What the ring has beyond a position.
#[derive(Debug)]
pub(super) enum Since {
    /// The ring begins later: the log has it.
    Earlier,
    /// Everything wanted up to `to`, in order; `to` is the position asked with when there is nothing.
    News { to: i64, messages: Vec<Arc<Said>> },
}

impl Ring {
    pub(super) fn at(position: i64) -> Self {
        Self { after: position, to: position, bytes: 0, messages: VecDeque::new() }
    }

    pub(super) fn to(&self) -> i64 {
        self.to
    }

    /// Takes in what comes next.
    ///
    /// # Panics
    /// When something is missing before it.
    pub(super) fn push(&mut self, said: Arc<Said>) {
        assert_eq!(said.position, self.to + 1, "the hub passes on every event");
        self.to = said.position;
        self.bytes += said.weight();
        self.messages.push_back(said);
        while self.messages.len() > MOST || self.bytes > MOST_BYTES {
            let Some(oldest) = self.messages.pop_front() else { break };
            self.bytes -= oldest.weight();
            self.after = oldest.position;
        }
    }

    /// Goes on from there and forgets what was before: nobody listens.
    pub(super) fn skip_to(&mut self, position: i64) {
        *self = Self::at(position);
    }

    pub(super) fn since(&self, position: i64, wanted: impl Fn(&Said) -> bool) -> Since {
        if position < self.after {
            return Since::Earlier;
        }
        let known = usize::try_from(position - self.after).unwrap_or(usize::MAX).min(self.messages.len());
        let messages = self.messages.range(known..).filter(|said| wanted(said)).cloned().collect();
        Since::News { to: self.to.max(position), messages }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Uuid;
    use serde_json::value::RawValue;

    use super::*;

    fn said(position: i64, length: usize) -> Arc<Said> {
        Arc::new(Said {
            position,
            org: Uuid::nil(),
            project: None,
            aggregate_type: "task".into(),
            aggregate_id: "x".into(),
            event_type: "task.planned".into(),
            envelope: RawValue::from_string(format!("\"{}\"", "x".repeat(length))).unwrap(),
        })
    }

    fn positions(since: Since) -> Option<(i64, Vec<i64>)> {
        match since {
            Since::Earlier => None,
            Since::News { to, messages } => Some((to, messages.iter().map(|said| said.position).collect())),
        }
    }

    #[test]
    fn it_answers_what_is_beyond_a_position() {
        let mut ring = Ring::at(10);
        assert_eq!(positions(ring.since(10, |_| true)), Some((10, vec![])));
        ring.push(said(11, 10));
        ring.push(said(12, 10));
        assert_eq!(positions(ring.since(10, |_| true)), Some((12, vec![11, 12])));
        assert_eq!(positions(ring.since(11, |_| true)), Some((12, vec![12])));
        assert_eq!(positions(ring.since(12, |_| true)), Some((12, vec![])));
        assert_eq!(positions(ring.since(50, |_| true)), Some((50, vec![])), "ahead of this node");
        assert_eq!(positions(ring.since(9, |_| true)), None);
    }

    #[test]
    fn it_keeps_the_last_ones_by_number_and_by_size() {
        let mut ring = Ring::at(0);
        let most = i64::try_from(MOST).unwrap();
        for position in 1..=most + 5 {
            ring.push(said(position, 10));
        }
        assert_eq!(positions(ring.since(4, |_| true)), None);
        assert_eq!(positions(ring.since(5, |_| true)).unwrap().1.len(), MOST);

        let mut ring = Ring::at(0);
        for position in 1..=40 {
            ring.push(said(position, 1024 * 1024));
        }
        assert!(ring.bytes <= MOST_BYTES && ring.messages.len() >= 30, "{}", ring.messages.len());
        assert_eq!(ring.to(), 40);
        ring.skip_to(90);
        assert_eq!(
            (positions(ring.since(89, |_| true)), positions(ring.since(90, |_| true))),
            (None, Some((90, vec![])))
        );
    }
}
