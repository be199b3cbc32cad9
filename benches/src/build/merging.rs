//! Many branches that go together. Ours: the product, from the moment at which all but the first wait until all are merged. The peer: each
//! joined and verified alone, one after the other, by the same git, the same sandboxes and the same command.

use std::path::Path;
use std::time::Instant;

use adapters::git::{GitCli, GitOptions, Reach};
use adapters::sandbox::{LocalSandboxes, Options};
use anyhow::{Context as _, ensure};
use ports::git::{Checkout, CommitHash, Join, Joined, Merging as _, RepositoryUrl, Workspaces as _};
use ports::sandbox::{Access, Exit, Level, Limits, Plan, Sandboxes as _};
use serde_json::{Value, json};
use tokio::process::Command;

use super::Args;
use crate::agents::shop::{Opening, Shop, ms};
use crate::agents::{beside, row};
use crate::report::Row;

/// The first one alone takes so long to verify that all others are there by then; every other trial takes a fifth of a second.
const VERIFY: &str = "if test -e first && test $(ls said-* | wc -l) = 1; then sleep 60; else sleep 0.2; fi";

pub(super) async fn rows(args: &Args) -> anyhow::Result<Vec<Row>> {
    let shop =
        Shop::open(&args.omoi, Opening { runs: 8, verify: Some(VERIFY), ..Opening::default() }).await?;
    let ticket = shop.ticket().await?;
    let from = shop.head().await?;
    let first = shop.task(&ticket, "command", "echo 0 > first; echo 0 > said-0").await?;
    let mut rest = Vec::new();
    for n in 1..args.branches {
        rest.push(shop.task(&ticket, "command", &format!("echo {n} > said-{n}")).await?);
    }
    shop.api().done(&format!("/tasks/{first}/runs"), &json!({})).await?;
    shop.until(from, "merge.step_begun", 1).await?;
    shop.api().done(&format!("/projects/{}/autonomy", shop.project), &json!({ "on": true })).await?;
    shop.until(from, "merge.merged", 1).await?;
    let steps = shop.events(from, "merge.step_merged").await?;
    let begun = steps.first().context("the first one")?;
    ensure!(tasks(begun) == 1, "others were merged with the first one");
    let added = shop.events(from, "merge.candidate_added").await?;
    let at = |event: &Value| ms(&event["recorded_at"]);
    let waited = added.last().map(&at).context("candidates")?? <= at(begun)?;
    ensure!(waited, "not all branches were there when the first one was merged: give the first one longer");
    let ours = (at(steps.last().context("the last one")?)? - at(begun)?) / 1e3;
    let verified = shop.events(from, "merge.verification_passed").await?.len() - 1;
    let alone = one_by_one(&shop, &steps, &added).await?;
    let ratio = alone.seconds / ours;
    let name = format!("{} clean branches merged and verified, beside one by one", args.branches - 1);
    Ok(vec![
        beside(&name, "s", (ours, alone.seconds), ">= 3x faster", Some(ratio >= 3.0 && alone.same)),
        row("the same: trials that were verified", "trials", verified as f64, "reported", None),
        row(
            "the same: the two results are the same files",
            "",
            f64::from(u8::from(alone.same)),
            "1",
            Some(alone.same),
        ),
    ])
}

fn tasks(step: &Value) -> usize {
    step["payload"]["tasks"].as_array().map_or(0, Vec::len)
}

struct Alone {
    seconds: f64,
    same: bool,
}

/// From the end of the first step on, as the product had it.
async fn one_by_one(shop: &Shop, steps: &[Value], added: &[Value]) -> anyhow::Result<Alone> {
    let home = tempfile::tempdir()?;
    // As another account, when this is root's.
    std::fs::set_permissions(home.path(), std::os::unix::fs::PermissionsExt::from_mode(0o711))?;
    let git = GitCli::new(GitOptions::new(home.path().join("git"), Reach::ThisAccount));
    let sandboxes = LocalSandboxes::new(Options::new(embedded::guard::this_exe(), home.path().join("state")));
    let url = RepositoryUrl::parse(&shop.repository().display().to_string())?;
    let commit = |value: &Value| -> anyhow::Result<CommitHash> {
        value.as_str().context("a commit")?.parse().map_err(|_| anyhow::anyhow!("no commit"))
    };
    let mut head = commit(&steps[0]["payload"]["head"])?;
    let begun = Instant::now();
    for (n, candidate) in added.iter().skip(1).enumerate() {
        let join = Join { head, commit: commit(&candidate["payload"]["commit"])?, message: "one by one" };
        let Joined::At(joined) = git.join(&url, &join).await? else {
            anyhow::bail!("a clean branch is in conflict");
        };
        let directory = home.path().join(format!("files-{n}"));
        let checkout = Checkout { url: &url, commit: joined, restored: None, directory: &directory };
        git.check_out(&checkout).await?;
        verify(&sandboxes, n, &directory).await?;
        std::fs::remove_dir_all(&directory)?;
        head = joined;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let last = steps.last().context("the last one")?["payload"]["head"].as_str().context("a commit")?;
    let theirs = tree(&home.path().join("git"), &head.to_string()).await?;
    Ok(Alone { seconds, same: tree(shop.repository(), last).await? == theirs })
}

async fn verify(sandboxes: &LocalSandboxes, n: usize, directory: &Path) -> anyhow::Result<()> {
    let plan = Plan {
        name: format!("alone-{n}"),
        workspace: directory.to_owned(),
        access: Access::Write,
        protected: Vec::new(),
        mounts: Vec::new(),
        sockets: Vec::new(),
        command: ["/bin/sh", "-c", VERIFY].map(str::to_owned).to_vec(),
        environment: Vec::new(),
        stdin: Vec::new(),
        limits: Limits::default(),
        at_least: Level::User,
    };
    let exit = sandboxes.start(&plan).await?.wait().await;
    ensure!(exit == Exit::Code(0), "a clean branch does not hold: {exit:?}");
    Ok(())
}

/// The files of a commit, in one of the repositories below a directory.
async fn tree(below: &Path, commit: &str) -> anyhow::Result<String> {
    let mut places = vec![below.to_owned()];
    let mut seen = 0;
    while let Some(place) = places.pop() {
        let answer = Command::new("git")
            .args(["-c", "safe.directory=*", "-C"])
            .arg(&place)
            .args(["rev-parse", "--verify", "--quiet", &format!("{commit}^{{tree}}")])
            .output()
            .await?;
        if answer.status.success() {
            return Ok(String::from_utf8_lossy(&answer.stdout).trim().to_owned());
        }
        seen += 1;
        ensure!(seen < 100, "the commit {commit} is nowhere");
        for entry in std::fs::read_dir(&place)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                places.push(entry.path());
            }
        }
    }
    anyhow::bail!("the commit {commit} is nowhere")
}
