//! Load in a closed loop, and what it measured.

use std::future::Future;
use std::time::{Duration, Instant};

use kernel::Uuid;

/// One round of one side.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Round {
    pub(crate) per_second: f64,
    pub(crate) p99_ms: f64,
}

/// Runs `tasks` loops for `time`; each asks `command(task, n)` and waits for it. The client's cpu is included.
pub(crate) async fn closed_loop<F, Fut>(tasks: usize, time: Duration, command: F) -> anyhow::Result<Round>
where
    F: Fn(usize, u64) -> Fut + Clone + Send + 'static,
    Fut: Future<Output = anyhow::Result<()>> + Send,
{
    let start = Instant::now();
    let loops: Vec<_> = (0..tasks)
        .map(|task| {
            let command = command.clone();
            tokio::spawn(async move {
                let mut latencies = Vec::new();
                for n in 0.. {
                    let asked = Instant::now();
                    if asked - start >= time {
                        break;
                    }
                    command(task, n).await?;
                    latencies.push(asked.elapsed());
                }
                anyhow::Ok(latencies)
            })
        })
        .collect();
    let mut latencies = Vec::new();
    for task in loops {
        latencies.extend(task.await??);
    }
    let elapsed = start.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let p99 = latencies.get(latencies.len() * 99 / 100).copied().unwrap_or_default();
    Ok(Round { per_second: latencies.len() as f64 / elapsed, p99_ms: p99.as_secs_f64() * 1e3 })
}

/// Which stream a task's n-th command goes to: a new one every ten. Sortable like the v7 ids of the product,
/// so that neither side pays for random index pages.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Streams(u128);

impl Streams {
    pub(crate) const COMMANDS_EACH: u64 = 10;

    pub(crate) fn new() -> Self {
        Self(Uuid::now_v7().as_u128() & !u128::from(u64::MAX))
    }

    pub(crate) fn id(self, task: usize, n: u64) -> Uuid {
        Uuid::from_u128(self.0 | (u128::from(n / Self::COMMANDS_EACH) << 20) | task as u128)
    }
}

/// The middle one.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
