//! A short run in every `make test`: is the first row still what was committed?

use std::process::ExitCode;
use std::time::Duration;

use super::Args;
use super::commands::Sides;
use crate::lab::Lab;
use crate::report::Report;

/// Below this the figures are the disk's.
const SLOWEST_DISK: f64 = 1000.0;
/// Half a second each.
const PROBES: usize = 40;
/// How far below the committed ratio is red; the machine's own noise stays above.
const SHARE: f64 = 0.7;
const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(3);

pub(super) async fn run(lab: &Lab, args: &Args) -> anyhow::Result<ExitCode> {
    // The linker that made this program may have left a queue at the disk: the best of a while counts.
    let mut fdatasyncs: f64 = 0.0;
    for _ in 0..PROBES {
        fdatasyncs = fdatasyncs.max(lab.fdatasyncs_per_second()?);
        if fdatasyncs >= SLOWEST_DISK {
            break;
        }
    }
    if fdatasyncs < SLOWEST_DISK {
        eprintln!("bench guard: skipped, this disk makes only {fdatasyncs:.0} writes a second durable");
        return Ok(ExitCode::SUCCESS);
    }
    let committed = Report::read(&args.results)?;
    let committed = committed.rows.first().and_then(|row| row.ratio).unwrap_or(0.0);
    let sides = Sides::prepare(lab).await?;
    for turn in 1..=2 {
        let ratio = sides.rounds(64, ROUNDS, ROUND).await?.ratio();
        if ratio >= SHARE * committed {
            eprintln!("bench guard: {ratio:.2}x the peer, {committed:.2}x committed: ok");
            return Ok(ExitCode::SUCCESS);
        }
        eprintln!(
            "bench guard: {ratio:.2}x the peer is below {SHARE} of the committed {committed:.2}x (turn {turn} of 2)"
        );
    }
    Ok(ExitCode::FAILURE)
}
