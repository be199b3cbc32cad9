//! Reads at a steady rate: a board of 500 cards and a graph of 300 nodes.

use std::time::{Duration, Instant};

use serde_json::json;

use super::server::{Api, Server, id};
use super::{Args, p99_ms, row};
use crate::report::Row;

const RATE: u32 = 100;
const LONG: Duration = Duration::from_secs(20);

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let (board, graph) = (
        "board of 500 cards, 100 requests/s, 99th percentile",
        "graph of 300 nodes, 100 requests/s, 99th percentile",
    );
    if !args.wants(board) && !args.wants(graph) {
        return Ok(Vec::new());
    }
    let server = Server::start(&args.omoi)?;
    let api = &server.api;
    let cards = id(&api.done("/projects", &json!({ "name": "Cards" })).await?)?;
    let mut position = 0;
    for n in 0..500 {
        let ticket = json!({ "title": format!("Card {n}"), "phase": PHASES[n % PHASES.len()] });
        position =
            api.done(&format!("/projects/{cards}/tickets"), &ticket).await?["position"].as_i64().unwrap_or(0);
    }
    let nodes = id(&api.done("/projects", &json!({ "name": "Nodes" })).await?)?;
    let ticket = id(&api.done(&format!("/projects/{nodes}/tickets"), &json!({ "title": "All" })).await?)?;
    let mut tasks: Vec<String> = Vec::new();
    for n in 0..299_usize {
        // Two earlier ones each, far and near: a graph with layers and crossings.
        let on: Vec<_> = [n.checked_sub(7), n.checked_sub(1 + n % 13)].into_iter().flatten().collect();
        let mut on: Vec<_> = on.into_iter().map(|earlier| tasks[earlier].clone()).collect();
        on.dedup();
        let plan = json!({ "title": format!("Node {n}"), "depends_on": on, "estimate_hours": 1 });
        let made = api.done(&format!("/tickets/{ticket}/tasks"), &plan).await?;
        position = made["position"].as_i64().unwrap_or(position);
        tasks.push(id(&made)?);
    }
    let mut rows = Vec::new();
    for (name, path) in
        [(board, format!("/projects/{cards}/board")), (graph, format!("/projects/{nodes}/graph"))]
    {
        api.get(&format!("{path}?min_position={position}")).await?;
        let p99 = steadily(api, &path).await?;
        rows.push(row(name, "ms", p99, "<= 15 ms", p99 <= 15.0));
    }
    Ok(rows)
}

/// Where a ticket can begin.
const PHASES: [&str; 6] = ["backlog", "requirements", "design", "implementation", "testing", "deployment"];

/// Sends on time whatever the answers do, so that a slow one delays nobody's clock.
async fn steadily(api: &Api, path: &str) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let mut asked = Vec::new();
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / RATE);
    while begun.elapsed() < LONG {
        let due = ticks.tick().await;
        let (api, path) = (api.clone(), path.to_owned());
        asked.push(tokio::spawn(async move {
            api.get(&path).await?;
            anyhow::Ok(due.elapsed())
        }));
    }
    let mut latencies = Vec::new();
    for answer in asked {
        latencies.push(answer.await??);
    }
    Ok(p99_ms(&mut latencies))
}
