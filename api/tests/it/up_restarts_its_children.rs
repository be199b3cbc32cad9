//! A child that is killed comes back by itself, and `/readyz` says how things are meanwhile.

use std::time::Duration;

use rustix::process::Signal;

use crate::support::{Up, descendants, eventually, signal};

/// The process id of the direct child with this name.
fn child(up: &Up, name: &str) -> Option<u32> {
    // A Postgres names its backends after itself; it comes before them.
    descendants(up.ready.pid).into_iter().find(|(_, n)| n == name).map(|(pid, _)| pid)
}

async fn comes_back(name: &str) {
    let up = Up::start().await;
    let first = child(&up, name).expect("the child runs");
    signal(first, Signal::KILL);
    eventually(Duration::from_secs(30), "another child runs", || async {
        child(&up, name).filter(|pid| *pid != first)
    })
    .await;
    eventually(Duration::from_secs(30), "everything is ready again", || async {
        (up.status_of("/readyz").await == Some(200)).then_some(())
    })
    .await;
    assert_eq!(up.status_of("/healthz").await, Some(200));
}

#[tokio::test]
async fn postgres_comes_back() {
    comes_back("postgres").await;
}

#[tokio::test]
async fn nats_comes_back() {
    comes_back("nats-server").await;
}
