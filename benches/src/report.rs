//! Figures as a table for people and as JSON for machines.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

/// One measured figure.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) unit: String,
    pub(crate) ours: f64,
    pub(crate) peer: Option<f64>,
    /// Median of the rounds' own ratios, ours to peer.
    pub(crate) ratio: Option<f64>,
    pub(crate) target: String,
    /// `None` for a row that is reported only.
    pub(crate) ok: Option<bool>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) machine: String,
    pub(crate) rows: Vec<Row>,
}

impl Report {
    pub(crate) fn new(rows: Vec<Row>, fdatasyncs: f64) -> Self {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let machine = format!(
            "{cores} cores, {} {}, fdatasync {fdatasyncs:.0}/s; the client program's cpu is included",
            std::env::consts::OS,
            std::env::consts::ARCH
        );
        Self { machine, rows }
    }

    pub(crate) fn read(path: &Path) -> anyhow::Result<Self> {
        Ok(serde_json::from_str(&std::fs::read_to_string(path)?)?)
    }

    pub(crate) fn write(&self, path: &Path) -> anyhow::Result<()> {
        if let Some(directory) = path.parent() {
            std::fs::create_dir_all(directory)?;
        }
        Ok(std::fs::write(path, serde_json::to_string_pretty(self)? + "\n")?)
    }

    /// Puts the table between the marks `<!-- bench:NAME -->` and `<!-- /bench:NAME -->` of a page.
    pub(crate) fn put_into(&self, page: &Path, name: &str) -> anyhow::Result<()> {
        let text = std::fs::read_to_string(page)?;
        let (begin, end) = (format!("<!-- bench:{name} -->"), format!("<!-- /bench:{name} -->"));
        let (before, rest) = text.split_once(&begin).context("the page has no place for the table")?;
        let (_, after) = rest.split_once(&end).context("the page has no end of the table")?;
        Ok(std::fs::write(page, format!("{before}{begin}\n{}{end}{after}", self.table()))?)
    }

    /// The table as Markdown.
    pub(crate) fn table(&self) -> String {
        let mut table = format!("Machine: {}.\n\n", self.machine);
        table.push_str(
            "| measure | unit | ours | peer | ratio | target | |\n|---|---|---:|---:|---:|---|---|\n",
        );
        for row in &self.rows {
            let figure = |value: Option<f64>| value.map_or(String::from("–"), short);
            let ratio = row.ratio.map_or(String::from("–"), |ratio| format!("{ratio:.2}x"));
            let verdict = match row.ok {
                None => "",
                Some(true) => "ok",
                Some(false) => "missed",
            };
            writeln!(
                table,
                "| {} | {} | {} | {} | {ratio} | {} | {verdict} |",
                row.name,
                row.unit,
                short(row.ours),
                figure(row.peer),
                row.target
            )
            .expect("writing to a text succeeds");
        }
        table
    }
}

fn short(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}
