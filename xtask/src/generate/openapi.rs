//! The document of the HTTP API. `omoi` prints it: this crate does not link the product.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, bail};

use crate::test::cargo;

const PATH: &str = "schemas/openapi.json";

pub(super) fn run(root: &Path, check: bool) -> anyhow::Result<()> {
    let printed = cargo()
        .args(["run", "--quiet", "--package", "api", "--bin", "omoi", "--", "openapi"])
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run `omoi openapi`")?;
    if !printed.status.success() {
        bail!("`omoi openapi` failed; see above");
    }
    let kept = fs::read(root.join(PATH)).unwrap_or_default();
    if kept == printed.stdout {
        return Ok(());
    }
    if check {
        bail!("{PATH} is not what the code says: run `cargo xtask generate` and commit it");
    }
    fs::write(root.join(PATH), printed.stdout).with_context(|| format!("writing {PATH}"))?;
    println!("wrote {PATH}");
    Ok(())
}
