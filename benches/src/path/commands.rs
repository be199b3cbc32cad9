//! Commands over HTTP with every role of the product at work.

use std::time::{Duration, Instant};

use serde_json::json;

use super::client::{Client, Done};
use super::server::{Api, Server, id};
use super::{Args, lag, p99_ms, row};
use crate::report::Row;

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    if args.wants("commands, 20 projects") {
        let Load { per_second, p99, lag_p99 } = load(args, 20).await?;
        rows.push(row("commands, 20 projects", "commands/s", per_second, ">= 2000/s", per_second >= 2000.0));
        rows.push(row("the same, 99th percentile", "ms", p99, "<= 120 ms", p99 <= 120.0));
        rows.push(row(
            "the same, board behind, 99th percentile",
            "ms",
            lag_p99,
            "<= 500 ms",
            lag_p99 <= 500.0,
        ));
    }
    if args.wants("commands, one project") {
        let Load { per_second, p99, lag_p99 } = load(args, 1).await?;
        rows.push(row("commands, one project", "commands/s", per_second, ">= 600/s", per_second >= 600.0));
        rows.push(row("the same, 99th percentile", "ms", p99, "reported", true));
        rows.push(row("the same, board behind, 99th percentile", "ms", lag_p99, "reported", true));
    }
    Ok(rows)
}

struct Load {
    per_second: f64,
    p99: f64,
    lag_p99: f64,
}

async fn load(args: &Args, projects: usize) -> anyhow::Result<Load> {
    let server = Server::start(&args.omoi)?;
    let clients = clients(&server.api, args.clients, projects).await?;
    let begun = Instant::now();
    let end = begun + Duration::from_secs(args.seconds);
    let watching = tokio::spawn({
        let api = server.api.clone();
        async move { lag::sample(&api, end).await }
    });
    let done = run(clients, end).await?;
    let elapsed = begun.elapsed().as_secs_f64();
    let mut lags = watching.await??;
    let mut latencies: Vec<Duration> = done.into_iter().flat_map(|done| done.latencies).collect();
    let per_second = latencies.len() as f64 / elapsed;
    Ok(Load { per_second, p99: p99_ms(&mut latencies), lag_p99: p99_ms(&mut lags) })
}

/// Clients spread over so many projects.
pub(super) async fn clients(api: &Api, clients: usize, projects: usize) -> anyhow::Result<Vec<Client>> {
    let mut ids = Vec::new();
    for n in 0..projects {
        ids.push(id(&api.done("/projects", &json!({ "name": format!("Project {n}") })).await?)?);
    }
    let mut made = Vec::new();
    for n in 0..clients {
        made.push(Client::new(api, &ids[n % projects], 0x9E37_79B9_7F4A_7C15 ^ (n as u64 + 1)).await?);
    }
    Ok(made)
}

/// All of them until `end`; says how many asked too early.
pub(super) async fn run(clients: Vec<Client>, end: Instant) -> anyhow::Result<Vec<Done>> {
    let running: Vec<_> = clients.into_iter().map(|client| tokio::spawn(client.run(end))).collect();
    let mut all = Vec::new();
    for client in running {
        all.push(client.await??);
    }
    let early: usize = all.iter().map(|done| done.early).sum();
    let commands: usize = all.iter().map(|done| done.latencies.len()).sum();
    eprintln!("{commands} commands; {early} starts came before their task was ready and were refused");
    Ok(all)
}
