//! The log gets onto the bus, whole and in order.

use crate::log::{OLD, TestLog, UNKNOWN};
use crate::server::Server;

#[tokio::test]
async fn the_stream_is_the_log_and_follows_it() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 2_500);
    let mut relay = server.relay(&log).await;
    let progress = relay.reaches(2_500).await;
    assert_eq!(progress.begun_anew, 0);
    server.assert_holds(&log).await;
    for _ in 0..20 {
        log.grow(7);
        tokio::task::yield_now().await;
    }
    relay.reaches(2_640).await;
    server.assert_holds(&log).await;
    relay.stop().await;

    // Another relay goes on where the stream ends.
    log.grow(10);
    let mut relay = server.relay(&log).await;
    assert_eq!(relay.reaches(2_650).await.begun_anew, 0);
    server.assert_holds(&log).await;
    relay.stop().await;
    server.stop().await;
}

#[tokio::test]
async fn the_largest_event_and_an_unknown_one_pass() {
    let mut server = Server::start().await;
    let log = TestLog::new(1);
    // 256 KiB of what takes the most room there is for a payload.
    log.append(
        "task.noted",
        &format!(r#"{{"$type":"task.noted","text":"{}"}}"#, "x".repeat(256 * 1024 - 34)),
    );
    log.append(UNKNOWN, r#"{"$type":"task.of_tomorrow","n":1}"#);
    log.append(OLD, r#"{"$type":"task.renamed","name":"old"}"#);
    let mut relay = server.relay(&log).await;
    relay.reaches(3).await;
    server.assert_holds(&log).await;
    relay.stop().await;
    server.stop().await;
}

/// Two that both think they are the one: each message has one place, so nothing is doubled or out of order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_relays_do_no_harm() {
    let mut server = Server::start().await;
    let log = TestLog::of(1, 500);
    let (mut one, mut other) = (server.relay(&log).await, server.relay(&log).await);
    for _ in 0..50 {
        log.grow(20);
        tokio::task::yield_now().await;
    }
    one.reaches(1_500).await;
    other.reaches(1_500).await;
    server.assert_holds(&log).await;
    assert_eq!((one.progress.borrow().begun_anew, other.progress.borrow().begun_anew), (0, 0));
    one.stop().await;
    other.stop().await;
    server.stop().await;
}
