//! Load in a closed loop, and what it measured.

use std::future::Future;
use std::time::{Duration, Instant};

use serde::Serialize;

/// One round of one side.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Round {
    pub(crate) per_second: f64,
    pub(crate) p50_ms: f64,
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
    let at = |share: f64| {
        let index = ((latencies.len() as f64 * share) as usize).min(latencies.len().saturating_sub(1));
        latencies.get(index).map_or(0.0, |time| time.as_secs_f64() * 1e3)
    };
    Ok(Round { per_second: latencies.len() as f64 / elapsed, p50_ms: at(0.5), p99_ms: at(0.99) })
}

/// The middle one.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
