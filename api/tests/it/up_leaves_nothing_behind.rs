//! However `omoi up` ends, its children end with it.

use std::time::{Duration, Instant};

use rustix::process::Signal;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::support::{Up, descendants, eventually, is_running, signal};

/// Postgres with its backends, and NATS.
fn children(up: &Up) -> Vec<(u32, String)> {
    let children = descendants(up.ready.pid);
    let named = |name: &str| children.iter().filter(|(_, n)| n == name).count();
    assert!(named("postgres") > 3 && named("nats-server") == 1, "{children:?}");
    children
}

async fn all_gone(children: &[(u32, String)], within: Duration) {
    eventually(within, "every child is gone", || async {
        children.iter().all(|(pid, _)| !is_running(*pid)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn sigterm_stops_everything_in_order() {
    let mut up = Up::start().await;
    let children = children(&up);
    let begun = Instant::now();
    signal(up.ready.pid, Signal::TERM);
    let (status, _) = up.ended(Duration::from_secs(10)).await;
    assert!(status.success(), "{status}");
    all_gone(&children, Duration::from_secs(10).saturating_sub(begun.elapsed())).await;
    let log = std::fs::read_to_string(up.ready.data_dir.join("postgres.log")).expect("its log");
    assert!(log.contains("database system is shut down"), "{log}");
    assert!(!log.contains("immediate shutdown"), "{log}");
}

#[tokio::test]
async fn a_client_that_stands_still_does_not_delay_the_end() {
    let mut up = Up::start().await;
    let address = up.ready.url.strip_prefix("http://").expect("http");
    let mut client = TcpStream::connect(address).await.expect("a connection");
    client
        .write_all(b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n")
        .await
        .expect("half a request");
    // The server took the connection before it answers a later one.
    assert_eq!(up.status_of("/healthz").await, Some(200));
    let children = children(&up);
    signal(up.ready.pid, Signal::TERM);
    let (status, _) = up.ended(Duration::from_secs(10)).await;
    assert!(status.success(), "{status}");
    assert!(children.iter().all(|(pid, _)| !is_running(*pid)));
}

#[tokio::test]
async fn a_killed_omoi_takes_its_children_along() {
    let up = Up::start().await;
    let children = children(&up);
    signal(up.ready.pid, Signal::KILL);
    all_gone(&children, Duration::from_secs(15)).await;
}

#[tokio::test]
async fn a_start_right_after_a_kill_works() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let data_dir = directory.path().join("data");
    let mut first = Up::start_in(&data_dir).await;
    signal(first.ready.pid, Signal::KILL);
    first.child.wait().await.expect("it is our child");
    // The backends of the first may still be leaving.
    let second = Up::start_in(&data_dir).await;
    assert_eq!(second.status_of("/readyz").await, Some(200));
    // The address of the bus and its credential stay.
    assert_eq!(second.ready.nats_url, first.ready.nats_url);
}
