//! The product, for chores that run it.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, bail};

use crate::test::cargo;

/// Builds `omoi` and says where it is.
pub(crate) fn build() -> anyhow::Result<PathBuf> {
    build_as("dev")
}

/// The same with a profile of the root manifest.
pub(crate) fn build_as(profile: &str) -> anyhow::Result<PathBuf> {
    let built = cargo()
        .args(["build", "--quiet", "--profile", profile, "--package", "api", "--bin", "omoi"])
        .args(["--message-format", "json"])
        .stderr(Stdio::inherit())
        .output()
        .context("cannot build omoi")?;
    if !built.status.success() {
        bail!("omoi does not build; see above");
    }
    let program = String::from_utf8_lossy(&built.stdout).lines().rev().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message["executable"].as_str()?))
    });
    program.context("cargo named no program")
}
