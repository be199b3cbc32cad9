//! What the platform adds to a task: from its claim until its work is on the branch of the merge, without the time of the agent and of what
//! verifies its work. One after another, after a few that are not counted.

use anyhow::Context as _;
use serde_json::Value;

use super::Args;
use crate::agents::shop::{Opening, Shop, ms};
use crate::agents::{percentile, row};
use crate::report::Row;

const WARM: usize = 5;

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let shop = Shop::open(&args.omoi, Opening { runs: 4, ..Opening::default() }).await?;
    let (mut added, mut to_evidence, mut to_branch) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..WARM + args.alone {
        let from = shop.head().await?;
        let ticket = shop.ticket().await?;
        let run = shop.start(&ticket, "command", &format!("echo {n} > said-{n}")).await?;
        shop.until(from, "merge.step_merged", 1).await?;
        let kinds =
            "run.started,run.evidence_gathered,task.completed,merge.verification_passed,merge.step_merged";
        let told = shop.events(from, kinds).await?;
        let one = |kind: &str| told.iter().find(|event| event["type"] == kind).context("one of each");
        let at = |kind: &str| ms(&one(kind)?["recorded_at"]);
        let seen = shop.seen(&run).await?;
        let agent: f64 = seen
            .iter()
            .filter(|event| event["type"] == "trajectory.command_ran")
            .filter_map(|event| event["payload"]["duration_ms"].as_f64())
            .sum();
        let evidence = took(one("run.evidence_gathered")?);
        let merge = took(one("merge.verification_passed")?);
        if n >= WARM {
            let (claimed, completed) = (at("run.started")?, at("task.completed")?);
            let merged = at("merge.step_merged")?;
            to_evidence.push(completed - claimed - agent - evidence);
            to_branch.push(merged - completed - merge);
            added.push(merged - claimed - agent - evidence - merge);
        }
    }
    let half = percentile(&added, 50);
    let name = format!("added to a task, from its claim to the branch, {} tasks, median", added.len());
    Ok(vec![
        row(name, "ms", half, "<= 1,000 ms", Some(half <= 1_000.0)),
        row("the same, 99th percentile", "ms", percentile(&added, 99), "reported", None),
        row("of it until it is completed, median", "ms", percentile(&to_evidence, 50), "reported", None),
        row("of it until it is merged, median", "ms", percentile(&to_branch, 50), "reported", None),
    ])
}

/// How long the commands of an event took, in milliseconds.
fn took(event: &Value) -> f64 {
    let commands = event["payload"]["commands"].as_array();
    commands.into_iter().flatten().filter_map(|command| command["duration_ms"].as_f64()).sum()
}
