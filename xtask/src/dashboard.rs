//! The pages: their packages, types, bundle with its sizes, and tests. Needs Node.js and npm, which `make` checks for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// What `make test` asks of the pages.
pub(crate) fn check() -> anyhow::Result<()> {
    install()?;
    npm("its generated types are what schemas/ says", &["run", "--silent", "generate", "--", "--check"])?;
    let routes = folder().join("src/routeTree.gen.ts");
    let committed = fs::read(&routes).ok();
    npm("it builds, and its first page is small enough", &["run", "--silent", "build"])?;
    if fs::read(&routes).ok() != committed {
        bail!("the dashboard: {} did not follow its routes; it does now: commit it", routes.display());
    }
    npm("its tests pass", &["test", "--silent", "--", "--reporter=default"])
}

/// Installs what the lock file says, unless that is installed. Not with `npm ci`: it refuses a lock file where a registry
/// has no packages for other systems.
fn install() -> anyhow::Result<()> {
    let lock =
        fs::read_to_string(folder().join("package-lock.json")).context("the pages have no lock file")?;
    let installed = folder().join("node_modules/.omoi-installed");
    if fs::read_to_string(&installed).is_ok_and(|text| text == lock) {
        return Ok(());
    }
    npm(
        "its packages can be had",
        &["install", "--no-save", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"],
    )?;
    // Written last: half an installation is none.
    fs::write(&installed, lock).context("remembering what is installed")
}

fn npm(what: &str, arguments: &[&str]) -> anyhow::Result<()> {
    let status = Command::new("npm")
        .args(arguments)
        .current_dir(folder())
        .stdin(Stdio::null())
        .status()
        .context("cannot run npm; is Node.js installed?")?;
    if status.success() {
        Ok(())
    } else {
        bail!("the dashboard: not shown that {what}; `npm {}` in dashboard/ says why", arguments.join(" "))
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").join("dashboard")
}
