//! Tasks that sleep, at a few places, until the evidence of the last one is accepted; beside the same tasks in the same order at as many
//! places with nothing between them.

use std::collections::BTreeMap;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::Args;
use crate::agents::shop::{Opening, Shop, ms};
use crate::agents::{beside, row};
use crate::report::Row;

/// Of the times that tasks sleep.
const SEED: u64 = 0x0060_7a5c_5eed;

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let shop = Shop::open(&args.omoi, Opening { runs: args.places, ..Opening::default() }).await?;
    let ticket = shop.ticket().await?;
    let mut sleeps = BTreeMap::new();
    let mut random = SEED;
    for n in 0..args.tasks {
        let sleep = next(&mut random);
        let line = format!("sleep {}.{:03}; echo {n} > said-{n}", sleep / 1000, sleep % 1000);
        sleeps.insert(shop.task(&ticket, "command", &line).await?, sleep as f64);
    }
    let from = shop.head().await?;
    shop.api().done(&format!("/projects/{}/autonomy", shop.project), &json!({ "on": true })).await?;
    let completed = shop.until(from, "task.completed", args.tasks).await?;
    let started = shop.events(from, "run.started").await?;
    let begun = shop.events(from, "project.autonomy_changed").await?;
    let at = |event: &Value| ms(&event["recorded_at"]);
    let begin = at(begun.first().context("the switch was turned")?)?;
    let mut end = begin;
    for event in &completed {
        end = end.max(at(event)?);
    }
    let mut order = Vec::new();
    for run in &started {
        let task = run["payload"]["task"].as_str().context("its task")?;
        order.push(*sleeps.get(task).context("one of ours")?);
    }
    let (ours, ideal) = ((end - begin) / 1e3, simulated(&order, args.places) / 1e3);
    let ratio = ours / ideal;
    let name = format!("{} tasks of 1 to 5 s at {} places, to the last evidence", args.tasks, args.places);
    let runs = row("the same: runs that were started", "runs", started.len() as f64, "reported", None);
    Ok(vec![
        beside(&name, "s", (ours, ideal), "<= 1.10x the same order without us", Some(ratio <= 1.10)),
        runs,
    ])
}

/// From 1 to 5 seconds, in milliseconds.
fn next(random: &mut u64) -> u64 {
    *random ^= *random << 13;
    *random ^= *random >> 7;
    *random ^= *random << 17;
    1_000 + *random % 4_001
}

/// Each task begins at the place that is free first.
fn simulated(order: &[f64], places: usize) -> f64 {
    let mut free = vec![0.0_f64; places];
    for sleep in order {
        free.sort_by(f64::total_cmp);
        if let Some(first) = free.first_mut() {
            *first += sleep;
        }
    }
    free.into_iter().fold(0.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tasks_begin_where_it_is_free_first() {
        assert_eq!(simulated(&[3.0, 1.0, 1.0, 2.0], 2), 4.0);
        assert_eq!(simulated(&[3.0, 1.0], 1), 4.0);
        assert_eq!(simulated(&[], 2), 0.0);
    }

    #[test]
    fn the_times_are_the_same_each_time() {
        let (mut one, mut other) = (SEED, SEED);
        for _ in 0..100 {
            let sleep = next(&mut one);
            assert!((1_000..=5_000).contains(&sleep));
            assert_eq!(sleep, next(&mut other));
        }
    }
}
