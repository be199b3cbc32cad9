//! The log beside stock postgres-es.

use std::time::Duration;

use commands::Dispatcher;
use eventstore::{Options, Store};
use sqlx::Connection as _;

use crate::{ours, peer};

/// Options of the benchmark of the log.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Rounds of each side, interleaved.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Seconds of each round.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// Run against this server, as its admin, instead of a private one.
    #[arg(long)]
    admin_url: Option<String>,
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<()> {
    let admin = args.admin_url.clone().unwrap_or_default();
    let mut c = sqlx::PgConnection::connect(&admin).await?;
    for db in ["bench_ours", "bench_peer"] {
        sqlx::query(&format!("drop database if exists {db} with (force)")).execute(&mut c).await?;
        sqlx::query(&format!("create database {db}")).execute(&mut c).await?;
    }
    let url = |db: &str| admin.replace("/postgres?", &format!("/{db}?"));
    eventstore::migrate(&url("bench_ours")).await?;
    let mut p = sqlx::PgConnection::connect(&url("bench_peer")).await?;
    sqlx::query(peer::TABLES).execute(&mut p).await?;
    let mut options = Options::new(url("bench_ours"));
    options.notify = std::env::var("NOTIFY").is_ok();
    let store = Store::open(&options)?;
    let dispatcher = Dispatcher::new(store, 20_000);
    let pool = peer::pool(&url("bench_peer"), 32).await?;
    for tasks in [64, 8, 1] {
        for _ in 0..args.rounds {
            let time = Duration::from_secs(args.seconds);
            let o = ours::commands(&dispatcher, tasks, time).await?;
            let p = peer::commands(&pool, tasks, time).await?;
            println!(
                "{tasks:3} ours {:8.0}/s p50 {:.2} p99 {:.2} | peer {:8.0}/s p50 {:.2} p99 {:.2} | {:.2}x p99 {:.2}x",
                o.per_second,
                o.p50_ms,
                o.p99_ms,
                p.per_second,
                p.p50_ms,
                p.p99_ms,
                o.per_second / p.per_second,
                o.p99_ms / p.p99_ms
            );
        }
    }
    Ok(())
}
