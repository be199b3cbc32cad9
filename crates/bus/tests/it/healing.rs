//! The bus loses what a bus can lose; the relay makes it whole from the log, and those who read it miss nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use async_nats::jetstream::{self, AckKind, consumer::PullConsumer, stream};
use bus::{BASE_KEY, INCARNATION_KEY, LogState, Reason, Source as _, header, stream_name};
use futures::StreamExt as _;

use crate::log::TestLog;
use crate::server::{LOG, Server};

/// A program that reads the bus: it remembers the positions that it has, and skips them.
struct Reader {
    consumer: PullConsumer,
    seen: BTreeSet<i64>,
}

impl Reader {
    async fn of(server: &Server) -> Self {
        let config =
            jetstream::consumer::pull::Config { durable_name: Some("reader".into()), ..Default::default() };
        let consumer = server.stream().await.get_or_create_consumer("reader", config).await.unwrap();
        Self { consumer, seen: BTreeSet::new() }
    }

    /// Reads until it has every position up to here.
    async fn reads_up_to(&mut self, position: i64) {
        let all = async {
            let mut messages = self.consumer.messages().await.unwrap();
            while self.seen.len() < usize::try_from(position).unwrap() {
                let message = messages.next().await.unwrap().unwrap();
                let headers = message.headers.as_ref().unwrap();
                let position = headers.get(header::POSITION).unwrap().as_str().parse().unwrap();
                self.seen.insert(position);
                message.ack_with(AckKind::Ack).await.unwrap();
            }
        };
        tokio::time::timeout(Duration::from_secs(30), all).await.expect("messages are missing");
        assert_eq!(self.seen.last(), Some(&position));
    }
}

/// The stream is not fit for this log: it is begun anew, and a reader that was there before misses nothing.
async fn heals(server: &Server, reader: &mut Reader, log: &TestLog, reason: Reason) {
    let head = i64::try_from(log.events().len()).unwrap();
    let mut relay = server.relay(log).await;
    let progress = relay.reaches(head).await;
    assert_eq!((progress.begun_anew, progress.reason), (1, Some(reason)));
    server.assert_holds(log).await;
    reader.seen.clear();
    reader.reads_up_to(head).await;
    relay.stop().await;
}

#[tokio::test]
async fn a_stream_of_another_log_or_with_other_events_is_begun_anew() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 300);
    let mut relay = server.relay(&log).await;
    relay.reaches(300).await;
    let mut reader = Reader::of(&server).await;
    reader.reads_up_to(300).await;
    relay.stop().await;

    // A backup was restored: another incarnation, other events at some of the positions.
    let restored = TestLog::of(1, 200);
    heals(&server, &mut reader, &restored, Reason::AnotherIncarnation).await;
    // The log is shorter than the bus.
    let shorter = restored.cut(150);
    heals(&server, &mut reader, &shorter, Reason::AheadOfTheLog).await;
    // As long as the bus, and its end is another.
    let other_end = shorter.cut(149);
    other_end.grow(1);
    heals(&server, &mut reader, &other_end, Reason::AnotherEvent).await;
    // Somebody published what no log has.
    other_end.grow(5);
    let subject = format!("omoi.v1.{LOG}.x.-.task.planned");
    let context = jetstream::new(server.client().await);
    context.publish(subject, "{}".into()).await.unwrap().await.unwrap();
    heals(&server, &mut reader, &other_end, Reason::AnotherEvent).await;
    server.stop().await;
}

#[tokio::test]
async fn a_hole_and_a_stream_that_nobody_began_are_begun_anew() {
    let mut server = Server::start().await;
    // As another program would make it; its messages can be deleted.
    let context = jetstream::new(server.client().await);
    let foreign = stream::Config {
        name: stream_name(LOG),
        subjects: vec![format!("omoi.v1.{LOG}.>")],
        ..Default::default()
    };
    context.create_stream(foreign.clone()).await.unwrap();
    let mut reader = Reader::of(&server).await;
    let log = TestLog::of(1, 100);
    heals(&server, &mut reader, &log, Reason::NotOurs).await;
    let stream = server.stream().await;
    assert!(stream.cached_info().config.deny_delete, "from now on");

    context.delete_stream(stream_name(LOG)).await.unwrap();

    // The server loses some of its middle, as it does with a block of its files: it counts them as deleted.
    let LogState { incarnation, .. } = log.state().await.unwrap();
    let metadata = [(BASE_KEY.into(), "0".into()), (INCARNATION_KEY.into(), incarnation.to_string())];
    context.create_stream(stream::Config { metadata: metadata.into(), ..foreign }).await.unwrap();
    let mut relay = server.relay(&log).await;
    assert_eq!(relay.reaches(100).await.begun_anew, 0);
    relay.stop().await;
    let mut reader = Reader::of(&server).await;
    let stream = server.stream().await;
    for sequence in [40, 41, 77] {
        assert!(stream.delete_message(sequence).await.unwrap());
    }
    heals(&server, &mut reader, &log, Reason::Hole).await;
    server.stop().await;
}

#[tokio::test]
async fn a_lost_tail_is_published_again_and_nothing_else() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 100);
    let mut relay = server.relay(&log).await;
    relay.reaches(100).await;
    relay.stop().await;
    server.stop().await;
    let kept = tempfile::tempdir().unwrap();
    copy(&server.store(), kept.path());

    server.start_again().await;
    log.grow(50);
    let mut relay = server.relay(&log).await;
    relay.reaches(150).await;
    let mut reader = Reader::of(&server).await;
    reader.reads_up_to(150).await;
    relay.stop().await;
    server.stop().await;

    // The power went: what was not on the disk yet is gone.
    let store = server.store();
    fs::remove_dir_all(&store).unwrap();
    copy(kept.path(), &store);
    server.start_again().await;
    assert_eq!(server.messages().await.len(), 100);
    let mut relay = server.relay(&log).await;
    assert_eq!(relay.reaches(150).await.begun_anew, 0);
    server.assert_holds(&log).await;
    relay.stop().await;
    server.stop().await;
}

/// The relay runs all the time; the server goes away, comes back as it was, and comes back empty.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_goes_away_and_one_that_was_wiped_are_filled_again() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 200);
    let mut relay = server.relay(&log).await;
    relay.reaches(200).await;
    for wiped in [false, true] {
        let store = server.store();
        server.stop().await;
        log.grow(100);
        if wiped {
            fs::remove_dir_all(&store).unwrap();
        }
        server.start_again().await;
        let head = i64::try_from(log.events().len()).unwrap();
        relay.reaches(head).await;
        server.assert_holds(&log).await;
    }
    assert_eq!(relay.progress.borrow().begun_anew, 0, "what is not there need not be emptied");
    // The stream alone is gone, under the eyes of the relay.
    jetstream::new(server.client().await).delete_stream(stream_name(LOG)).await.unwrap();
    log.grow(1);
    relay.reaches(401).await;
    server.assert_holds(&log).await;
    relay.stop().await;
    server.stop().await;
}

/// With the owners: the server runs as somebody else when the tests run as root.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let status = Command::new("cp").arg("-a").arg(from.join(".")).arg(to).status().unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn two_installations_do_not_take_the_stream_from_each_other_for_ever() {
    let mut server = Server::start().await;
    let (ours, theirs) = (TestLog::of(1, 20), TestLog::of(1, 30));
    let mut first = server.relay(&ours).await;
    first.reaches(20).await;
    // Who came last has it.
    let mut last = server.relay(&theirs).await;
    assert_eq!(last.reaches(30).await.reason, Some(Reason::AnotherIncarnation));
    ours.grow(1);
    first.is_at_a_loss().await;
    theirs.grow(5);
    assert_eq!(last.reaches(35).await.begun_anew, 1);
    server.assert_holds(&theirs).await;
    first.stop().await;
    last.stop().await;
    server.stop().await;
}

/// It has taken the place of the first of several that are published together: the others must not follow it.
#[tokio::test]
async fn nothing_follows_on_a_message_that_is_not_the_logs() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 20);
    let mut relay = server.relay(&log).await;
    relay.reaches(20).await;
    let context = jetstream::new(server.client().await);
    context.publish(format!("omoi.v1.{LOG}.x.-.task.planned"), "{}".into()).await.unwrap().await.unwrap();
    log.grow(5);
    relay.reaches(25).await;
    server.assert_holds(&log).await;
    relay.stop().await;
    server.stop().await;
}
