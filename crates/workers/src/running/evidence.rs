//! What a run's work is worth: found out by the host, on a fresh checkout of what was kept, in a sandbox that the agent was never
//! in. What the agent says is not asked.

use std::path::PathBuf;

use execution::run::{Checked, Command, Details, Evidence};
use ports::git::{Change, Changes, Checkout, CommitHash, RepositoryUrl};
use vocabulary::{Bounded, CommandLine, Mode};
use work::project::Profile;
use work::task::{self, CommandResult};

use super::RunnerError;
use super::checks::{Checks, NotRun, Way};
use super::desk::{Desk, Told};
use super::egress::Egress;
use super::ending::Ending;
use super::ingest::file;
use super::place::commit_id;
use super::protected::put_back;
use super::report;
use super::seals::{Seal, content};

/// Files that are looked at, and those that an event names.
const LOOKED_AT: usize = 20_000;
const NAMED: usize = 500;

/// What is to be judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work<'a> {
    pub(super) url: &'a RepositoryUrl,
    /// What the run has come to.
    pub(super) commit: CommitHash,
    /// What it is compared with.
    pub(super) base: CommitHash,
    /// What it has found out, when it explores.
    pub(super) report: &'a report::Desk,
    /// The hosts that its commands may reach.
    pub(super) egress: &'a Egress,
}

impl Desk<'_> {
    /// Finds out, writes it down, and says how the run ends by it.
    pub(super) async fn judge(
        &self,
        run: &Details,
        task: &task::Details,
        project: &Profile,
        work: &Work<'_>,
        seal: &dyn Seal,
    ) -> Result<Ending, RunnerError> {
        if run.start.mode == Mode::Exploration {
            return self.judge_report(work, seal).await;
        }
        // Who validates looks at what is there; what it may have changed to make that work is not looked at.
        let validated = Work { commit: work.base, ..*work };
        let work = if run.start.mode == Mode::Validation { &validated } else { work };
        let workspaces = &self.parts.means.workspaces;
        let changes = match workspaces.changes(work.url, work.base, work.commit, LOOKED_AT).await {
            Ok(changes) => changes,
            Err(error) => return Ok(Ending::git(&error)),
        };
        if run.start.mode == Mode::Implementation && changes.files.is_empty() {
            return Ok(Ending::no_changes());
        }
        let commands = commands_of(task, project);
        let lines: Vec<&str> = commands.iter().map(CommandLine::as_str).collect();
        let about: Vec<&str> = task.plan.files.iter().map(vocabulary::FilePattern::as_str).collect();
        let back = put_back(&changes.files, &about, &lines);
        let directory = self.parts.directory_of(self.run).join("evidence");
        remove(&directory).await?;
        let checkout = Checkout {
            url: work.url,
            commit: work.commit,
            restored: (!back.is_empty()).then_some((work.base, back.as_slice())),
            directory: &directory,
        };
        if let Err(error) = workspaces.check_out(&checkout).await {
            return Ok(Ending::git(&error));
        }
        let mut checked = Vec::with_capacity(commands.len());
        let checks = Checks {
            store: &self.parts.store,
            org: self.org,
            means: &self.parts.means,
            seal,
            stop: self.stop,
            name: self.run.to_string(),
            checkout: &directory,
            way: Way::open(self.parts.directory_of(self.run).join("e"), work.egress)?,
        };
        for (n, command) in commands.iter().enumerate() {
            match checks.run(n, command).await? {
                Ok(result) => checked.push(result),
                Err(NotRun::NoSandbox(why)) => return Ok(Ending::no_sandbox(&why, true)),
                Err(NotRun::Stopped) => return Ok(Ending::node_stopped()),
            }
        }
        remove(&directory).await?;
        let failed =
            checked.iter().filter(|one| one.exit != 0).map(|one| format!("{} ({})", one.cmd, one.exit));
        let mut failed: Vec<String> = failed.collect();
        if !failed.is_empty() && !back.is_empty() {
            failed.push(not_counted(&back));
        }
        let results: Vec<CommandResult> =
            checked.iter().map(|one| CommandResult { cmd: one.cmd.clone(), exit: one.exit }).collect();
        let evidence = evidence(work, &changes, &back, checked)?;
        if let Some(stopped) = self.gather(evidence).await? {
            return Ok(stopped);
        }
        if results.is_empty() {
            return Ok(Ending::no_verification());
        }
        let Ok(results) = Bounded::new(results) else { return Ok(Ending::no_verification()) };
        Ok(Ending::judged(results, commit_id(work.commit)?, &failed))
    }

    /// What a run that explores is worth: its report, when it keeps to the schema.
    async fn judge_report(&self, work: &Work<'_>, seal: &dyn Seal) -> Result<Ending, RunnerError> {
        let report = match work.report.report() {
            Ok(report) => report,
            Err(error) => return Ok(Ending::no_report(&error.to_string())),
        };
        let json = serde_json::to_string(&report).expect("it was read from JSON");
        let report = Some(content(&self.parts.store, self.org, seal, &json).await?);
        let nothing = Changes::default();
        let unchanged = Work { commit: work.base, ..*work };
        let evidence = Evidence { report, ..evidence(&unchanged, &nothing, &[], Vec::new())? };
        if let Some(stopped) = self.gather(evidence).await? {
            return Ok(stopped);
        }
        Ok(Ending::judged(Bounded::default(), commit_id(work.base)?, &[]))
    }

    /// Writes it down; how the run ends when it was stopped meanwhile.
    async fn gather(&self, evidence: Evidence) -> Result<Option<Ending>, RunnerError> {
        if let Told::Refused(code) = self.tell(Command::GatherEvidence(Box::new(evidence))).await?
            && code == "stopping"
        {
            let reason = vocabulary::Reason::new("it was stopped while its work was looked at");
            return Ok(Some(Ending::stopped(&reason.expect("it has words"))));
        }
        Ok(None)
    }
}

/// The task's own commands, then those of the project.
fn commands_of(task: &task::Details, project: &Profile) -> Vec<CommandLine> {
    let mut commands: Vec<CommandLine> = task.plan.work.validate.iter().cloned().collect();
    let more: Vec<_> =
        project.settings.verify.iter().filter(|more| !commands.contains(more)).cloned().collect();
    commands.extend(more);
    commands
}

/// Who made a file that was taken away again has to know it, or would make it again.
fn not_counted(back: &[String]) -> String {
    let named: Vec<&str> = back.iter().take(5).map(String::as_str).collect();
    let more = if back.len() > named.len() { ", …" } else { "" };
    format!(
        "not counted, because the task does not say that it is about them (--files): {}{more}",
        named.join(", ")
    )
}

fn evidence(
    work: &Work<'_>,
    changes: &Changes,
    back: &[String],
    checked: Vec<Checked>,
) -> Result<Evidence, RunnerError> {
    let named = |paths: &mut dyn Iterator<Item = &String>| {
        Bounded::new(paths.take(NAMED).map(|path| file(path)).collect()).expect("no more than it takes")
    };
    let sum = |of: fn(&Change) -> Option<u64>| changes.files.iter().filter_map(of).sum();
    Ok(Evidence {
        commit: commit_id(work.commit)?,
        base: commit_id(work.base)?,
        changed: named(&mut changes.files.iter().map(|change| &change.path)),
        files: u32::try_from(changes.files.len()).unwrap_or(u32::MAX),
        added: sum(|change| change.added),
        removed: sum(|change| change.removed),
        restored: named(&mut back.iter()),
        commands: Bounded::new(checked).map_err(|error| RunnerError::Broken(error.to_string()))?,
        report: None,
    })
}

pub(crate) async fn remove(directory: &PathBuf) -> Result<(), RunnerError> {
    match tokio::fs::remove_dir_all(directory).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
