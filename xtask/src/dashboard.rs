//! The pages: their packages, types, bundle with its sizes, and tests. Needs Node.js and npm, which `make` checks for.

mod inputs;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};

/// Of what `dist/` was built. In `dist/`, which a build empties first: it can only say so of the files beside it.
const STAMP: &str = "dist/.vite/built-of";

/// What is still to be done before a program can carry them. Says what takes its time.
///
/// # Errors
/// When a package cannot be had, or the pages do not build.
pub(crate) fn build() -> anyhow::Result<()> {
    install()?;
    let inputs = inputs::hash(&folder())?;
    let stamp = folder().join(STAMP);
    if fs::read_to_string(&stamp).is_ok_and(|text| text == inputs) {
        eprintln!("the pages are built of what lies here");
        return Ok(());
    }
    eprintln!("building the pages: half a minute or so");
    npm("it builds, and its first page is small enough", &["run", "--silent", "build"])?;
    touch_the_program()?;
    // Written last: half a build is none. And not when something changed meanwhile, as `src/routeTree.gen.ts` may: then
    // nobody knows of what it was built.
    if inputs::hash(&folder())? == inputs {
        fs::write(&stamp, inputs).context("remembering what the pages were built of")?;
    }
    Ok(())
}

/// What `make test` asks of the pages; they are built afterwards.
pub(crate) fn check() -> anyhow::Result<()> {
    install()?;
    npm("its generated types are what schemas/ says", &["run", "--silent", "generate", "--", "--check"])?;
    let routes = folder().join("src/routeTree.gen.ts");
    let committed = fs::read(&routes).ok();
    build()?;
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
    eprintln!("fetching what the pages are built with: a minute or so, the first time");
    npm(
        "its packages can be had",
        &["install", "--no-save", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"],
    )?;
    // Written last: half an installation is none.
    fs::write(&installed, lock).context("remembering what is installed")
}

/// `api/build.rs` watches `dist/` only while it is there, and says why; so it is told that it came. The time is that of a
/// file that was built just now.
fn touch_the_program() -> anyhow::Result<()> {
    let script = folder().with_file_name("api").join("build.rs");
    let built = folder().join("dist/index.html");
    let now = fs::metadata(&built).and_then(|built| built.modified()).context("there is no first page")?;
    let file = fs::File::options().write(true).open(&script);
    file.and_then(|file| file.set_modified(now)).with_context(|| format!("touching {}", script.display()))
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

/// Where they lie.
pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository").join("dashboard")
}
