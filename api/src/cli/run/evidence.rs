//! What the work of a run was found to be worth, as people read it.

use serde::Deserialize;

use super::lines::short;
use super::report::Report;
use crate::cli::client::{Line, alarm, faint, plain, rows, strong};

/// What was found out.
#[derive(Debug, Deserialize)]
pub(super) struct Evidence {
    commit: String,
    files: u32,
    added: u64,
    removed: u64,
    #[serde(default)]
    restored: Vec<String>,
    commands: Vec<Checked>,
    report: Option<Report>,
}

#[derive(Debug, Deserialize)]
struct Checked {
    cmd: String,
    exit: i32,
    duration_ms: u64,
}

impl Evidence {
    /// For people.
    pub(super) fn lines(&self) -> Vec<Line> {
        let Self { commit, files, added, removed, restored, commands, report } = self;
        let mut lines = vec![Vec::new(), vec![strong("evidence")]];
        let what = format!("{} files, +{added} -{removed} at {}", files, short(commit));
        lines.push(vec![plain("  "), plain(what)]);
        let checked = commands.iter().map(|Checked { cmd, exit, duration_ms }| {
            let ended = format!("exit {exit}");
            vec![
                if *exit == 0 { plain(ended) } else { alarm(ended) },
                plain(cmd),
                faint(format!("{duration_ms} ms")),
            ]
        });
        lines.extend(rows(2, checked.collect()));
        lines.extend(
            restored.iter().map(|file| vec![plain("  "), alarm("put back"), plain(format!("  {file}"))]),
        );
        lines.extend(report.iter().flat_map(Report::lines));
        lines
    }
}
