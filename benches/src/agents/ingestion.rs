//! What agents say, on its way into the log and to whoever looks on: by their workers, over HTTP on the socket of each run, sealed
//! and written down. The workers are the clients, and their cpu is included.

use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context as _, ensure};
use futures::future::try_join_all;
use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;

use super::shop::{Opening, SCRIPT, Shop, ms};
use super::{Args, percentile, row};
use crate::report::Row;

const RUNS: usize = 50;
/// As long as a line of an agent's thoughts is.
const WORDS: &str =
    "I have read the module and its tests, and I change the sum first, because all others build on it.";
/// For the row about those who look on: so many runs, each of which says so many things with a pause between.
const SLOW: usize = 4;
const SAID: usize = 250;
const PAUSE_MS: u64 = 40;

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let say = [json!({ "say": WORDS }), json!({ "wait_ms": PAUSE_MS })];
    let slowly = json!({ "moves": say.iter().cycle().take(2 * SAID).collect::<Vec<_>>() });
    let opening = Opening { runs: RUNS + SLOW, script: Some(slowly.to_string()), ..Opening::default() };
    let shop = Shop::open(&args.omoi, opening).await?;
    let mut rows = vec![flood(&shop, args.words).await?];
    rows.extend(looking_on(&shop).await?);
    Ok(rows)
}

/// All begin at once, when they are told to.
async fn flood(shop: &Shop, words: usize) -> anyhow::Result<Row> {
    let script = json!({ "moves": [
        { "wait_for_message": { "path": "begin" } }, { "loop": { "say": WORDS, "times": words } },
    ] });
    let from = shop.head().await?;
    let ticket = shop.ticket().await?;
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        runs.push(shop.start(&ticket, "scripted", &script.to_string()).await?);
    }
    shop.until(from, "trajectory.turn_started", RUNS).await?;
    let body = json!({ "text": "Begin." });
    let before = shop.head().await?;
    let telling = runs.iter().map(|run| {
        let path = format!("/runs/{run}/messages");
        let body = &body;
        async move { shop.api().done(&path, body).await }
    });
    try_join_all(telling).await?;
    // Between a tenth and nine tenths: all are at work then.
    let all = i64::try_from(RUNS * words)?;
    let (low, high) = (before + all / 10, before + all * 9 / 10);
    let (told, mut begun) = (Instant::now(), None);
    let rate = loop {
        let head = shop.head().await?;
        let now = Instant::now();
        if head >= low {
            let (at, first) = *begun.get_or_insert((now, head));
            if head >= high {
                break (head - first) as f64 / (now - at).as_secs_f64();
            }
        }
        ensure!(told.elapsed() < Duration::from_secs(300), "they do not come to an end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    shop.until(before, "run.ended", RUNS).await?;
    let name = format!("what {RUNS} runs at once say, over HTTP into the log");
    Ok(row(name, "events/s", rate, ">= 5000/s", Some(rate >= 5_000.0)))
}

/// From the worker's clock to the socket of somebody who follows the project.
async fn looking_on(shop: &Shop) -> anyhow::Result<Vec<Row>> {
    let ticket = shop.api().done("/ws-tickets", &json!({})).await?;
    let ticket = ticket["ticket"].as_str().context("a ticket")?;
    let (mut line, _) = connect_async(shop.api().socket_address(ticket)).await?;
    let topic = json!({ "kind": "log", "project": shop.project, "types": ["trajectory.message_emitted"] });
    let subscribe = json!({ "op": "subscribe", "sub": "s", "topic": topic });
    line.send(Message::text(subscribe.to_string())).await?;
    let from = shop.head().await?;
    let ticket = shop.ticket().await?;
    for _ in 0..SLOW {
        shop.start(&ticket, "scripted", SCRIPT).await?;
    }
    let (mut latencies, mut begun) = (Vec::new(), None);
    while latencies.len() < SLOW * SAID {
        let next = timeout(Duration::from_secs(60), line.next()).await.context("the socket is silent")?;
        let Message::Text(text) = next.context("the socket was closed")?? else { continue };
        let now = wall_ms()?;
        let frame: Value = serde_json::from_str(&text)?;
        for event in frame["events"].as_array().into_iter().flatten() {
            if event["position"].as_i64() > Some(from) {
                begun.get_or_insert_with(Instant::now);
                latencies.push(now - ms(&event["payload"]["at"])?);
            }
        }
    }
    let rate = latencies.len() as f64 / begun.context("something was heard")?.elapsed().as_secs_f64();
    let p99 = percentile(&latencies, 99);
    let name = format!("event of a worker to a live socket, {rate:.0} events/s, median");
    Ok(vec![
        row(name, "ms", percentile(&latencies, 50), "reported", None),
        row("the same, 99th percentile", "ms", p99, "<= 250 ms", Some(p99 <= 250.0)),
    ])
}

#[expect(
    clippy::disallowed_methods,
    reason = "it is compared with the clock of workers on this machine, which is the same"
)]
fn wall_ms() -> anyhow::Result<f64> {
    Ok(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH)?.as_secs_f64() * 1e3)
}
