//! The first page of a long run, as somebody reads it who opens it.

use std::time::Instant;

use anyhow::ensure;
use serde_json::{Value, json};

use super::shop::{Opening, Shop};
use super::{Args, percentile, row};
use crate::report::Row;

const READS: usize = 200;

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let shop = Shop::open(&args.omoi, Opening { runs: 1, ..Opening::default() }).await?;
    let words =
        "I have read the module and its tests, and I change the sum first, because all others build on it.";
    let script = json!({ "moves": [
        { "write": { "path": "said", "content": "x" } }, { "loop": { "say": words, "times": args.events } },
    ] });
    let from = shop.head().await?;
    let run = shop.start(&shop.ticket().await?, "scripted", &script.to_string()).await?;
    shop.until(from, "run.sandbox_released", 1).await?;
    let head = shop.head().await?;
    let path = format!("/runs/{run}/events?limit=100");
    let begun = Instant::now();
    while shop.api().get(&format!("{path}&min_position={head}")).await.is_err() {
        ensure!(begun.elapsed().as_secs() < 120, "the page is not up to date");
    }
    let mut latencies = Vec::new();
    for _ in 0..READS {
        let asked = Instant::now();
        let page = shop.api().get(&path).await?;
        latencies.push(asked.elapsed().as_secs_f64() * 1e3);
        let page: Value = serde_json::from_slice(&page)?;
        ensure!(page["events"].as_array().map(Vec::len) == Some(100), "not a page: {page}");
    }
    let (half, most) = (percentile(&latencies, 50), percentile(&latencies, 95));
    let name = format!("first page of a run of {} events, median", args.events);
    Ok(vec![
        row(name, "ms", half, "<= 30 ms", Some(half <= 30.0)),
        row("the same, 95th percentile", "ms", most, "<= 30 ms", Some(most <= 30.0)),
    ])
}
