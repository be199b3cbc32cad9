//! Somebody who follows the log sees each event once and in order, whatever the bus does.

use std::time::Duration;

use bus::{Follower, LogState, Reading, Source, SourceError, header};
use kernel::Recorded;

use crate::log::TestLog;
use crate::server::{LOG, Server};

/// Follows up to a position; fails on a gap, on anything that comes twice, and on another event than the log's.
async fn follows<S: Source>(follower: &mut Follower<S>, from: i64, to: i64, log: &TestLog) {
    let all = async {
        let mut at = from;
        while at < to {
            let stretch = follower.next().await;
            assert_eq!(stretch.after, at, "a stretch begins where the one before it ended");
            for message in &stretch.messages {
                at += 1;
                assert_eq!(message.position, at);
                let id = message.headers.get(header::EVENT_ID).unwrap().as_str();
                assert_eq!(id, log.event_ids()[usize::try_from(at).unwrap() - 1]);
            }
            assert_eq!(stretch.to, at);
        }
        assert_eq!(at, to);
    };
    tokio::time::timeout(Duration::from_secs(30), all).await.expect("something is missing");
}

/// A log that must not be read: what is seen has come by the bus.
struct OnlyByBus(TestLog);

impl Source for OnlyByBus {
    async fn state(&self) -> Result<LogState, SourceError> {
        self.0.state().await
    }

    async fn page(&self, after: i64, _limit: i64) -> Result<Vec<Recorded<String>>, SourceError> {
        panic!("the log was read beyond {after}")
    }

    async fn grown(&self, beyond: i64) {
        self.0.grown(beyond).await;
    }

    fn reading(&self, event: &Recorded<String>) -> Reading {
        self.0.reading(event)
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_follows_the_bus_and_says_the_same_as_the_log() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 1_000);
    let mut relay = server.relay(&log).await;
    relay.reaches(1_000).await;
    // From the middle on, then live.
    let mut follower = Follower::new(server.client().await, LOG, OnlyByBus(log.clone()), 400);
    follows(&mut follower, 400, 1_000, &log).await;
    for n in 0..20 {
        log.grow(3);
        follows(&mut follower, 1_000 + 3 * n, 1_003 + 3 * n, &log).await;
    }
    relay.stop().await;
    server.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bus_that_is_quiet_away_or_wiped_is_made_up_for_from_the_log() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 10);
    // Nobody has begun the stream yet.
    let mut follower = Follower::new(server.client().await, LOG, log.clone(), 0);
    follows(&mut follower, 0, 10, &log).await;
    let mut relay = server.relay(&log).await;
    relay.reaches(10).await;
    log.grow(10);
    follows(&mut follower, 10, 20, &log).await;
    // The relay sleeps.
    relay.stop().await;
    log.grow(10);
    follows(&mut follower, 20, 30, &log).await;
    // The server is gone, comes back as it was, and is filled by a new relay.
    server.stop().await;
    log.grow(10);
    follows(&mut follower, 30, 40, &log).await;
    server.start_again().await;
    let mut relay = server.relay(&log).await;
    relay.reaches(40).await;
    log.grow(10);
    follows(&mut follower, 40, 50, &log).await;
    // It comes back empty: what is published again is known, what is new comes.
    server.wipe().await;
    log.grow(10);
    follows(&mut follower, 50, 60, &log).await;
    relay.reaches(60).await;
    log.grow(10);
    follows(&mut follower, 60, 70, &log).await;
    relay.stop().await;
    server.stop().await;
}

/// The stream is emptied and filled again while somebody follows it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_that_is_begun_anew_shows_nothing_twice() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 500);
    let mut relay = server.relay(&log).await;
    relay.reaches(500).await;
    let mut follower = Follower::new(server.client().await, LOG, log.clone(), 490);
    follows(&mut follower, 490, 500, &log).await;
    relay.stop().await;
    // Somebody publishes what no log has.
    let context = async_nats::jetstream::new(server.client().await);
    context.publish(format!("omoi.v1.{LOG}.x.-.task.planned"), "{}".into()).await.unwrap().await.unwrap();
    let mut relay = server.relay(&log).await;
    assert_eq!(relay.reaches(500).await.begun_anew, 1);
    log.grow(20);
    follows(&mut follower, 500, 520, &log).await;
    relay.stop().await;
    server.stop().await;
}
