//! `omoi activity`: what happened in a project, newest first.

use std::process::ExitCode;

use kernel::Timestamp;
use serde::Deserialize;

use super::client::{Line, faint, plain, rows, strong, time};
use super::of_project::{OfProject, standing};

#[derive(Debug, clap::Args)]
#[command(after_help = "Example: omoi activity billing --limit 20")]
pub(crate) struct Args {
    #[command(flatten)]
    of: OfProject,
    /// Lines of the page, 1 to 200.
    #[arg(long, value_name = "LINES", default_value_t = 50)]
    limit: u32,
    /// Only what stands before this position of the log; the end of a page names the next one.
    #[arg(long, value_name = "POSITION")]
    before: Option<i64>,
}

pub(crate) async fn run(args: &Args) -> ExitCode {
    let before = args.before.map_or(String::new(), |before| format!("&before={before}"));
    args.of.show(&format!("activity?limit={}{before}", args.limit), lines).await
}

/// The answer of `GET /projects/{id}/activity`.
#[derive(Debug, Deserialize)]
struct Activity {
    position: i64,
    stale: Option<i64>,
    entries: Vec<Entry>,
    next: Option<i64>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    position: i64,
    at: Timestamp,
    aggregate: String,
    text: String,
}

fn lines(page: Activity) -> Vec<Line> {
    let row = |entry: Entry| {
        vec![faint(entry.position), faint(time(entry.at)), strong(entry.aggregate), plain(entry.text)]
    };
    let mut lines = rows(0, page.entries.into_iter().map(row).collect());
    lines.extend(page.next.map(|next| vec![faint(format!("earlier: --before {next}"))]));
    lines.push(standing(page.position, page.stale));
    lines
}
