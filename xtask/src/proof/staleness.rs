//! Whether a proof is about the code as it is: it names the commit that it ran at, and nothing it is about
//! has changed since.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, bail};

use super::record::Record;
use super::{Proof, file, root};

/// Follows a commit's name when the tree had changes beside it: such a proof is about code that nobody has.
const CHANGED: &str = "-changed";

/// Why the proof is stale; `None` when it is not.
pub(super) fn of(proof: &Proof) -> Option<String> {
    let Ok(text) = fs::read_to_string(root().join(file(proof))) else { return Some("it is missing".into()) };
    let Ok(record) = serde_json::from_str::<Record>(&text) else { return Some("it cannot be read".into()) };
    if record.commit.ends_with(CHANGED) {
        return Some("it ran with changes that were not committed".into());
    }
    match last_change(proof) {
        Ok(change) if is_ancestor(&change, &record.commit) => None,
        Ok(change) => Some(format!("{} changed in {}", record.crates.join(", "), short(&change))),
        Err(error) => Some(format!("its age is not known ({error})")),
    }
}

/// The commit that a run now is about.
pub(super) fn commit(proof: &Proof) -> anyhow::Result<String> {
    let head = git(&["rev-parse", "HEAD"])?;
    let mut status = vec!["status", "--porcelain", "--"];
    let folders = folders(proof);
    status.extend(folders.iter().map(String::as_str));
    Ok(if git(&status)?.is_empty() { head } else { head + CHANGED })
}

fn last_change(proof: &Proof) -> anyhow::Result<String> {
    let mut log = vec!["log", "-1", "--format=%H", "--"];
    let folders = folders(proof);
    log.extend(folders.iter().map(String::as_str));
    git(&log)
}

/// Where the crates lie; the migrations are part of the log's, but for those of the read models.
fn folders(proof: &Proof) -> Vec<String> {
    let mut folders = Vec::new();
    for name in proof.crates {
        let places = ["crates/", "aggregates/", ""].map(|floor| format!("{floor}{name}"));
        if let Some(folder) =
            places.into_iter().find(|folder| root().join(folder).join("Cargo.toml").exists())
        {
            folders.extend(tests_of_others(proof, &folder));
            folders.push(folder);
        }
        if *name == "eventstore" {
            folders.push("migrations".into());
            folders.push(":(exclude)migrations/*_read_model*".into());
        }
    }
    if proof.journeys > 0 {
        folders.push("dashboard".into());
    }
    folders
}

/// Excludes the test programs of a crate that are no part of this proof; what they share with it stays.
fn tests_of_others(proof: &Proof, folder: &str) -> Vec<String> {
    let Ok(programs) = fs::read_dir(root().join(folder).join("tests")) else { return Vec::new() };
    let names = programs.flatten().map(|program| program.file_name().to_string_lossy().into_owned());
    // The proof of the bus takes its load from that of the path.
    let stories = if proof.stories.is_empty() { proof.program } else { "it" };
    let others = names.filter(|name| ![proof.program, stories, "support", "path"].contains(&name.as_str()));
    others.map(|name| format!(":(exclude){folder}/tests/{name}")).collect()
}

fn is_ancestor(change: &str, commit: &str) -> bool {
    git(&["merge-base", "--is-ancestor", change, commit]).is_ok()
}

fn short(commit: &str) -> &str {
    commit.get(..7).unwrap_or(commit)
}

fn git(arguments: &[&str]) -> anyhow::Result<String> {
    let output =
        Command::new("git").args(arguments).current_dir(root()).output().context("git cannot be run")?;
    if !output.status.success() {
        bail!("git {} failed", arguments.first().unwrap_or(&""));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
