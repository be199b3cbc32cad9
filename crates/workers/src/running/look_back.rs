//! Runs that this node had begun and another has ended, because this one was down or cut off: what they have left here is kept, and
//! then removed. Nobody else can do it, and nobody asks for it: the log is done with them.

use std::path::Path;
use std::time::Duration;

use kernel::{EventId, OrgId, Uuid};
use serde::{Deserialize, Serialize};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use vocabulary::RunId;

use super::desk::Desk;
use super::leftover::UNKEPT;
use super::{Runner, RunnerError};

/// Beside the workspace of a run: whose it is. Streams are found by their organization.
const WHOSE: &str = "whose.json";
/// A node that was only cut off is not started anew.
const EVERY: Duration = Duration::from_secs(60);

#[derive(Serialize, Deserialize)]
struct Whose {
    org: OrgId,
    cause: EventId,
    correlation: Uuid,
}

impl Desk<'_> {
    /// Says whose the directory of the run is, before anything else is in it.
    pub(super) async fn name(&self, directory: &Path) -> std::io::Result<()> {
        let whose = Whose { org: self.org, cause: self.cause, correlation: self.correlation };
        let draft = directory.join("whose.draft");
        tokio::fs::write(&draft, serde_json::to_vec(&whose)?).await?;
        tokio::fs::rename(draft, directory.join(WHOSE)).await
    }
}

impl Runner {
    /// Looks after what ended runs have left on this node, now and every minute, until `stop`.
    pub async fn look_back(&self, stop: &CancellationToken) {
        let mut looks = interval(EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while stop.run_until_cancelled(looks.tick()).await.is_some() {
            if let Err(error) = self.look_once(stop).await {
                tracing::warn!(%error, "what ended runs have left is looked after in a minute");
            }
        }
    }

    async fn look_once(&self, stop: &CancellationToken) -> Result<(), RunnerError> {
        let mut directories = tokio::fs::read_dir(&self.0.means.directory).await?;
        while let Some(entry) = directories.next_entry().await? {
            let name = entry.file_name();
            let Some(run) = name.to_str().and_then(|name| Uuid::parse_str(name).ok()).map(RunId) else {
                continue;
            };
            let directory = entry.path();
            // A person has to look at what could not be kept: it was said where it is, and why.
            let given_up = tokio::fs::metadata(directory.join(UNKEPT)).await.is_ok_and(|why| why.len() > 0);
            if stop.is_cancelled() || self.0.live.has(run) || given_up {
                continue;
            }
            if let Err(error) = self.look_at(run, &directory, stop).await {
                tracing::warn!(%run, %error, "what the run has left is looked after in a minute");
            }
        }
        Ok(())
    }

    async fn look_at(
        &self,
        run: RunId,
        directory: &Path,
        stop: &CancellationToken,
    ) -> Result<(), RunnerError> {
        let Ok(whose) = tokio::fs::read(directory.join(WHOSE)).await else {
            // It is empty when nobody came to say so. What is not empty stays.
            let _ = tokio::fs::remove_dir(directory).await;
            return Ok(());
        };
        let whose: Whose = serde_json::from_slice(&whose)
            .map_err(|error| RunnerError::Broken(format!("{}: {error}", directory.join(WHOSE).display())))?;
        let (cause, correlation) = (whose.cause, whose.correlation);
        self.under_lease(whose.org, run, (cause, correlation), stop, async |desk| {
            let (project, details) = desk.load().await?;
            if details.has_ended() { desk.clear_up(project, &details).await } else { Ok(()) }
        })
        .await
        .map(drop)
    }
}
