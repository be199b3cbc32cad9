//! What people want while the model works, and how far their words are on their way to it.

use std::collections::VecDeque;

use ports::agent::{Delivery, Order};
use tokio::sync::{mpsc, oneshot};

/// Words that reach the model with the next request of a turn.
const AT_BOUNDARY: &str = "tool_boundary";
/// Words that are a turn of their own.
const AS_TURN: &str = "next_turn";

/// Orders as they come.
#[derive(Debug)]
pub(super) struct Inbox {
    orders: mpsc::Receiver<Order>,
    /// Not yet in a request.
    waiting: VecDeque<Words>,
    /// In a request that is not answered yet.
    written: Vec<Written>,
    /// Those who wait for the end of the turn.
    interrupts: Vec<oneshot::Sender<()>>,
}

/// Words of a person, and who wants to know what becomes of them.
#[derive(Debug)]
struct Words {
    text: String,
    way: mpsc::Sender<Delivery>,
}

#[derive(Debug)]
struct Written {
    words: Words,
    /// Whether a turn begins with them.
    begins_turn: bool,
}

impl Words {
    fn become_of(&self, state: Delivery) {
        // Whoever asked may be gone, and has room for every state.
        let _ = self.way.try_send(state);
    }
}

impl Inbox {
    pub(super) const fn new(orders: mpsc::Receiver<Order>) -> Self {
        Self { orders, waiting: VecDeque::new(), written: Vec::new(), interrupts: Vec::new() }
    }

    /// Answers once somebody interrupts; never when nobody does. Dropped in between, it has lost nothing.
    pub(super) async fn interrupted(&mut self) {
        while self.interrupts.is_empty() {
            match self.orders.recv().await {
                Some(order) => self.take(order),
                // Nobody will want anything any more.
                None => std::future::pending().await,
            }
        }
    }

    /// Takes what has come; whether somebody interrupts.
    pub(super) fn drain(&mut self) -> bool {
        while let Ok(order) = self.orders.try_recv() {
            self.take(order);
        }
        !self.interrupts.is_empty()
    }

    fn take(&mut self, order: Order) {
        match order {
            Order::Steer { text, way } => self.waiting.push_back(Words { text, way }),
            Order::Interrupt { done } => self.interrupts.push(done),
        }
    }

    /// What waits, for the next request of this turn.
    pub(super) fn fold(&mut self) -> Vec<String> {
        self.write(false)
    }

    /// What waits, for a turn of its own: first what was written and may be unread, then what is to be written now.
    pub(super) fn next_turn(&mut self) -> (Vec<String>, Vec<String>) {
        for written in &mut self.written {
            written.begins_turn = true;
        }
        let unread = self.written.iter().map(|written| written.words.text.clone()).collect();
        (unread, self.write(true))
    }

    fn write(&mut self, begins_turn: bool) -> Vec<String> {
        let mechanism = if begins_turn { AS_TURN } else { AT_BOUNDARY };
        let mut texts = Vec::new();
        for words in self.waiting.drain(..) {
            words.become_of(Delivery::Written { mechanism: mechanism.into() });
            texts.push(words.text.clone());
            self.written.push(Written { words, begins_turn });
        }
        texts
    }

    /// The model answers: it has read what was written.
    pub(super) fn read_by_model(&mut self, turn: u32) {
        for Written { words, begins_turn } in self.written.drain(..) {
            words.become_of(if begins_turn {
                Delivery::Deferred { turn }
            } else {
                Delivery::Folded { turn }
            });
        }
    }

    /// The turn is over: those who interrupted it are told.
    pub(super) fn turn_is_over(&mut self) {
        for done in self.interrupts.drain(..) {
            // Whoever asked may be gone.
            let _ = done.send(());
        }
    }

    /// There is no turn any more. `asked` says whether the model may have read what was written last.
    pub(super) fn close(&mut self, asked: bool) {
        self.orders.close();
        self.drain();
        self.turn_is_over();
        let over = || "the agent has ended".to_owned();
        for Written { words, .. } in self.written.drain(..) {
            words.become_of(if asked {
                Delivery::Ambiguous { reason: "the model was asked and did not answer".into() }
            } else {
                Delivery::Degraded { reason: over() }
            });
        }
        for words in self.waiting.drain(..) {
            words.become_of(Delivery::Degraded { reason: over() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inbox() -> (mpsc::Sender<Order>, Inbox) {
        let (people, orders) = mpsc::channel(8);
        (people, Inbox::new(orders))
    }

    fn steer(people: &mpsc::Sender<Order>, text: &str) -> mpsc::Receiver<Delivery> {
        let (way, states) = mpsc::channel(8);
        people.try_send(Order::Steer { text: text.into(), way }).unwrap();
        states
    }

    fn all(mut states: mpsc::Receiver<Delivery>) -> Vec<Delivery> {
        std::iter::from_fn(|| states.try_recv().ok()).collect()
    }

    fn written(mechanism: &str) -> Delivery {
        Delivery::Written { mechanism: mechanism.into() }
    }

    #[test]
    fn words_within_a_turn_are_folded_once_the_model_answers() {
        let (people, mut inbox) = inbox();
        let states = steer(&people, "one");
        assert!(!inbox.drain());
        assert_eq!(inbox.fold(), ["one"]);
        assert!(inbox.fold().is_empty(), "they are never written twice");
        inbox.read_by_model(3);
        assert_eq!(all(states), [written("tool_boundary"), Delivery::Folded { turn: 3 }]);
    }

    #[test]
    fn words_that_the_model_may_not_have_read_are_its_next_turn_with_those_that_wait() {
        let (people, mut inbox) = inbox();
        let unread = steer(&people, "one");
        inbox.drain();
        inbox.fold();
        let waiting = steer(&people, "two");
        let (done, mut over) = oneshot::channel();
        people.try_send(Order::Interrupt { done }).unwrap();
        assert!(inbox.drain());
        assert!(over.try_recv().is_err(), "the turn is not over");
        inbox.turn_is_over();
        assert!(over.try_recv().is_ok());
        assert_eq!(inbox.next_turn(), (vec!["one".to_owned()], vec!["two".to_owned()]));
        inbox.read_by_model(2);
        assert_eq!(all(unread), [written("tool_boundary"), Delivery::Deferred { turn: 2 }]);
        assert_eq!(all(waiting), [written("next_turn"), Delivery::Deferred { turn: 2 }]);
    }

    #[test]
    fn at_the_end_words_are_known_not_to_have_arrived_or_not_known() {
        for (asked, fate) in [(true, "Ambiguous"), (false, "Degraded")] {
            let (people, mut inbox) = inbox();
            let unread = steer(&people, "one");
            inbox.drain();
            inbox.fold();
            let late = steer(&people, "two");
            inbox.close(asked);
            assert!(format!("{:?}", all(unread)[1]).starts_with(fate));
            assert!(matches!(all(late)[..], [Delivery::Degraded { .. }]));
            let (way, _states) = mpsc::channel(1);
            assert!(people.try_send(Order::Steer { text: "three".into(), way }).is_err());
        }
    }
}
