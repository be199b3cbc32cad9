//! Words for an agent that is a program of its own, from when they come until it is known what became of them. Their order is kept, one is under way at a time,
//! and none is ever sent twice.

use std::collections::VecDeque;

use ports::agent::{Delivery, Order};
use tokio::sync::mpsc;

use super::program::Span;

/// The agent takes a prompt while one runs.
pub(super) const QUEUED: &str = "prompt_queueing";
/// It does not; they wait for the end of the turn.
pub(super) const NEXT_TURN: &str = "next_turn";

/// Words that wait, and those that are under way.
#[derive(Debug, Default)]
pub(super) struct Steers {
    waiting: VecDeque<Steer>,
    sent: Option<Sent>,
}

#[derive(Debug)]
struct Steer {
    text: String,
    way: mpsc::Sender<Delivery>,
}

#[derive(Debug)]
struct Sent {
    steer: Steer,
    request: u64,
    span: Span,
    mechanism: &'static str,
    is_written: bool,
}

impl Steers {
    /// More words.
    pub(super) fn wait(&mut self, text: String, way: mpsc::Sender<Delivery>) {
        self.waiting.push_back(Steer { text, way });
    }

    /// The words that are to be sent next; none while others are under way.
    pub(super) fn next(&self) -> Option<&str> {
        if self.sent.is_some() {
            return None;
        }
        self.waiting.front().map(|steer| steer.text.as_str())
    }

    /// Those are under way now, as this request.
    pub(super) fn sent(&mut self, request: u64, span: Span, mechanism: &'static str) {
        let Some(steer) = self.waiting.pop_front() else { return };
        self.sent = Some(Sent { steer, request, span, mechanism, is_written: false });
    }

    /// The request of the words that are under way, and the words.
    pub(super) fn under_way(&self) -> Option<(u64, &str)> {
        self.sent.as_ref().map(|sent| (sent.request, sent.steer.text.as_str()))
    }

    /// By which way the words that are under way were sent.
    pub(super) fn mechanism(&self) -> Option<&'static str> {
        self.sent.as_ref().map(|sent| sent.mechanism)
    }

    /// Whether the words that are under way are this request.
    pub(super) fn are(&self, request: u64) -> bool {
        self.sent.as_ref().is_some_and(|sent| sent.request == request)
    }

    /// The agent has been handed so many bytes.
    pub(super) fn handed(&mut self, bytes: u64) {
        if let Some(sent) = self.sent.as_mut().filter(|sent| !sent.is_written && sent.span.end <= bytes) {
            sent.is_written = true;
            sent.steer.tell(Delivery::Written { mechanism: sent.mechanism.into() });
        }
    }

    /// The agent has taken those that are under way; what it does with them is not known yet.
    pub(super) fn accepted(&self) {
        if let Some(sent) = &self.sent {
            sent.steer.tell(Delivery::Accepted);
        }
    }

    /// It is known what became of those that are under way.
    pub(super) fn settled(&mut self, delivery: Delivery) {
        if let Some(sent) = self.sent.take() {
            sent.steer.tell(delivery);
        }
    }

    /// The agent is no more, and had been handed so many bytes.
    pub(super) fn end(&mut self, bytes: u64, why: &str) {
        if let Some(sent) = self.sent.take() {
            let reason = why.to_owned();
            let was_begun = bytes > sent.span.start;
            sent.steer.tell(if was_begun {
                Delivery::Ambiguous { reason }
            } else {
                Delivery::Degraded { reason }
            });
        }
        for steer in self.waiting.drain(..) {
            steer.tell(Delivery::Degraded { reason: why.to_owned() });
        }
    }
}

/// Whoever still comes is told that nobody is here.
pub(super) fn turn_away(orders: &mut mpsc::Receiver<Order>, why: &str) {
    orders.close();
    while let Ok(order) = orders.try_recv() {
        match order {
            Order::Steer { text, way } => {
                Steer { text, way }.tell(Delivery::Degraded { reason: why.to_owned() });
            }
            Order::Interrupt { done } => {
                // Whoever asked may be gone.
                let _ = done.send(());
            }
        }
    }
}

impl Steer {
    fn tell(&self, delivery: Delivery) {
        // Whoever asked may be gone; what became of the words is so all the same.
        let _ = self.way.try_send(delivery);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(states: &mut mpsc::Receiver<Delivery>) -> Vec<Delivery> {
        std::iter::from_fn(|| states.try_recv().ok()).collect()
    }

    #[test]
    fn what_an_agent_that_is_gone_was_handed_of_decides() {
        let why = || "gone".to_owned();
        for (bytes, expected) in [
            (10, Delivery::Degraded { reason: why() }),
            (11, Delivery::Ambiguous { reason: why() }),
            (20, Delivery::Ambiguous { reason: why() }),
        ] {
            let mut steers = Steers::default();
            let (way, mut first) = mpsc::channel(8);
            steers.wait("one".into(), way);
            let (way, mut second) = mpsc::channel(8);
            steers.wait("two".into(), way);
            steers.sent(7, Span { start: 10, end: 20 }, NEXT_TURN);
            assert_eq!(steers.next(), None, "one at a time");
            steers.handed(bytes);
            steers.end(bytes, "gone");
            let written = (bytes == 20).then(|| Delivery::Written { mechanism: NEXT_TURN.into() });
            assert_eq!(told(&mut first), written.into_iter().chain([expected]).collect::<Vec<_>>());
            assert_eq!(told(&mut second), [Delivery::Degraded { reason: why() }]);
        }
    }
}
