//! The bus holds what is not so: messages of another program, and after that the whole log once more. A consumer that skips the
//! positions that it has deals with each event once; screens are not touched by it.

use std::collections::BTreeMap;
use std::time::Duration;

use async_nats::jetstream::{self, AckKind, consumer::pull};
use futures::StreamExt as _;
use rand::Rng as _;
use tokio::time::timeout;

use crate::bus_log::{self, LOG};
use crate::load::Load;
use crate::place::Place;
use crate::proof::{Proof, between_ms};
use crate::viewer::{Viewer, assert_finds_what_is_wrong, assert_saw_all};

const TIMES: usize = 10;
const CLIENTS: usize = 2;

/// A program with a durable consumer, as docs/examples has it: it counts, and skips what it has counted.
struct Counter {
    messages: pull::Stream,
    at: i64,
    counts: BTreeMap<i64, usize>,
    /// Messages that it was given a second time.
    repeated: usize,
}

impl Counter {
    async fn start(place: &Place) -> Self {
        let context = jetstream::new(place.bus().await);
        let stream = context.get_stream(bus::stream_name(LOG)).await.expect("the stream");
        let config = pull::Config { durable_name: Some("counter".into()), ..Default::default() };
        let consumer = stream.get_or_create_consumer("counter", config).await.expect("a consumer");
        let messages = consumer.messages().await.expect("a subscription");
        Self { messages, at: 0, counts: BTreeMap::new(), repeated: 0 }
    }

    async fn counts_up_to(&mut self, head: i64) {
        while self.at < head {
            let next = timeout(Duration::from_secs(30), self.messages.next()).await;
            let message = next.expect("messages are missing");
            let message = message.expect("the subscription lasts").expect("a message");
            message.ack_with(AckKind::Ack).await.expect("the server takes it");
            let header = message.headers.as_ref().and_then(|headers| headers.get(bus::header::POSITION));
            // What no relay sent has no position.
            let Some(position) = header.and_then(|text| text.as_str().parse().ok()) else { continue };
            if position <= self.at {
                self.repeated += 1;
                continue;
            }
            assert_eq!(position, self.at + 1, "an event is missing");
            self.at = position;
            *self.counts.entry(position).or_default() += 1;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stale_replay() {
    let mut proof = Proof::new("stale_replay", TIMES);
    let mut random = proof.random();
    let place = Place::start().await;
    let viewer = Viewer::start(&place.site.door);
    let mut load = Load::start(&place.site.door, CLIENTS, random.random());
    place.bus_is_whole().await;
    let mut counter = Counter::start(&place).await;
    while proof.next_case() {
        load.work_for(between_ms(&mut random, 200, 1_000)).await;
        let head = place.head().await;
        place.bus_is_whole().await;
        counter.counts_up_to(head).await;
        // It takes the place of the next event: the relay finds it there, and begins anew.
        let forged = jetstream::new(place.bus().await);
        let sent = forged.publish(format!("omoi.v1.{LOG}.x.-.ticket.created"), "{}".into()).await;
        sent.expect("sent").await.expect("stored");
        load.work_for(Duration::from_millis(300)).await;
        let head = place.head().await;
        place.bus_is_whole().await;
        counter.counts_up_to(head).await;
    }
    load.stop().await;
    let head = place.head().await;
    place.bus_is_whole().await;
    counter.counts_up_to(head).await;
    assert!(counter.repeated > 0, "nothing was replayed");
    assert!((1..=head).all(|position| counter.counts.get(&position) == Some(&1)), "each event once");
    let seen = viewer.seen_up_to(head).await;
    assert_saw_all(&seen, head);
    assert_finds_what_is_wrong(&seen);
    bus_log::assert_is_the_log(&place, head).await;
    proof.figure("messages_replayed", counter.repeated);
    proof.holds();
    place.end().await;
}
