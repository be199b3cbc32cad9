//! The memory of our process under the load of the first row.

use std::time::{Duration, Instant};

use super::server::Server;
use super::{Args, commands, row};
use crate::log::resident_mib;
use crate::report::Row;

const MOST_MIB: f64 = 256.0;

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    if !args.wants("memory under load") {
        return Ok(Vec::new());
    }
    let server = Server::start(&args.omoi)?;
    let clients = commands::clients(&server.api, args.clients, 20).await?;
    let long = Duration::from_secs(args.memory_seconds);
    let (begun, pid) = (Instant::now(), server.pid());
    let watching = tokio::spawn(watch(pid.clone(), begun, long));
    commands::run(clients, begun + long).await?;
    let (most, early) = watching.await??;
    let growth = resident_mib(&pid)? - early;
    let flat = growth < 16.0 || growth < early * 0.1;
    Ok(vec![
        row("memory under load, our process, at most", "MiB", most, "<= 256 MiB", most <= MOST_MIB),
        row("the same: growth after the first tenth", "MiB", growth, "< 16 MiB or < 10 %", flat),
    ])
}

/// The most there ever was, and how much there was after the first tenth.
async fn watch(pid: String, begun: Instant, long: Duration) -> anyhow::Result<(f64, f64)> {
    let (mut most, mut early) = (0.0_f64, None);
    while begun.elapsed() < long {
        let now = resident_mib(&pid)?;
        most = most.max(now);
        if begun.elapsed() >= long / 10 {
            early.get_or_insert(now);
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    Ok((most, early.unwrap_or(most)))
}
