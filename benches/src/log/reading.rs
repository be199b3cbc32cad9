//! Reading the log from its start, with memory flat.

use std::pin::pin;
use std::time::Instant;

use eventstore::Filter;
use futures::TryStreamExt as _;

use super::Args;
use super::trajectory::Source;
use crate::lab::Lab;
use crate::report::Row;
use crate::rounds::median;

const PAGE: i64 = 2_000;
const AT_LEAST: f64 = 150_000.0;
/// "Memory flat": after the first tenth and at the end, in MiB and as a share.
const FLAT_MIB: f64 = 16.0;
const FLAT_SHARE: f64 = 0.1;

pub(super) async fn rows(lab: &Lab, args: &Args) -> anyhow::Result<Vec<Row>> {
    if !args.wants("read the log") {
        return Ok(Vec::new());
    }
    let store = Lab::store(&lab.our_database("reading").await?)?;
    let mut source = Source::open(&store).await?;
    while store.reader().head().await? < args.events {
        for _ in 0..20 {
            source.send(&store).await?;
        }
    }
    let (mut rates, mut growth, mut flat) = (Vec::new(), Vec::new(), true);
    for _ in 0..args.rounds.min(5) {
        let (start, mut seen, mut early) = (Instant::now(), 0_i64, None);
        let mut pages = pin!(store.reader().pages(Filter::default(), 0, PAGE));
        while let Some(page) = pages.try_next().await? {
            for event in page {
                seen += 1;
                anyhow::ensure!(event.envelope.position == seen, "position {seen} is missing");
            }
            if early.is_none() && seen >= args.events / 10 {
                early = Some(resident_mib()?);
            }
        }
        anyhow::ensure!(seen >= args.events, "the whole log is read");
        rates.push(seen as f64 / start.elapsed().as_secs_f64());
        let early = early.unwrap_or(0.0);
        let grown = (resident_mib()? - early).max(0.0);
        flat &= grown < FLAT_MIB || grown < early * FLAT_SHARE;
        growth.push(grown);
    }
    let rate = median(rates);
    Ok(vec![
        Row {
            name: format!("read the log from the start, {} events", args.events),
            unit: "events/s".into(),
            ours: rate,
            peer: None,
            ratio: None,
            target: format!(">= {AT_LEAST}/s"),
            ok: Some(rate >= AT_LEAST),
        },
        Row {
            name: "the same: growth of our memory after the first tenth".into(),
            unit: "MiB".into(),
            ours: growth.iter().copied().fold(0.0, f64::max),
            peer: None,
            ratio: None,
            target: format!("< {FLAT_MIB} MiB or < 10 %"),
            ok: Some(flat),
        },
    ])
}

fn resident_mib() -> anyhow::Result<f64> {
    super::idle::resident_mib("self")
}
