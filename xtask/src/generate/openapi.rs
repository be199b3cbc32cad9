//! The documents of the HTTP API and of the live socket. `omoi` prints them: this crate does not link the product.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, bail};

use crate::test::cargo;

/// The file, and what else `omoi openapi` is told to print it.
const DOCUMENTS: [(&str, &[&str]); 2] = [("schemas/openapi.json", &[]), ("schemas/ws.json", &["--socket"])];

pub(super) fn run(root: &Path, check: bool) -> anyhow::Result<()> {
    for (path, arguments) in DOCUMENTS {
        let printed = print(root, arguments)?;
        let kept = fs::read(root.join(path)).unwrap_or_default();
        if kept == printed {
            continue;
        }
        if check {
            bail!("{path} is not what the code says: run `cargo xtask generate` and commit it");
        }
        fs::write(root.join(path), printed).with_context(|| format!("writing {path}"))?;
        println!("wrote {path}");
    }
    Ok(())
}

fn print(root: &Path, arguments: &[&str]) -> anyhow::Result<Vec<u8>> {
    let printed = cargo()
        .args(["run", "--quiet", "--package", "api", "--bin", "omoi", "--", "openapi"])
        .args(arguments)
        .current_dir(root)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot run `omoi openapi`")?;
    if !printed.status.success() {
        bail!("`omoi openapi` failed; see above");
    }
    Ok(printed.stdout)
}
