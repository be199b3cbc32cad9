//! `cargo xtask proof`: runs long proofs with the counts that an issue names and writes docs/proofs/NAME.json.
//! The proofs themselves are tests of the crates they are about; here is what is asked of them and what is
//! kept of their answers.

mod record;
mod staleness;
mod stories;
mod table;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use anyhow::{Context as _, bail};

use crate::agents;
use crate::journeys;
use crate::services::Services;
use crate::test::cargo;
use record::Record;
use stories::Story;
use table::PROOFS;

/// A file in docs/proofs.
pub(crate) struct Proof {
    /// Its name, without `.json`.
    name: &'static str,
    /// The package and the test program that hold it.
    package: &'static str,
    program: &'static str,
    /// How it is compiled for a full run, see the root manifest.
    profile: &'static str,
    /// The crates whose code it exercises, the fewest: a change there makes it stale.
    crates: &'static [&'static str],
    /// Its parts, each a test `part::part`, and the cases each must have run.
    parts: &'static [(&'static str, u64)],
    /// Further parts of it, which are stories of `make test`: they are run again, with the machine to themselves.
    stories: &'static [Story],
    /// How many walks through the pages are one more part of a full run; 0 when the pages have no part in it.
    journeys: u64,
}

impl Proof {
    /// What a run as asked must have done.
    fn parts(&self, args: &Args) -> Vec<(&'static str, u64)> {
        let mut parts = self.parts.to_vec();
        parts.extend(self.stories.iter().map(|story| (story.name, story.count)));
        if self.journeys > 0 && (args.full || args.only.is_some()) {
            parts.push((JOURNEYS, self.journeys));
        }
        parts.retain(|(name, _)| args.only.as_ref().is_none_or(|only| only == name));
        parts
    }
}

/// The part that runs in a browser, and not as a test of cargo's.
const JOURNEYS: &str = "journeys";

/// Options.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which proof, e.g. `log`; with --stale, all.
    #[arg(required_unless_present = "stale")]
    name: Option<String>,
    /// Run the counts of the issue and write docs/proofs/NAME.json; otherwise as long as in `make test`.
    #[arg(long)]
    full: bool,
    /// Run one part of it, and write nothing.
    #[arg(long, value_name = "PART")]
    only: Option<String>,
    /// The seed of an earlier run.
    #[arg(long)]
    seed: Option<u64>,
    /// Name the proofs that are missing, or older than the last change of the crates they are about; with
    /// --full, run those.
    #[arg(long)]
    stale: bool,
}

pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let asked = |proof: &&Proof| args.name.as_deref().is_none_or(|name| name == proof.name);
    let proofs: Vec<&Proof> = PROOFS.iter().filter(asked).collect();
    if proofs.is_empty() {
        let known: Vec<_> = PROOFS.iter().map(|proof| proof.name).collect();
        bail!("there is no proof of that name; there are: {}", known.join(", "));
    }
    if args.stale {
        let stale: Vec<&Proof> = proofs.into_iter().filter(|proof| say_if_stale(proof)).collect();
        return if args.full { stale.into_iter().try_for_each(|proof| prove(proof, args)) } else { Ok(()) };
    }
    proofs.into_iter().try_for_each(|proof| prove(proof, args))
}

/// For `make test`: names the proofs to run again. None of them makes it red.
pub(crate) fn say_what_is_stale() {
    for proof in PROOFS {
        say_if_stale(proof);
    }
}

fn say_if_stale(proof: &Proof) -> bool {
    match staleness::of(proof) {
        Some(reason) => {
            eprintln!(
                "stale {}: {reason}; run `cargo xtask proof {} --full`",
                file(proof).display(),
                proof.name
            );
            true
        }
        None => false,
    }
}

fn prove(proof: &Proof, args: &Args) -> anyhow::Result<()> {
    let parts = proof.parts(args);
    if let Some(part) = args.only.as_ref().filter(|_| parts.is_empty()) {
        let stories = proof.stories.iter().map(|story| story.name);
        let known: Vec<_> = proof.parts.iter().map(|(name, _)| *name).chain(stories).collect();
        bail!("{} has no part {part}; there are: {}", proof.name, known.join(", "));
    }
    let commit = staleness::commit(proof)?;
    let out = env::temp_dir().join(format!("omoi-proof-{}-{}", proof.name, std::process::id()));
    fs::create_dir_all(&out)?;
    if parts.iter().any(|(name, _)| *name == JOURNEYS) {
        // First: what they need is known soonest, and a program with other pages would be compiled again.
        journeys::prove(proof.profile, &out.join(format!("{JOURNEYS}.json")))?;
    }
    let runtime = tokio::runtime::Runtime::new()?;
    let all_passed = runtime.block_on(run_all(proof, args, &out))?;
    let rows = record::read_rows(&out)?;
    fs::remove_dir_all(&out)?;

    let record = Record::new(commit, proof.crates, &parts, &rows, args.full);
    for fault in record::faults(&parts, &rows, args.full) {
        eprintln!("not proven: {fault}");
    }
    if args.full && args.only.is_none() {
        let file = root().join(file(proof));
        fs::create_dir_all(file.parent().expect("docs/proofs/NAME.json lies in a folder"))?;
        fs::write(&file, format!("{}\n", serde_json::to_string_pretty(&record)?))?;
        eprintln!("wrote {}", file.display());
    }
    // The exit code of the runner would also be bad for a test that is no part of the proof.
    if record.ok && all_passed { Ok(()) } else { bail!("the proof {} does not hold; see above", proof.name) }
}

/// Parts and stories; whether all that was run has passed.
async fn run_all(proof: &Proof, args: &Args, out: &Path) -> anyhow::Result<bool> {
    let wants = |name: &str| args.only.as_ref().is_none_or(|only| only == name);
    let stories: Vec<&Story> = proof.stories.iter().filter(|story| wants(story.name)).collect();
    let has_parts = proof.parts.iter().any(|(name, _)| wants(name));
    if stories.is_empty() && !has_parts {
        return Ok(true);
    }
    let services = Services::start().await?;
    eprintln!("== proof {}", proof.name);
    let parts = if has_parts { run_parts(proof, args, out, &services).await.map(Some) } else { Ok(None) };
    let told =
        if parts.is_ok() { stories::tell(proof, &stories, args, out, &services).await } else { Ok(()) };
    services.stop().await;
    told?;
    Ok(parts?.is_none_or(|status| status.success()))
}

/// One part after the other, each with the machine to itself.
async fn run_parts(
    proof: &Proof,
    args: &Args,
    out: &Path,
    services: &Services,
) -> anyhow::Result<ExitStatus> {
    let mut command = tokio::process::Command::from(cargo());
    command.args(["test", "--package", proof.package, "--test", proof.program]);
    if args.full {
        command.args(["--profile", proof.profile]);
    }
    command.arg("--");
    command.args(["--test-threads", "1", "--nocapture"]);
    if let Some(part) = &args.only {
        command.args(["--exact", &format!("{part}::{part}")]);
    }
    command.envs(services.environment()).env("PROOF_OUT", out).kill_on_drop(true);
    if args.full {
        command.env("PROOF_FULL", "1");
    }
    if let Some(seed) = args.seed {
        command.env("PROOF_SEED", seed.to_string());
    }
    if !proof.stories.is_empty() {
        // What works in sandboxes may work with agents that nobody here wrote.
        command.env("REQUIRE_SANDBOX", "1").envs(agents::environment()?);
    }
    command.status().await.context("cannot run the proof")
}

fn file(proof: &Proof) -> PathBuf {
    Path::new("docs/proofs").join(format!("{}.json", proof.name))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A proof that is kept holds; a missing one is only stale.
    #[test]
    fn every_proof_that_exists_is_ok() {
        for proof in PROOFS {
            let Ok(text) = fs::read_to_string(root().join(file(proof))) else { continue };
            let record: Record = serde_json::from_str(&text).unwrap();
            assert!(record.ok, "{} does not hold", file(proof).display());
            let journeys = (proof.journeys > 0).then_some((JOURNEYS, proof.journeys));
            let stories = proof.stories.iter().map(|story| (story.name, story.count));
            for (part, count) in proof.parts.iter().copied().chain(stories).chain(journeys) {
                assert!(record.counts.get(part) >= Some(&count), "{part} has fewer than {count} cases");
            }
        }
    }

    #[test]
    fn every_file_is_known() {
        let Ok(files) = fs::read_dir(root().join("docs/proofs")) else { return };
        for found in files {
            let name = found.unwrap().file_name().into_string().unwrap();
            assert!(PROOFS.iter().any(|proof| name == format!("{}.json", proof.name)), "{name} is nobody's");
        }
    }
}
