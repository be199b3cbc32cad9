//! From the moment at which a task is ready to the moment at which its agent's process runs, as the log and the agent's own clock
//! tell it: the scheduler, the claim, the place, the clone, the sandbox and the worker are in it. One after another, after a few
//! that are not counted.

use anyhow::Context as _;
use serde_json::json;

use super::shop::{Opening, Shop, ms, output};
use super::{Args, percentile, row};
use crate::report::Row;

const WARM: usize = 10;
/// The agent says when it runs, and changes something.
const LINE: &str = "date +%s%N; date > said";

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let shop = Shop::open(&args.omoi, Opening { runs: 4, ..Opening::default() }).await?;
    shop.api().done(&format!("/projects/{}/autonomy", shop.project), &json!({ "on": true })).await?;
    let (mut all, mut claims, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..WARM + args.starts {
        let from = shop.head().await?;
        let ticket = shop.ticket().await?;
        shop.task(&ticket, "command", LINE).await?;
        shop.until(from, "run.sandbox_released", 1).await?;
        let told = shop.events(from, "task.became_ready,run.started,run.sandbox_ready").await?;
        let at = |kind: &str| {
            ms(&told.iter().find(|event| event["type"] == kind).context("one of each")?["recorded_at"])
        };
        let run = told.iter().find(|event| event["type"] == "run.started").context("a run")?;
        let seen = shop.seen(run["aggregate_id"].as_str().context("an id")?).await?;
        let began = output(&seen)?.trim().parse::<f64>()? / 1e6;
        if n >= WARM {
            all.push(began - at("task.became_ready")?);
            claims.push(at("run.started")? - at("task.became_ready")?);
            places.push(began - at("run.started")?);
        }
    }
    let (half, most) = (percentile(&all, 50), percentile(&all, 99));
    let name = format!("ready task to its agent's process, {} starts, median", all.len());
    Ok(vec![
        row(name, "ms", half, "<= 200 ms", Some(half <= 200.0)),
        row("the same, 99th percentile", "ms", most, "<= 800 ms", Some(most <= 800.0)),
        row("of it until it is claimed, median", "ms", percentile(&claims, 50), "reported", None),
        row("from the claim to the process, median", "ms", percentile(&places, 50), "reported", None),
        row("the same, 99th percentile", "ms", percentile(&places, 99), "reported", None),
    ])
}
