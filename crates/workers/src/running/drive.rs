//! The story of a run: a place, a clone, a sandbox, an agent at work, a snapshot, the evidence, an end.

use std::path::Path;
use std::time::Duration;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use eventstore::IngestError;
use execution::run::{Command, Details, Moment, SteerId, SteerState};
use execution::run::{Status, Steer};
use kernel::ProjectId;
use ports::agent::wire::{Brief, Keeping, Report, SOCKET, Stored, Wanted};
use ports::agent::{Assignment, Delivery};
use ports::git::{Bundle, CommitHash, GitError};
use ports::sandbox::{Access, Exit, Limits, Mount, Plan, Sandbox, WORKSPACE};
use vocabulary::{Mode, Name, Reason};
use work::project::Profile;
use work::task;

use super::context;
use super::desk::{Desk, Told};
use super::ending::Ending;
use super::evidence::{Work, remove};
use super::ingest;
use super::leftover::UNKEPT;
use super::live::Here;
use super::place::{Decided, commit_id};
use super::seals::Seal;
use super::socket::{self, Said, Socket, kept};
use super::watch::Watch;
use super::{Agent, RunnerError};

/// A worker that was told to stop has this long for its snapshot.
const LAST_SNAPSHOT: Duration = Duration::from_secs(60);
/// And this long when the node stops, which others wait for.
const WHEN_THE_NODE_STOPS: Duration = Duration::from_secs(10);
/// Whoever is asked to end has this long.
const GRACE: Duration = Duration::from_secs(2);
/// However many wake-ups are lost, the run looks at what was decided this often.
const LOOK: Duration = Duration::from_secs(5);
/// The address inside of the sandbox under which an agent finds the platform.
const PLATFORM: &str = "http://127.0.0.1:7007";
/// A worker beside a command needs little; what its sandbox has more of than the agent.
const EVERY: &[(&str, &str)] = &[("GIT_CONFIG_NOSYSTEM", "1"), ("CI", "true")];

/// A run whose agent is at work.
struct AtWork<'a> {
    desk: Desk<'a>,
    project: ProjectId,
    run: &'a Details,
    decided: &'a Decided,
    seal: &'a dyn Seal,
    socket: Socket,
    watch: Watch,
    /// The newest state that was kept, and how many were.
    head: CommitHash,
    snapshots: u32,
    /// Its worker has kept the state that it left.
    kept_all: bool,
}

impl Desk<'_> {
    /// Does what is next for the run, until it has ended and left nothing here.
    pub(super) async fn work(&self) -> Result<bool, RunnerError> {
        let (project, run) = self.load().await?;
        if !run.has_ended() {
            if run.place.is_some() {
                // Whoever began it is gone, and its sandbox with it.
                self.rescue(project, &run).await?;
                self.end(&run, &Ending::node_lost()).await?;
            } else {
                let here = self.parts.live.enter(self.run);
                let ending = self.attempt(project, &run, &here).await?;
                self.end(&run, &ending).await?;
            }
        }
        self.leave().await?;
        Ok(true)
    }

    async fn attempt(
        &self,
        project: ProjectId,
        run: &Details,
        here: &Here<'_>,
    ) -> Result<Ending, RunnerError> {
        let profile = self.project(project).await?;
        let task = self.task(run.start.task).await?;
        let Some(agent) = self.parts.means.agents.get(&run.start.agent) else {
            return Ok(Ending::no_agent(&run.start.agent));
        };
        let decided = match self.decide_place(&profile, &task).await? {
            Ok(decided) => decided,
            Err(ending) => return Ok(ending),
        };
        if let Told::Refused(_) = self.tell(Command::RequestSandbox(Box::new(decided.place.clone()))).await? {
            return self.why_not(run).await;
        }
        let workspace = match self.clone(&decided).await? {
            Ok(workspace) => workspace,
            Err(ending) => return Ok(ending),
        };
        let seal = self.parts.means.seals.of_project(project).await?;
        let token = token();
        let directory = self.parts.directory_of(self.run);
        let (socket, heard) = socket::open(&directory, &token)?;
        let brief = self.brief(&token, agent, &task, &decided);
        let plan = self.plan(run, agent, &workspace, &socket, &brief);
        let sandbox = match self.parts.means.sandboxes.start(&plan).await {
            Ok(sandbox) => sandbox,
            Err(error) => return Ok(Ending::no_sandbox(&error.to_string(), false)),
        };
        let level = Name::new(sandbox.level().as_str()).expect("a level has a name");
        let ready = Command::SandboxReady { level, version: None };
        let start = task::Command::Start { epoch: run.start.epoch };
        if let Told::Refused(code) = self.tell_both(ready, run.start.task, start).await? {
            drop(sandbox);
            tracing::info!(run = %self.run, code, "the task is not the run's any more");
            return self.why_not(run).await;
        }
        let at_work = AtWork {
            desk: *self,
            project,
            run,
            decided: &decided,
            seal: &*seal,
            socket,
            watch: Watch::begin(run.start.limits),
            head: decided.at,
            snapshots: 0,
            kept_all: false,
        };
        at_work.until_the_end(sandbox, heard, here, &task, &profile).await
    }

    /// Somebody has stopped the run before it began, or the task is another's.
    async fn why_not(&self, _: &Details) -> Result<Ending, RunnerError> {
        let (_, run) = self.load().await?;
        match run.status {
            Status::Stopping { reason } => Ok(Ending::stopped(&reason)),
            _ => Ok(Ending::node_lost()),
        }
    }

    fn brief(&self, token: &str, agent: &Agent, task: &task::Details, decided: &Decided) -> Brief {
        let number = task.plan.number;
        let mut trailers =
            vec![("Omoi-Task".to_owned(), number.to_string()), ("Omoi-Run".to_owned(), self.run.to_string())];
        for requirement in task.plan.spec.iter().flat_map(|from| from.requirements.iter()) {
            trailers.push(("Omoi-Requirement".to_owned(), requirement.to_string()));
        }
        Brief {
            run: self.run.0,
            token: token.to_owned(),
            socket: SOCKET.into(),
            assignment: Assignment {
                driver: agent.driver.to_string(),
                command: agent.command.clone(),
                model: agent.model.clone(),
                prompt: context::prompt(task),
                run: task.plan.work.run.as_ref().map(ToString::to_string),
                environment: agent.environment.clone(),
                workspace: WORKSPACE.into(),
                writes: task.plan.work.mode != Mode::Exploration,
                platform: PLATFORM.into(),
            },
            keeping: Keeping {
                at: decided.at.to_string(),
                message: format!("{number}: {}", task.plan.title),
                trailers,
            },
        }
    }

    fn plan(&self, run: &Details, agent: &Agent, workspace: &Path, socket: &Socket, brief: &Brief) -> Plan {
        let means = &self.parts.means;
        let environment =
            EVERY.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Plan {
            name: self.run.to_string(),
            workspace: workspace.to_owned(),
            access: if run.start.mode == Mode::Exploration { Access::Read } else { Access::Write },
            protected: vec![".git/hooks".into(), ".git/config".into()],
            mounts: means.worker.mounts.iter().chain(&agent.mounts).cloned().collect(),
            sockets: vec![Mount { from: socket.path.clone(), to: SOCKET.into() }],
            command: means.worker.command.clone(),
            environment,
            stdin: serde_json::to_vec(brief).expect("a brief can be written"),
            limits: Limits {
                // The run's own clock comes first; this one holds when nobody is left to look at it.
                wall: Duration::from_secs(u64::from(run.start.limits.wall_s)) + 2 * LAST_SNAPSHOT,
                ..means.limits
            },
            at_least: means.at_least,
        }
    }

    /// Removes what the run has here, once all of it is kept.
    async fn leave(&self) -> Result<(), RunnerError> {
        let (_, run) = self.load().await?;
        let directory = self.parts.directory_of(self.run);
        if run.place.is_none() || run.released {
            return remove(&directory).await;
        }
        if run.place.as_ref().is_some_and(|place| place.node.as_str() != self.parts.node) {
            // Its node removes it.
            return Ok(());
        }
        if tokio::fs::try_exists(directory.join(UNKEPT)).await? {
            return Ok(());
        }
        self.tell(Command::ReleaseSandbox).await?;
        remove(&directory).await
    }
}

impl AtWork<'_> {
    /// The agent works; then what it made is judged.
    async fn until_the_end(
        mut self,
        mut sandbox: Box<dyn Sandbox>,
        mut heard: tokio::sync::mpsc::Receiver<Said>,
        here: &Here<'_>,
        task: &task::Details,
        profile: &Profile,
    ) -> Result<Ending, RunnerError> {
        let outcome = self.listen(&mut sandbox, &mut heard, here).await;
        let exit = sandbox.stop(GRACE).await;
        tracing::debug!(run = %self.desk.run, ?exit, "the sandbox is gone");
        let ending = match outcome? {
            Outcome::Report(Report::Finished(finished)) if finished.done => None,
            Outcome::Report(Report::Finished(finished)) => Some(Ending::gave_up(&finished.message)),
            Outcome::Report(Report::Failed { code, message }) => Some(Ending::agent(&code, &message)),
            Outcome::Report(Report::Stopped) | Outcome::Over => Some(self.desk.why_not(self.run).await?),
            Outcome::Gone(exit) => Some(Ending::worker_gone(&how(exit, &mut sandbox).await)),
            Outcome::Ended(ending) => Some(ending),
        };
        if !self.kept_all {
            self.head = self.desk.rescue_at(&self.decided.url, self.decided.at, self.head).await?;
        }
        let ending = match ending {
            Some(ending) => ending,
            None => {
                let work = Work { url: &self.decided.url, commit: self.head, base: self.decided.base };
                self.desk.judge(self.run, task, profile, &work, self.seal).await?
            }
        };
        self.publish().await;
        Ok(ending)
    }

    /// The branch shows what the run has come to. That it cannot be moved, because somebody has it checked out, is no failure of
    /// the work: what was kept is kept.
    async fn publish(&self) {
        let Decided { url, branch, .. } = self.decided;
        if let Err(error) = self.desk.parts.means.workspaces.publish(url, branch, self.head).await {
            tracing::warn!(run = %self.desk.run, %branch, %error, "the branch was not moved");
        }
    }

    async fn listen(
        &mut self,
        sandbox: &mut Box<dyn Sandbox>,
        heard: &mut tokio::sync::mpsc::Receiver<Said>,
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
                    self.socket.orders.add(Wanted::Stop);
                    last.as_mut().reset(tokio::time::Instant::now() + LAST_SNAPSHOT);
                }
                () = here.decided() => self.look(&mut stopping, last.as_mut()).await?,
                _ = look.tick() => self.look(&mut stopping, last.as_mut()).await?,
                () = &mut last, if stopping.is_some() => return Ok(stopping.unwrap_or(Outcome::Over)),
                () = self.desk.stop.cancelled(), if stopping.is_none() => {
                    stopping = Some(Outcome::Ended(Ending::node_lost()));
                    self.socket.orders.add(Wanted::Stop);
                    last.as_mut().reset(tokio::time::Instant::now() + WHEN_THE_NODE_STOPS);
                }
            }
        }
    }

    /// What was decided about the run meanwhile.
    async fn look(
        &self,
        stopping: &mut Option<Outcome>,
        last: std::pin::Pin<&mut tokio::time::Sleep>,
    ) -> Result<(), RunnerError> {
        let (_, run) = self.desk.load().await?;
        if matches!(run.status, Status::Stopping { .. } | Status::Ended { .. }) && stopping.is_none() {
            *stopping = Some(Outcome::Over);
            self.socket.orders.add(Wanted::Stop);
            last.reset(tokio::time::Instant::now() + LAST_SNAPSHOT);
        }
        if let Some(Steer { id, text, state: SteerState::Requested }) = &run.steer {
            match self.words(text).await? {
                Some(text) => self.socket.orders.add(Wanted::Steer { id: id.0, text }),
                None => self.advance(*id, degraded("the words cannot be opened")).await?,
            }
        }
        Ok(())
    }

    async fn words(&self, content: &execution::content::Content) -> Result<Option<String>, RunnerError> {
        super::seals::words(&self.desk.parts.store, self.desk.org, self.seal, content)
            .await
            .map_err(Into::into)
    }

    async fn advance(&self, steer: SteerId, state: SteerState) -> Result<(), RunnerError> {
        self.desk.tell(Command::AdvanceSteer { steer, state }).await.map(drop)
    }

    /// Answers the worker; its report ends the conversation.
    async fn answer(&mut self, said: Said) -> Result<Option<Report>, RunnerError> {
        match said {
            Said::Beat => self.watch.hear_worker(),
            Said::Events(batch, answer) => {
                self.watch.hear_agent(&batch.events);
                let into = ingest::Into {
                    desk: self.desk,
                    project: self.project,
                    epoch: self.run.start.epoch,
                    seal: self.seal,
                };
                let _ = answer.send(ingested(into.log(batch).await));
            }
            Said::Snapshot { moment, bundle, answer } => {
                let moment = if moment == "stop" { Moment::Stop } else { Moment::TurnEnd };
                let response = match self.keep(bundle.as_deref(), moment).await? {
                    Ok(commit) => kept(commit.to_string()),
                    Err(error) => (StatusCode::UNPROCESSABLE_ENTITY, error.to_string()).into_response(),
                };
                let _ = answer.send(response);
            }
            Said::Steer { id, state, answer } => {
                self.advance(SteerId(id), steer_state(state)).await?;
                let _ = answer.send(StatusCode::NO_CONTENT.into_response());
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

fn ingested(outcome: Result<eventstore::Ingested, IngestError>) -> Response {
    match outcome {
        Ok(stored) => Json(Stored { next: stored.next_seq }).into_response(),
        Err(IngestError::ExpectedSeq(next)) => (StatusCode::CONFLICT, Json(Stored { next })).into_response(),
        Err(IngestError::Fenced | IngestError::UnknownRun) => StatusCode::GONE.into_response(),
        Err(IngestError::Append(error)) => {
            tracing::warn!(%error, "a batch of a run was not written; it is sent again");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

fn steer_state(state: Delivery) -> SteerState {
    let reason = |text: &str| {
        let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(1_000).collect();
        Reason::new(&line).unwrap_or_else(|_| Reason::new("no reason was given").expect("it has words"))
    };
    match state {
        Delivery::Written { mechanism } => {
            let named = Name::new(&mechanism).unwrap_or_else(|_| Name::new("unnamed").expect("a name"));
            SteerState::Written { mechanism: named }
        }
        Delivery::Accepted => SteerState::Accepted,
        Delivery::Folded { turn } => SteerState::Folded { turn },
        Delivery::Deferred { turn } => SteerState::Deferred { turn },
        Delivery::Degraded { reason: why } => SteerState::Degraded { reason: reason(&why) },
        Delivery::Ambiguous { reason: why } => SteerState::Ambiguous { reason: reason(&why) },
    }
}

fn degraded(reason: &str) -> SteerState {
    SteerState::Degraded { reason: Reason::new(reason).expect("it has words") }
}

/// What is known of a worker that went away, with the last of what it complained.
async fn how(exit: Exit, sandbox: &mut Box<dyn Sandbox>) -> String {
    use tokio::io::AsyncReadExt as _;
    let mut said = Vec::new();
    if let Some(stderr) = sandbox.stderr() {
        let _ = tokio::time::timeout(GRACE, stderr.take(4_096).read_to_end(&mut said)).await;
    }
    let said = String::from_utf8_lossy(&said).trim().chars().take(500).collect::<String>();
    let how = match exit {
        Exit::Code(code) => format!("it ended with {code}"),
        Exit::Signal(signal) => format!("signal {signal} ended it"),
        Exit::Limit(limit) => format!("it was over its limit of {limit:?}"),
        Exit::Stopped => "it was stopped".to_owned(),
        Exit::Lost => "its sandbox was taken away".to_owned(),
    };
    if said.is_empty() { how } else { format!("{how}: {said}") }
}

/// Proves to the socket of a run that it is the run's worker who speaks: 256 random bits, known to nobody else.
pub(super) fn token() -> String {
    let (a, b) = (rand::random::<u128>(), rand::random::<u128>());
    format!("{a:032x}{b:032x}")
}
