//! Read models made anew from the log: alone, and while others read them.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use embedded::inspect;
use eventstore::{Options, Store};
use kernel::{OrgId, ProjectId};
use serde_json::{Value, json};

use super::history;
use super::server::{Api, Server};
use super::{Args, row};
use crate::report::Row;

/// Reads a second while a read model is rebuilt.
const READS: u32 = 50;
const DEADLINE: Duration = Duration::from_secs(900);

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let (catch_up, rebuild) = ("board catch-up", "rebuild of the board while it is read");
    if !args.wants(catch_up) && !args.wants(rebuild) {
        return Ok(Vec::new());
    }
    let server = Server::start(&args.omoi)?;
    let api = &server.api;
    let url = inspect::app_url(&server.directory.path().join("data")).context("the server's database")?;
    let store = Store::open(&Options::new(url))?;
    let made = api.done("/projects", &json!({ "name": "Whose log this is" })).await?;
    let event = &api.get_json("/events?limit=1").await?["events"][0];
    let org: OrgId = OrgId(event["org_id"].as_str().context("an organization")?.parse()?);
    ensure!(event["aggregate_id"] == made["id"], "the log begins with the project");
    let projects = history::write(&store, org, args.events).await?;
    store.pools().close().await;
    let events = caught_up(api).await?;

    let alone = rebuilt(api, "board").await?;
    let rate = events / alone;
    let counts = Arc::new(Counts::default());
    let reading = tokio::spawn(read_steadily(api.clone(), projects, counts.clone()));
    let beside = rebuilt(api, "board").await?;
    reading.abort();
    let (reads, failed) = (counts.reads.load(Relaxed), counts.failed.load(Relaxed));
    eprintln!("{reads} reads beside the rebuild, {failed} failed");
    Ok(vec![
        row(catch_up, "events/s", rate, ">= 30000/s", rate >= 30_000.0),
        row(rebuild, "s", beside, "<= 60 s", beside <= 60.0),
        row("the same: failed reads", "reads", f64::from(failed), "0", failed == 0 && reads > 0),
    ])
}

#[derive(Debug, Default)]
struct Counts {
    reads: AtomicU32,
    failed: AtomicU32,
}

/// Reads one board after another, on time.
async fn read_steadily(api: Api, projects: Vec<ProjectId>, counts: Arc<Counts>) {
    let mut ticks = tokio::time::interval(Duration::from_secs(1) / READS);
    for project in projects.iter().cycle() {
        ticks.tick().await;
        let read = api.get(&format!("/projects/{project}/board")).await;
        counts.reads.fetch_add(1, Relaxed);
        counts.failed.fetch_add(u32::from(read.is_err()), Relaxed);
    }
}

/// Waits until every consumer has applied the log and nothing is left to do; how many events there are.
async fn caught_up(api: &Api) -> anyhow::Result<f64> {
    let begun = Instant::now();
    loop {
        let metrics = api.metrics().await?;
        let of = |name: &str| -> Vec<f64> {
            let lines = metrics.lines().filter(|line| line.starts_with(name));
            lines.filter_map(|line| line.rsplit_once(' ')?.1.parse().ok()).collect()
        };
        let left: f64 = ["omoi_consumer_behind_events", "omoi_process_actions_waiting"]
            .iter()
            .flat_map(|name| of(name))
            .sum();
        if left == 0.0 {
            return of("omoi_log_position").first().copied().context("the log has a position");
        }
        ensure!(begun.elapsed() < DEADLINE, "still {left} to do");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Builds a generation anew and switches to it; how long that took, in seconds.
async fn rebuilt(api: &Api, name: &str) -> anyhow::Result<f64> {
    let begun = Instant::now();
    let asked = api.post(&format!("/projections/{name}/rebuild"), &json!({ "switch": true })).await?;
    ensure!(asked.status == 202, "{asked:?}");
    let serving = |listed: &Value| -> Option<i64> {
        let models = listed["projections"].as_array()?;
        let model = models.iter().find(|model| model["name"] == name)?;
        let live = model["generations"].as_array()?.iter().find(|one| one["state"] == "live")?;
        live["gen"].as_i64()
    };
    let before = serving(&api.get_json("/projections").await?);
    while serving(&api.get_json("/projections").await?) == before {
        ensure!(begun.elapsed() < DEADLINE, "the rebuild does not end");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(begun.elapsed().as_secs_f64())
}
