//! One trial: a fresh checkout in clean sandboxes, and the commands of the project; where it has none, those of the tasks whose work is in
//! it.

use std::sync::Arc;

use execution::checked::Checked;
use execution::merge::{Standing, Step};
use ports::git::{Checkout, CommitHash};
use vocabulary::{CommandLine, TaskId};

use super::desk::Desk;
use super::record::Ledger;
use super::story::Site;
use crate::running::RunnerError;
use crate::running::checks::{Checks, NotRun, Way};
use crate::running::egress::Egress;
use crate::running::evidence::remove;

/// Commands of a trial at most.
const COMMANDS: usize = 50;

/// What came of a trial.
pub(super) struct Verified {
    /// Every command ended with 0.
    pub(super) passed: bool,
    /// The commands, up to the first that did not.
    pub(super) commands: Vec<Checked>,
}

impl Desk<'_> {
    /// Runs the commands; none when the node stops.
    pub(super) async fn verify(
        &self,
        site: &Site,
        step: &Step,
        trial: &[TaskId],
        commit: CommitHash,
    ) -> Result<Option<Verified>, RunnerError> {
        let commands = self.commands(site, step, trial).await?;
        let means = &self.parts.means;
        let own = means.merges.join(self.merge.to_string());
        remove(&own).await?;
        tokio::fs::create_dir_all(&own).await?;
        let directory = own.join("files");
        let checkout = Checkout { url: &site.url, commit, restored: None, directory: &directory };
        means.workspaces.check_out(&checkout).await?;
        let ledger = Ledger::of(self, site.project);
        let hosts = site.profile.settings.hosts.clone();
        let egress = Egress::new(hosts, means.outside.clone(), self.parts.store.clone(), Arc::new(ledger));
        let seal = means.seals.of_project(site.project).await?;
        let checks = Checks {
            store: &self.parts.store,
            org: self.org,
            means,
            seal: &*seal,
            stop: self.stop,
            name: self.merge.to_string(),
            checkout: &directory,
            way: Way::open(own.join("e"), &egress)?,
        };
        let mut verified = Verified { passed: true, commands: Vec::new() };
        for (n, command) in commands.iter().enumerate() {
            match checks.run(n, command).await? {
                Ok(checked) => {
                    verified.passed = checked.exit == 0;
                    verified.commands.push(checked);
                }
                Err(NotRun::NoSandbox(why)) => return Err(RunnerError::Busy(why)),
                Err(NotRun::Stopped) => return Ok(None),
            }
            if !verified.passed {
                break;
            }
        }
        egress.close().await;
        remove(&own).await?;
        Ok(Some(verified))
    }

    async fn commands(
        &self,
        site: &Site,
        step: &Step,
        trial: &[TaskId],
    ) -> Result<Vec<CommandLine>, RunnerError> {
        let of_project = &site.profile.settings.verify;
        if !of_project.is_empty() {
            return Ok(of_project.to_vec());
        }
        let merged = site.merge.candidates.iter().filter(|one| one.standing == Standing::Merged);
        let within = merged.map(|one| one.finished.task).chain(trial.iter().copied());
        let mut commands: Vec<CommandLine> = Vec::new();
        for task in within {
            for command in self.task(task).await?.plan.work.validate.iter() {
                if !commands.contains(command) {
                    commands.push(command.clone());
                }
            }
        }
        if commands.len() > COMMANDS {
            tracing::warn!(merge = %self.merge, step = step.number, "more than {COMMANDS} commands: the last of them count");
            commands.drain(..commands.len() - COMMANDS);
        }
        Ok(commands)
    }
}
