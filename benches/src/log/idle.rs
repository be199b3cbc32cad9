//! What `omoi up` costs while nobody uses it: our process, without its children.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::Context as _;

use super::Args;
use crate::report::Row;

const MOST_MIB: f64 = 64.0;
const MOST_CPU_PERCENT: f64 = 2.0;
/// It is watched for this long, after as long to settle.
const WATCH: Duration = Duration::from_secs(15);

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let Some(omoi) = args.omoi.as_ref().filter(|_| args.wants("omoi up idle")) else { return Ok(Vec::new()) };
    let directory = tempfile::tempdir()?;
    let child = Command::new(omoi)
        .args(["up", "--json", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(directory.path().join("data"))
        .stdout(Stdio::piped())
        .spawn()
        .context("cannot start omoi")?;
    let mut child = Ended(child);
    let mut line = String::new();
    BufReader::new(child.0.stdout.take().context("omoi has an output")?).read_line(&mut line)?;
    anyhow::ensure!(line.contains("\"ready\":true"), "omoi up said {line:?}");
    let pid = child.0.id().to_string();
    tokio::time::sleep(WATCH).await;
    let before = cpu_seconds(&pid)?;
    tokio::time::sleep(WATCH).await;
    let cpu = (cpu_seconds(&pid)? - before) / WATCH.as_secs_f64() * 100.0;
    let resident = resident_mib(&pid)?;
    let row = |name: &str, unit: &str, ours: f64, most: f64| Row {
        name: name.into(),
        unit: unit.into(),
        ours,
        peer: None,
        ratio: None,
        target: format!("<= {most} {unit}"),
        ok: Some(ours <= most),
    };
    Ok(vec![
        row("omoi up idle, our process: memory", "MiB", resident, MOST_MIB),
        row("omoi up idle, our process: cpu", "% of a core", cpu, MOST_CPU_PERCENT),
    ])
}

/// Its children end with it.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let pid = i32::try_from(self.0.id()).ok().and_then(rustix::process::Pid::from_raw);
        if let Some(pid) = pid {
            let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
        }
        let _ = self.0.wait();
    }
}

pub(crate) fn resident_mib(pid: &str) -> anyhow::Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024.0)
}

/// User and system time of a process; Linux counts them in hundredths of a second.
pub(crate) fn cpu_seconds(pid: &str) -> anyhow::Result<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    let (_, fields) = stat.rsplit_once(')').context("unexpected /proc stat")?;
    let fields: Vec<_> = fields.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    Ok((ticks(11) + ticks(12)) / 100.0)
}
