//! An agent at work, until the end of it: what its worker says is answered, what people want is passed on, limits are kept; then
//! what it made is judged.

mod wanted;

use std::path::Path;
use std::time::Duration;

use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use commands::CommandError;
use execution::run::{Command, Details, Moment, SteerId};
use kernel::ProjectId;
use ports::agent::wire::{Report, Wanted};
use ports::git::{Bundle, CommitHash, GitError, Published};
use ports::sandbox::{Exit, Sandbox};
use tokio::sync::mpsc::Receiver;
use tokio::time::Instant;
use vocabulary::{Mode, Reason};
use work::project::Profile;
use work::task;

use super::RunnerError;
use super::answers::{how, ingested, steer_state, turn_ended};
use super::desk::Desk;
use super::egress::Egress;
use super::ending::Ending;
use super::evidence::Work;
use super::gateway::Gateway;
use super::ingest;
use super::live::Here;
use super::place::{Decided, commit_id};
use super::report;
use super::seals::Seal;
use super::socket::{Said, Socket, kept};
use super::watch::Watch;

/// A worker that was told to stop has this long for its snapshot.
pub(super) const LAST_SNAPSHOT: Duration = Duration::from_secs(60);
/// And this long when the node stops, which others wait for.
const WHEN_THE_NODE_STOPS: Duration = Duration::from_secs(10);
/// Whoever is asked to end has this long.
const GRACE: Duration = Duration::from_secs(2);
/// However many wake-ups are lost, the run looks at what was decided this often.
const LOOK: Duration = Duration::from_secs(5);

/// What leads out of a sandbox.
#[derive(Debug)]
pub(super) struct Ways {
    pub(super) socket: Socket,
    pub(super) gateway: Gateway,
    pub(super) egress: Egress,
    /// Takes the report of a run that explores.
    pub(super) report: report::Desk,
}

/// A run whose agent is at work.
pub(super) struct AtWork<'a> {
    desk: Desk<'a>,
    project: ProjectId,
    run: &'a Details,
    decided: &'a Decided,
    seal: &'a dyn Seal,
    ways: Ways,
    watch: Watch,
    /// The newest state that was kept, and how many were.
    head: CommitHash,
    snapshots: u32,
    /// Its worker has kept the state that it left.
    kept_all: bool,
}

impl<'a> AtWork<'a> {
    /// From now on.
    pub(super) fn begin(
        desk: Desk<'a>,
        project: ProjectId,
        run: &'a Details,
        decided: &'a Decided,
        seal: &'a dyn Seal,
        ways: Ways,
    ) -> Self {
        let watch = Watch::begin(run.start.limits);
        Self {
            desk,
            project,
            run,
            decided,
            seal,
            ways,
            watch,
            head: decided.at,
            snapshots: 0,
            kept_all: false,
        }
    }
}

impl AtWork<'_> {
    /// The agent works; then what it made is judged.
    pub(super) async fn until_the_end(
        mut self,
        mut sandbox: Box<dyn Sandbox>,
        mut heard: Receiver<Said>,
        here: &Here<'_>,
        task: &task::Details,
        profile: &Profile,
    ) -> Result<Ending, RunnerError> {
        let outcome = self.listen(&mut sandbox, &mut heard, here).await;
        let exit = sandbox.stop(GRACE).await;
        tracing::debug!(run = %self.desk.run, ?exit, "the sandbox is gone");
        self.ways.gateway.settled().await;
        let ending = match outcome? {
            Outcome::Report(Report::Finished(finished)) if finished.done => None,
            Outcome::Report(Report::Finished(finished)) => Some(self.desk.not_done(&finished).await?),
            Outcome::Report(Report::Failed { code, message }) => Some(Ending::agent(&code, &message)),
            Outcome::Report(Report::Stopped) | Outcome::Over => Some(self.desk.why_not().await?),
            Outcome::Gone(exit) => Some(Ending::worker_gone(&how(exit, &mut sandbox).await)),
            Outcome::Ended(ending) => Some(ending),
        };
        if !self.kept_all {
            self.head = self.desk.rescue_at(&self.decided.url, self.decided.at, self.head).await?;
        }
        let ending = match ending {
            Some(ending) => ending,
            None => {
                let work = Work {
                    url: &self.decided.url,
                    commit: self.head,
                    base: self.decided.base,
                    report: &self.ways.report,
                    egress: &self.ways.egress,
                };
                self.desk.judge(self.run, task, profile, &work, self.seal).await?
            }
        };
        self.ways.egress.close().await;
        if self.run.start.mode == Mode::Implementation {
            self.publish().await?;
        }
        Ok(ending)
    }

    /// The branch shows what the run has come to, and the log says so once it does. That it cannot be moved, because somebody has it
    /// checked out, is no failure of the work: what was kept is kept.
    async fn publish(&self) -> Result<(), RunnerError> {
        let Decided { url, branch, .. } = self.decided;
        let created = match self.desk.parts.means.workspaces.publish(url, branch, self.head).await {
            Ok(Published::Created) => true,
            Ok(Published::Moved) => false,
            Ok(Published::Unchanged | Published::OnlyHere) => return Ok(()),
            Err(error) => {
                tracing::warn!(run = %self.desk.run, %branch, %error, "the branch was not moved");
                return Ok(());
            }
        };
        self.desk.tell(Command::NotePublished { commit: commit_id(self.head)?, created }).await.map(drop)
    }

    async fn listen(
        &mut self,
        sandbox: &mut Box<dyn Sandbox>,
        heard: &mut Receiver<Said>,
        here: &Here<'_>,
    ) -> Result<Outcome, RunnerError> {
        let mut look = tokio::time::interval(LOOK);
        let mut stopping: Option<Outcome> = None;
        let mut last = std::pin::pin!(tokio::time::sleep(Duration::MAX / 4));
        loop {
            tokio::select! {
                biased;
                Some(said) = heard.recv() => {
                    if let Some(report) = self.answer(said).await? {
                        return Ok(stopping.unwrap_or(Outcome::Report(report)));
                    }
                }
                exit = sandbox.wait() => return Ok(stopping.unwrap_or(Outcome::Gone(exit))),
                ending = self.watch.over(), if stopping.is_none() => {
                    let reason = Reason::new(&format!("{ending:?}").replace('\n', " ")).ok();
                    tracing::info!(run = %self.desk.run, ?reason, "the run is ended");
                    stopping = Some(Outcome::Ended(ending));
                    self.ways.socket.orders.add(Wanted::Stop);
                    last.as_mut().reset(Instant::now() + LAST_SNAPSHOT);
                }
                () = here.decided() => self.look(&mut stopping, last.as_mut()).await?,
                _ = look.tick() => self.look(&mut stopping, last.as_mut()).await?,
                () = &mut last, if stopping.is_some() => return Ok(stopping.unwrap_or(Outcome::Over)),
                () = self.desk.stop.cancelled(), if stopping.is_none() => {
                    stopping = Some(Outcome::Ended(Ending::node_stopped()));
                    self.ways.socket.orders.add(Wanted::Stop);
                    last.as_mut().reset(Instant::now() + WHEN_THE_NODE_STOPS);
                }
            }
        }
    }

    /// Answers the worker; its report ends the conversation.
    async fn answer(&mut self, said: Said) -> Result<Option<Report>, RunnerError> {
        match said {
            Said::Beat => self.watch.hear_worker(),
            Said::Asking => self.watch.hear_agent(&[]),
            Said::OverBudget(reason) => self.watch.end(Ending::over_budget(&reason)),
            Said::Events(batch, answer) => {
                self.watch.hear_agent(&batch.events);
                self.ways.report.hear(&batch.events);
                let into = ingest::Into {
                    desk: self.desk,
                    project: self.project,
                    epoch: self.run.start.epoch,
                    seal: self.seal,
                };
                let ended = turn_ended(&batch.events);
                let response = match into.log(batch).await {
                    // A batch that is sent again is not written again, and what follows from it is said.
                    Ok(stored) => self.settled(ended).await?.unwrap_or_else(|| ingested(Ok(stored))),
                    Err(error) => ingested(Err(error)),
                };
                let _ = answer.send(response);
            }
            Said::Snapshot { moment, bundle, answer } => {
                let moment = if moment == "stop" { Moment::Stop } else { Moment::TurnEnd };
                let response = match self.keep(bundle.as_deref(), moment).await {
                    Ok(Ok(commit)) => kept(commit.to_string()),
                    Ok(Err(error)) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
                    Err(error) if is_away(&error) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
                    Err(error) => return Err(error),
                };
                let _ = answer.send(response);
            }
            Said::Steer { id, state, answer } => {
                let response = match self.advance(SteerId(id), steer_state(state)).await {
                    Ok(()) => StatusCode::NO_CONTENT,
                    Err(error) if is_away(&error) => StatusCode::SERVICE_UNAVAILABLE,
                    Err(error) => return Err(error),
                };
                let _ = answer.send(response.into_response());
            }
            Said::Finished(report, answer) => {
                self.kept_all = !matches!(&report, Report::Failed { code, .. } if code == "not_kept");
                let _ = answer.send(StatusCode::NO_CONTENT.into_response());
                return Ok(Some(report));
            }
        }
        Ok(None)
    }

    /// Keeps what a bundle holds, and says so in the log.
    async fn keep(
        &mut self,
        bundle: Option<&Path>,
        at: Moment,
    ) -> Result<Result<CommitHash, GitError>, RunnerError> {
        let commit = match bundle {
            None => self.decided.at,
            Some(file) => {
                let bundle = Bundle {
                    url: &self.decided.url,
                    file,
                    base: self.decided.at,
                    run: &self.desk.run.to_string(),
                    n: self.snapshots + 1,
                };
                match self.desk.parts.means.workspaces.keep(&bundle).await {
                    Ok(commit) => commit,
                    Err(error) => return Ok(Err(error)),
                }
            }
        };
        self.desk.tell(Command::TakeSnapshot { commit: commit_id(commit)?, at }).await?;
        self.snapshots += 1;
        self.head = commit;
        Ok(Ok(commit))
    }
}

/// Whether the same may go well in a moment; the lease says for how long that is hoped for.
const fn is_away(error: &RunnerError) -> bool {
    matches!(error, RunnerError::Unavailable(_) | RunnerError::Command(CommandError::Unavailable(_)))
}

/// How the work of an agent came to its end.
enum Outcome {
    /// Its worker says so.
    Report(Report),
    /// Its worker went away.
    Gone(Exit),
    /// We ended it, by this.
    Ended(Ending),
    /// Somebody stopped the run.
    Over,
}
