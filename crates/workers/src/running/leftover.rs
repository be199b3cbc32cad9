//! Workspaces whose worker has not kept what it left, because it was killed, or with it the whole node: what is in them is kept before
//! anything is removed. Git runs on it in a sandbox, as always, by a worker that has no agent.

use std::path::{Path, PathBuf};
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::{Json, Router};
use execution::run::{Command, Details, Moment};
use kernel::ProjectId;
use ports::agent::Assignment;
use ports::agent::wire::{Brief, Keeping, REST, Report, SOCKET, Stored};
use ports::git::{Bundle, CommitHash, RepositoryUrl};
use ports::sandbox::{Access, Mount, Plan, Sandbox, SandboxError, WORKSPACE};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, timeout};

use super::desk::Desk;
use super::place::commit_id;
use super::socket::{self, Said, kept};
use super::{RunnerError, brief};

/// Longest time for it, with the start of its sandbox.
const WITHIN: Duration = Duration::from_secs(120);
const GRACE: Duration = Duration::from_secs(2);
/// Between two looks at whether an earlier sandbox is gone.
const PAUSE: Duration = Duration::from_millis(200);
/// In the directory of a run: its workspace is not kept, and this is why; empty while nobody knows, or had room to say it. What is
/// marked by it is not removed.
pub(super) const UNKEPT: &str = "unkept";

impl Desk<'_> {
    /// Keeps what a run of before has left on this node.
    pub(super) async fn rescue(&self, project: ProjectId, run: &Details) -> Result<(), RunnerError> {
        match self.place_again(project, run).await? {
            Some((url, _, at)) => self.rescue_at(&url, at, at).await.map(drop),
            None if self.workspace_is_here().await? => {
                self.unkept("the project has no repository any more where it could be kept").await
            }
            None => Ok(()),
        }
    }

    async fn workspace_is_here(&self) -> Result<bool, RunnerError> {
        Ok(tokio::fs::try_exists(self.parts.directory_of(self.run).join("workspace/.git")).await?)
    }

    fn mark(&self) -> PathBuf {
        self.parts.directory_of(self.run).join(UNKEPT)
    }

    /// Says that the workspace stays, and why.
    async fn unkept(&self, why: &str) -> Result<(), RunnerError> {
        let place = self.parts.directory_of(self.run).display().to_string();
        tracing::warn!(run = %self.run, place, why, "a workspace is left, because it could not be kept: look at it, and remove it");
        Ok(tokio::fs::write(self.mark(), why).await?)
    }

    /// Keeps what is in the workspace; the commit, or `head` when there is nothing to keep. A workspace that cannot be kept, because
    /// its agent has broken what git needs of it, stays where it is.
    pub(super) async fn rescue_at(
        &self,
        url: &RepositoryUrl,
        at: CommitHash,
        head: CommitHash,
    ) -> Result<CommitHash, RunnerError> {
        if !self.workspace_is_here().await? {
            return Ok(head);
        }
        // Before anything is tried: a disk without room for the mark has none for what is to be kept.
        tokio::fs::write(self.mark(), "").await?;
        match self.take_from(&self.parts.directory_of(self.run), url, at).await {
            Ok(rescued) => {
                tokio::fs::remove_file(self.mark()).await?;
                Ok(rescued.unwrap_or(head))
            }
            Err(RunnerError::Unkept(why)) => self.unkept(&why).await.map(|()| head),
            Err(error) => Err(error),
        }
    }

    async fn take_from(
        &self,
        directory: &Path,
        url: &RepositoryUrl,
        at: CommitHash,
    ) -> Result<Option<CommitHash>, RunnerError> {
        let token = brief::token();
        let (socket, mut heard) = socket::open(directory, &token, |_| Router::new())?;
        let means = &self.parts.means;
        let plan = Plan {
            name: format!("{}-r", self.run),
            workspace: directory.join("workspace"),
            access: Access::Write,
            protected: brief::PROTECTED.map(Into::into).to_vec(),
            mounts: means.worker.mounts.clone(),
            sockets: vec![Mount { from: socket.listening.path.clone(), to: SOCKET.into() }],
            command: means.worker.command.clone(),
            environment: vec![("GIT_CONFIG_NOSYSTEM".into(), "1".into())],
            stdin: brief::errand(&self.brief_to_rest(&token, at)),
            limits: ports::sandbox::Limits { wall: WITHIN, ..means.limits },
            at_least: means.at_least,
        };
        let mut sandbox = self.start_alone(&plan).await?;
        let rescued = tokio::select! {
            biased;
            rescued = timeout(WITHIN, self.take_in(url, at, &mut heard)) => rescued,
            exit = sandbox.wait() => {
                return Err(RunnerError::Unkept(format!("its worker came to {exit:?}")));
            }
        };
        sandbox.stop(GRACE).await;
        match rescued {
            Ok(rescued) => rescued,
            Err(_) => Err(RunnerError::Unkept("it took too long".into())),
        }
    }

    /// Starts it once the one of an earlier try is gone, which was given up when its lease was lost: what is in the workspace can be
    /// kept, only not by two.
    async fn start_alone(&self, plan: &Plan) -> Result<Box<dyn Sandbox>, RunnerError> {
        let until = Instant::now() + WITHIN;
        loop {
            match self.parts.means.sandboxes.start(plan).await {
                Ok(sandbox) => return Ok(sandbox),
                Err(SandboxError::Running { .. }) if Instant::now() < until => sleep(PAUSE).await,
                Err(error @ SandboxError::Running { .. }) => {
                    return Err(RunnerError::Busy(error.to_string()));
                }
                Err(error) => return Err(RunnerError::Unkept(error.to_string())),
            }
        }
    }

    async fn take_in(
        &self,
        url: &RepositoryUrl,
        at: CommitHash,
        heard: &mut mpsc::Receiver<Said>,
    ) -> Result<Option<CommitHash>, RunnerError> {
        let mut rescued = None;
        while let Some(said) = heard.recv().await {
            match said {
                Said::Beat | Said::Asking | Said::OverBudget(_) => {}
                // The agent has done it before, and nobody has heard of it: the difference is in the snapshot.
                Said::Events(batch, answer) => {
                    let next = batch.from + i64::try_from(batch.events.len()).unwrap_or(0);
                    let _ = answer.send(Json(Stored { next }).into_response());
                }
                Said::Steer { answer, .. } => drop(answer.send(StatusCode::NO_CONTENT.into_response())),
                Said::Snapshot { bundle, answer, .. } => {
                    let (_, run) = self.load().await?;
                    let commit = match bundle {
                        None => at,
                        Some(file) => {
                            let n = run.snapshot.map_or(1, |snapshot| snapshot.n + 1);
                            let id = self.run.to_string();
                            let bundle = Bundle { url, file: &file, base: at, run: &id, n };
                            let kept = self.parts.means.workspaces.keep(&bundle).await;
                            kept.map_err(|error| RunnerError::Unkept(error.to_string()))?
                        }
                    };
                    self.tell(Command::TakeSnapshot { commit: commit_id(commit)?, at: Moment::Rescue })
                        .await?;
                    rescued = Some(commit);
                    let _ = answer.send(kept(commit.to_string()));
                }
                Said::Finished(report, answer) => {
                    if let Report::Failed { message, .. } = report {
                        return Err(RunnerError::Unkept(message));
                    }
                    let _ = answer.send(StatusCode::NO_CONTENT.into_response());
                    break;
                }
            }
        }
        Ok(rescued)
    }

    fn brief_to_rest(&self, token: &str, at: CommitHash) -> Brief {
        Brief {
            run: self.run.0,
            token: token.to_owned(),
            socket: SOCKET.into(),
            assignment: Assignment {
                driver: REST.into(),
                command: Vec::new(),
                version: None,
                silent_after_s: None,
                model: None,
                prompt: String::new(),
                run: None,
                environment: Vec::new(),
                workspace: WORKSPACE.into(),
                writes: true,
                platform: String::new(),
            },
            keeping: Keeping {
                at: at.to_string(),
                message: "What a run had left".into(),
                trailers: vec![("Omoi-Run".into(), self.run.to_string())],
            },
        }
    }
}
