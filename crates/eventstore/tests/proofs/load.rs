//! Writers of a proof that measures: new streams, one event a command, each call timed.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use eventstore::{AppendError, Store};
use kernel::OrgId;
use tokio::task::JoinSet;

use crate::proof::Times;
use crate::support::{item, stream_id};

/// Commands to one stream before the next one begins.
const COMMANDS_A_STREAM: i64 = 10;
/// Between tries of one command while the log cannot be used.
const PAUSE: Duration = Duration::from_millis(20);

/// Writers at work on one node.
pub(crate) struct Load {
    writers: JoinSet<Times>,
    stop: Arc<AtomicBool>,
}

impl Load {
    /// Starts writers. What is unavailable is sent again with the same id, and timed as one call.
    pub(crate) fn start(node: &Store, org: OrgId, writers: usize) -> Self {
        let mut load = Self { writers: JoinSet::new(), stop: Arc::new(AtomicBool::new(false)) };
        for _ in 0..writers {
            load.writers.spawn(write(node.clone(), org, Arc::clone(&load.stop)));
        }
        load
    }

    /// Ends after the calls under way; answers the times of all calls.
    pub(crate) async fn stop(self) -> Times {
        self.stop.store(true, Ordering::SeqCst);
        let mut times = Times::default();
        for of_one in self.writers.join_all().await {
            times.extend(of_one);
        }
        times
    }

    /// Works for a while; answers commands a second and the times.
    pub(crate) async fn measure(node: &Store, org: OrgId, writers: usize, time: Duration) -> (f64, Times) {
        let began = Instant::now();
        let load = Self::start(node, org, writers);
        tokio::time::sleep_until((began + time).into()).await;
        let times = load.stop().await;
        #[expect(clippy::cast_precision_loss, reason = "a count of calls is small")]
        let calls = times.len() as f64;
        (calls / began.elapsed().as_secs_f64(), times)
    }
}

async fn write(node: Store, org: OrgId, stop: Arc<AtomicBool>) -> Times {
    let mut times = Times::default();
    let (mut id, mut version) = (stream_id(), 0);
    while !stop.load(Ordering::SeqCst) {
        if version == COMMANDS_A_STREAM {
            (id, version) = (stream_id(), 0);
        }
        let command = item(org, &id, version);
        let began = Instant::now();
        loop {
            match node.append(command.clone()).await {
                Ok(_) => break,
                Err(AppendError::Unavailable(_)) => {
                    tokio::time::sleep_until((Instant::now() + PAUSE).into()).await;
                }
                Err(other) => panic!("{other}"),
            }
        }
        times.push(began.elapsed());
        version += 1;
    }
    times
}
