//! Many runs that wait for their model, and some that work: what the server and a waiting worker need, and what it costs to look
//! after those who only wait.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use serde_json::json;
use simulators::llm::{Fault, Llm, Rule};
use tokio::time::timeout;

use super::shop::{Opening, SCRIPT, Shop};
use super::{Args, percentile, row};
use crate::log::{cpu_seconds, resident_mib};
use crate::report::Row;

const ACTIVE: usize = 50;
/// What waits is watched for this long, after as long to settle; and what works.
const WATCH: Duration = Duration::from_secs(20);

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let model = Llm::start().await;
    model.rule(Rule::new("waits").says("at last").misbehaves(Fault::Hangs));
    let step = [json!({ "run": "date > now" }), json!({ "say": "one more" }), json!({ "wait_ms": 500 })];
    let script = json!({ "moves": step.iter().cycle().take(3 * 200).collect::<Vec<_>>() }).to_string();
    let runs = args.waiting + ACTIVE;
    let opening =
        Opening { runs, model: Some(&model.openai_url()), script: Some(script), ..Opening::default() };
    let shop = Shop::open(&args.omoi, opening).await?;
    let server = shop.server.pid();
    let ticket = shop.ticket().await?;
    for _ in 0..args.waiting {
        shop.start(&ticket, "native", "").await?;
    }
    timeout(Duration::from_secs(600), model.busy(args.waiting)).await.context("not all of them ask")?;
    tokio::time::sleep(WATCH).await;
    let before = cpu_seconds(&server)?;
    tokio::time::sleep(WATCH).await;
    let idle = (cpu_seconds(&server)? - before) / WATCH.as_secs_f64() * 100.0;
    let waiting = workers_mib()?;
    ensure!(waiting.len() >= args.waiting, "only {} workers are there", waiting.len());
    let quiet = resident_mib(&server)?;

    let from = shop.head().await?;
    for _ in 0..ACTIVE {
        shop.start(&ticket, "scripted", SCRIPT).await?;
    }
    shop.until(from, "trajectory.turn_started", ACTIVE).await?;
    let (begun, mut most) = (Instant::now(), 0.0_f64);
    while begun.elapsed() < WATCH {
        most = most.max(resident_mib(&server)?);
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    let said = shop.events(from, "run.ended").await?;
    ensure!(said.is_empty(), "some have ended: {said:?}");
    let each = percentile(&waiting, 50);
    let name =
        format!("{} runs that wait for their model and {ACTIVE} at work: memory of the server", args.waiting);
    Ok(vec![
        row(name, "MiB", most, "<= 256 MiB", Some(most <= 256.0)),
        row("the same before those at work began", "MiB", quiet, "reported", None),
        row("a worker that waits: its share of memory, median", "MiB", each, "<= 4 MiB", Some(each <= 4.0)),
        row(
            "looking after those who wait: cpu of the server",
            "% of a core",
            idle,
            "<= 20 %",
            Some(idle <= 20.0),
        ),
    ])
}

/// The proportional share of each worker of an agent on this machine.
fn workers_mib() -> anyhow::Result<Vec<f64>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let words = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        let words: Vec<&[u8]> = words.split(|byte| *byte == 0).collect();
        let is_worker = words.len() >= 2 && words[0].ends_with(b"/omoi") && words[1] == b"agent-worker";
        let Ok(rollup) = std::fs::read_to_string(entry.path().join("smaps_rollup")) else { continue };
        if is_worker {
            let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).context("no Pss")?;
            all.push(line.trim().trim_end_matches("kB").trim().parse::<f64>()? / 1024.0);
        }
    }
    Ok(all)
}
