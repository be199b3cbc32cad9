//! `omoi demo --exit`, from the key press to its end, on a machine that has what it fetches.

use std::process::Stdio;
use std::time::Instant;

use anyhow::ensure;
use tokio::process::Command;

use super::Args;
use crate::agents::row;
use crate::report::Row;
use crate::rounds::median;

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let mut times = Vec::new();
    for _ in 0..args.demos {
        let begun = Instant::now();
        let ended = Command::new(&args.omoi).args(["demo", "--exit"]).stdout(Stdio::null()).status().await?;
        ensure!(ended.success(), "omoi demo --exit ended with {ended}");
        times.push(begun.elapsed().as_secs_f64());
    }
    let half = median(times);
    let name = format!("omoi demo --exit, {} times, median", args.demos);
    Ok(vec![row(name, "s", half, "<= 60 s", Some(half <= 60.0))])
}
