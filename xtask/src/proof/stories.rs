//! Stories of `make test` that are parts of a proof: each is run by itself, and what it came to is kept as a row like that of any
//! other part. Its cases are its tests, or what a data file of it lists.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Instant;

use anyhow::{Context as _, bail};
use serde_json::{Value, json};
use tokio::process::Command;

use super::{Args, Proof, root};
use crate::agents;
use crate::services::Services;
use crate::test::cargo;

/// How large the history is of the repository that is large, in a full proof.
const FULL_HISTORY_MIB: &str = "1024";

/// A module of the stories of a package.
pub(super) struct Story {
    /// Its name, and that of the part.
    pub(super) name: &'static str,
    pub(super) package: &'static str,
    /// How many cases it must have run.
    pub(super) count: u64,
    /// The list of its cases, in JSON; without one each of its tests is a case.
    pub(super) cases_in: Option<&'static str>,
}

impl Story {
    /// One with so many tests.
    pub(super) const fn of(package: &'static str, name: &'static str, count: u64) -> Self {
        Self { name, package, count, cases_in: None }
    }

    /// How many cases its tests went through.
    fn cases(&self, tests: u64) -> anyhow::Result<u64> {
        let Some(file) = self.cases_in else { return Ok(tests) };
        let text = fs::read_to_string(root().join(file)).with_context(|| format!("{file} cannot be read"))?;
        let listed: Vec<Value> = serde_json::from_str(&text).with_context(|| format!("{file} is no list"))?;
        Ok(if tests > 0 { listed.len() as u64 } else { 0 })
    }
}

/// Runs them one after the other; what each came to is a row in `out`.
///
/// # Errors
/// When one cannot be run; one that fails is in its row.
pub(super) async fn tell(
    proof: &Proof,
    stories: &[&Story],
    args: &Args,
    out: &Path,
    services: &Services,
) -> anyhow::Result<()> {
    let agents = if stories.is_empty() { Vec::new() } else { agents::environment()? };
    if !stories.is_empty() {
        build_simulators(proof, args).await?;
    }
    for story in stories {
        let begun = Instant::now();
        let mut command = Command::from(cargo());
        command.args(["test", "--package", story.package, "--test", "it"]);
        if args.full {
            command.args(["--profile", proof.profile]).env("HISTORY_MIB", FULL_HISTORY_MIB);
        }
        command.args(["--", "--test-threads", "1", &format!("{}::", story.name)]);
        command.envs(services.environment()).envs(agents.clone()).env("REQUIRE_SANDBOX", "1");
        command.stdout(Stdio::piped()).kill_on_drop(true);
        let ended = command.spawn().context("cannot run a story")?.wait_with_output().await?;
        let said = String::from_utf8_lossy(&ended.stdout).into_owned();
        print!("{said}");
        let row = json!({
            "name": story.name, "ok": ended.status.success(), "full": args.full,
            "cases": story.cases(passed(&said)?)?, "seed": 0,
            "seconds": (begun.elapsed().as_secs_f64() * 10.0).round() / 10.0,
            "figures": { "tests": passed(&said)? },
        });
        fs::write(out.join(format!("{}.json", story.name)), row.to_string())?;
    }
    Ok(())
}

/// The programs that stories start beside the product; cargo builds for the tests of a package only the package's own.
async fn build_simulators(proof: &Proof, args: &Args) -> anyhow::Result<()> {
    let mut command = Command::from(cargo());
    command.args(["build", "--package", "simulators", "--bins"]);
    if args.full {
        command.args(["--profile", proof.profile]);
    }
    let status = command.status().await.context("cannot build the simulators")?;
    if status.success() { Ok(()) } else { bail!("the simulators cannot be built; see above") }
}

/// How many tests have passed, as the runner says in its last line.
fn passed(said: &str) -> anyhow::Result<u64> {
    let line = said.lines().rev().find(|line| line.starts_with("test result:"));
    let Some(count) = line.and_then(|line| line.split_once(" passed")?.0.rsplit(' ').next()?.parse().ok())
    else {
        bail!("the runner did not say how many tests have passed");
    };
    Ok(count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_passed_is_read_from_the_last_line() {
        let said = "running 3 tests\ntest a ... ok\n\ntest result: FAILED. 2 passed; 1 failed; 0 ignored\n";
        assert_eq!(passed(said).unwrap(), 2);
        assert!(passed("error: no such test").is_err());
    }

    #[test]
    fn cases_are_tests_or_what_is_listed() {
        let liars = Story { cases_in: Some("api/tests/it/liars.json"), ..Story::of("api", "liars", 8) };
        assert_eq!((liars.cases(1).unwrap(), liars.cases(0).unwrap()), (8, 0));
        assert_eq!(Story::of("api", "other", 3).cases(2).unwrap(), 2);
        assert!(Story { cases_in: Some("nowhere.json"), ..Story::of("api", "other", 3) }.cases(1).is_err());
    }
}
