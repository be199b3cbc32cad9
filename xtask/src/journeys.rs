//! `cargo xtask journeys`: what people do with the pages, in a real browser beside a real `omoi up`. The journeys are in
//! `dashboard/journeys/`, a file each. The browser is the machine's own Chromium: none is fetched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context as _, bail};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{dashboard, omoi};

/// The one that writes into the tree, so it runs only when it is named.
const PICTURES: &str = "pictures";

/// Options.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which journey, by the name of its file, e.g. `converge`; without one, all but `pictures`, which writes
    /// docs/pictures.
    name: Option<String>,
    /// The `omoi` to walk through; built first when absent.
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let files = named(&dashboard::folder().join("journeys"), args.name.as_deref())?;
    let browser = browser()?;
    // Also where the program is given: it installs what the journeys are made with.
    dashboard::build()?;
    let program = args.program.clone().map_or_else(omoi::build, Ok)?;
    let mut node = walk(&files, &program, &browser)?;
    if args.name.as_deref() == Some(PICTURES) {
        node.env("OMOI_PICTURES", "1");
    }
    let status = node.status().context("cannot run node; is Node.js installed?")?;
    if status.success() { Ok(()) } else { bail!("a journey did not end well; see above") }
}

/// One that ended well, as `support/journey.mjs` writes it down.
#[derive(Deserialize)]
struct Ended {
    name: String,
    seconds: f64,
}

/// All of them beside a program of this profile, as a part of a proof: its row is written to `row`.
///
/// # Errors
/// When they cannot be begun; one that does not end well is in the row.
pub(crate) fn prove(profile: &str, row: &Path) -> anyhow::Result<()> {
    let files = named(&dashboard::folder().join("journeys"), None)?;
    let browser = browser()?;
    dashboard::build()?;
    let program = omoi::build_as(profile)?;
    let list = tempfile::NamedTempFile::new()?;
    let begun = Instant::now();
    let status = walk(&files, &program, &browser)?
        .env("OMOI_JOURNEYS", list.path())
        .status()
        .context("cannot run node; is Node.js installed?")?;
    let ended: Vec<Ended> = serde_json::Deserializer::from_str(&fs::read_to_string(list.path())?)
        .into_iter()
        .collect::<Result<_, _>>()?;
    let seconds = begun.elapsed().as_secs();
    let figures: Map<String, Value> =
        ended.iter().map(|ended| (format!("{} (seconds)", ended.name), ended.seconds.into())).collect();
    let told = json!({
        "name": "journeys", "ok": status.success(), "full": true, "cases": ended.len(), "seed": 0,
        "seconds": seconds, "figures": figures,
    });
    fs::write(row, told.to_string()).with_context(|| format!("writing {}", row.display()))
}

/// Node with these files, a program to walk through and a browser.
fn walk(files: &[PathBuf], program: &Path, browser: &str) -> anyhow::Result<Command> {
    // Node runs in another folder than this.
    let program = std::path::absolute(program)?;
    eprintln!("== journeys with {} and {browser}", program.display());
    let mut node = node();
    // One at a time: each has a Postgres, an event bus and a browser.
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(files)
        .env("OMOI_BIN", program)
        .env("OMOI_CHROMIUM", browser);
    Ok(node)
}

/// The files to run, by name.
fn named(folder: &Path, name: Option<&str>) -> anyhow::Result<Vec<PathBuf>> {
    let listed = folder.read_dir().with_context(|| format!("listing {}", folder.display()))?;
    let mut journeys = listed.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<_>>>()?;
    journeys.retain(|path| path.extension().is_some_and(|extension| extension == "mjs"));
    journeys.sort_unstable();
    let Some(name) = name else {
        journeys.retain(|path| name_of(path) != PICTURES);
        return Ok(journeys);
    };
    if !journeys.iter().any(|path| name_of(path) == name) {
        let known: Vec<_> = journeys.iter().map(|path| name_of(path)).collect();
        bail!("there is no journey {name}; there are: {}", known.join(", "));
    }
    journeys.retain(|path| name_of(path) == name);
    Ok(journeys)
}

fn name_of(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

/// Where it is. The journeys know how to look, and say how to get one.
fn browser() -> anyhow::Result<String> {
    let found = node()
        .arg("journeys/support/chromium.mjs")
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run node; is Node.js installed?")?;
    if !found.status.success() {
        bail!("there is no browser for the journeys; see above");
    }
    Ok(String::from_utf8(found.stdout)?.trim().to_owned())
}

fn node() -> Command {
    let mut command = Command::new("node");
    command.current_dir(dashboard::folder()).stdin(Stdio::null());
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_run_but_the_one_that_writes_and_a_named_one_runs_alone() {
        let folder = dashboard::folder().join("journeys");
        let all = named(&folder, None).unwrap();
        assert!(all.len() >= 6 && !all.iter().any(|path| path.ends_with("pictures.mjs")), "{all:?}");
        let pictures = named(&folder, Some(PICTURES)).unwrap();
        assert!(pictures.len() == 1 && pictures[0].ends_with("pictures.mjs"), "{pictures:?}");
        let refused = named(&folder, Some("nowhere")).unwrap_err().to_string();
        assert!(refused.contains("converge"), "{refused}");
    }
}
