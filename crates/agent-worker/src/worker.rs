//! From the brief to the report.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ports::BoxFuture;
use ports::agent::wire::{BEAT, Brief, Errand, REST, Report};
use ports::agent::{Act, AgentDriver, AgentError, Assignment, Desk, Finished, Order, Seen};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use crate::absent::{absent, for_the_agent};
use crate::bounded::bounded;
use crate::files::Files;
use crate::forward::{Forwarder, way_out};
use crate::host::{Host, Refused};
use crate::{companion, orders, snapshot, spool};

/// Things seen that may wait to be sent: the agent waits when there are more. One of them holds three long texts at most, so all
/// of them are less than 100 MiB, however an agent floods.
const WAITING: usize = 100;
/// Things seen that a driver may be ahead of us.
const AHEAD: usize = 16;
/// Orders that may wait for the driver.
const ORDERS: usize = 16;
/// How long what became of messages is told after the agent's end.
const LAST_WORDS: Duration = Duration::from_secs(5);
/// The worker has no place to report to: it ends with this code.
const NO_HOST: u8 = 75;

/// Why a worker did not begin.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// It is started by the host of a sandbox, and by nobody else.
    #[error("agent-worker is started inside of a sandbox, with a brief on its standard input: {0}")]
    NoBrief(String),
    /// The brief names what nobody here is.
    #[error("there is no driver {0}")]
    UnknownDriver(String),
    /// The system refuses something.
    #[error("the worker cannot begin: {0}")]
    System(#[from] std::io::Error),
}

/// Does what the brief on the standard input says, with one of `drivers`.
///
/// # Errors
/// When it cannot begin; whatever happens later is reported to the host.
pub fn work(drivers: &[Arc<dyn AgentDriver>]) -> Result<ExitCode, WorkerError> {
    // Programs of the same user, which the agent's are, can neither trace us nor read what we hold.
    rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable)
        .map_err(std::io::Error::from)?;
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let errand: Errand =
        serde_json::from_str(&text).map_err(|error| WorkerError::NoBrief(error.to_string()))?;
    let brief = match errand {
        Errand::Drive(brief) => *brief,
        Errand::Accompany { token, socket, command } => {
            return companion::accompany(socket, &token, &command);
        }
    };
    let rest: Arc<dyn AgentDriver> = Arc::new(Rest);
    let named = |driver: &&Arc<dyn AgentDriver>| driver.name() == brief.assignment.driver;
    let driver = drivers.iter().chain([&rest]).find(named).cloned();
    let driver = driver.ok_or_else(|| WorkerError::UnknownDriver(brief.assignment.driver.clone()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    let worker = Worker { host: Host::new(brief.socket.clone(), &brief.token), brief, absent: None };
    local.block_on(&runtime, worker.begin(driver)).map_err(WorkerError::from)
}

/// Nobody: what is in the workspace is kept, and nothing else is done.
#[derive(Debug)]
struct Rest;

impl AgentDriver for Rest {
    fn name(&self) -> &'static str {
        REST
    }

    fn work<'a>(&'a self, _: &'a Assignment, _: Desk) -> BoxFuture<'a, Result<Finished, AgentError>> {
        let finished = Finished { done: true, code: REST.into(), message: "nothing was to be done".into() };
        Box::pin(std::future::ready(Ok(finished)))
    }
}

struct Worker {
    host: Host,
    brief: Brief,
    /// What the repository names and the workspace has not.
    absent: Option<String>,
}

impl Worker {
    /// Opens the agent's way to the platform, and runs.
    async fn begin(mut self, driver: Arc<dyn AgentDriver>) -> std::io::Result<ExitCode> {
        let forwarder = Forwarder::open(self.brief.socket.clone(), &self.brief.token).await?;
        let assignment = &mut self.brief.assignment;
        assignment.platform = forwarder.address()?;
        for (name, value) in way_out(&assignment.platform) {
            if !assignment.environment.iter().any(|(known, _)| known == name) {
                assignment.environment.push((name.to_owned(), value));
            }
        }
        // When git cannot say it, the workspace has other troubles, which are told elsewhere.
        self.absent = absent(&assignment.workspace).await.unwrap_or_default();
        assignment.prompt.extend(self.absent.as_deref().map(for_the_agent));
        tokio::task::spawn_local(async move { forwarder.run().await });
        Ok(self.run(driver).await)
    }

    async fn run(self, driver: Arc<dyn AgentDriver>) -> ExitCode {
        tokio::select! {
            () = self.beat() => ExitCode::SUCCESS,
            ended = self.drive(driver) => match ended {
                Ok(()) => ExitCode::SUCCESS,
                Err(Refused::Over) => ExitCode::SUCCESS,
                Err(Refused::Said(_)) => ExitCode::from(NO_HOST),
            },
        }
    }

    /// Says that it lives, for the whole run; answers when the run is over.
    async fn beat(&self) {
        let mut beat = tokio::time::interval(BEAT);
        loop {
            beat.tick().await;
            if self.host.post("/run/beat", &()).await.is_err() {
                return;
            }
        }
    }

    async fn drive(&self, driver: Arc<dyn AgentDriver>) -> Result<(), Refused> {
        let (to_spool, spooled) = mpsc::channel(WAITING);
        let (to_driver, from_people) = mpsc::channel(ORDERS);
        let (stop, mut stopping) = watch::channel(false);
        let (under_way, mut messages) = mpsc::channel(1);
        let passing =
            tokio::task::spawn_local(orders::pass_on(self.host.clone(), to_driver, stop, under_way));
        // What was said stands in the log before the end is told; when nobody takes it any more, the agent has nothing to do.
        let sending = spool::send_on(&self.host, spooled);
        let acting = async { Ok(self.act(driver, to_spool, from_people, &mut stopping).await) };
        let done = tokio::try_join!(sending, acting);
        passing.abort();
        let ((), report) = done?;
        // And what became of messages: after the end nobody could tell, and they would count as ambiguous.
        let _ = timeout(LAST_WORDS, messages.recv()).await;
        self.host.post("/run/finished", &report).await.map(drop)
    }

    /// Lets the agent work, and keeps what it has made.
    async fn act(
        &self,
        driver: Arc<dyn AgentDriver>,
        spool: mpsc::Sender<Seen>,
        orders: mpsc::Receiver<Order>,
        stopping: &mut watch::Receiver<bool>,
    ) -> Report {
        let workspace = self.brief.assignment.workspace.clone();
        let mut files = Files::watch(&workspace).await.ok();
        if let Some(text) = self.absent.clone() {
            tell(&spool, 1, Act::Noted { code: "absent".into(), text }).await;
        }
        let (seen, mut from_driver) = mpsc::channel(AHEAD);
        let working = driver.work(&self.brief.assignment, Desk { seen, orders });
        tokio::pin!(working);
        let (mut turn, mut last) = (1, None);
        let outcome = loop {
            tokio::select! {
                biased;
                // First: an agent that floods would keep us from ever hearing it.
                _ = stopping.wait_for(|stop| *stop) => break None,
                Some(event) = from_driver.recv() => {
                    turn = event.turn;
                    let ended = matches!(event.what, Act::TurnEnded { .. });
                    pass(&spool, &mut files, event).await;
                    // Until this is done the driver gives its agent nothing more to do. If it fails, the last one decides.
                    if ended {
                        let _ = self.keep(&workspace, "turn_end", &mut last).await;
                    }
                }
                outcome = &mut working => break Some(outcome),
            }
        };
        from_driver.close();
        while let Some(event) = from_driver.recv().await {
            turn = event.turn;
            pass(&spool, &mut files, event).await;
        }
        tell_changes(&spool, &mut files, turn).await;
        let moment = if outcome.is_some() { "turn_end" } else { "stop" };
        let kept = self.keep(&workspace, moment, &mut last).await;
        match (outcome, kept) {
            (_, Err(message)) => not_kept(&message),
            (None, Ok(())) => Report::Stopped,
            (Some(Ok(finished)), Ok(())) => Report::Finished(finished),
            (Some(Err(error)), Ok(())) => failed(&error),
        }
    }

    /// Keeps the state of the workspace, unless it is the last one that was kept.
    async fn keep(&self, workspace: &Path, moment: &str, last: &mut Option<String>) -> Result<(), String> {
        if !self.brief.assignment.writes {
            return Ok(());
        }
        let kept =
            snapshot::take(&self.host, workspace, &self.brief.keeping, (moment, last.as_deref())).await;
        *last = Some(kept.map_err(|error| error.to_string())?);
        Ok(())
    }
}

fn not_kept(why: &str) -> Report {
    let message =
        format!("{why}; if nobody else can keep it, the workspace stays on its node, whose log says where");
    Report::Failed { code: "not_kept".into(), message }
}

fn failed(error: &AgentError) -> Report {
    Report::Failed { code: error.code().into(), message: error.to_string() }
}

/// Sends on what the driver saw, and after what may have changed files, which files are other ones.
async fn pass(spool: &mpsc::Sender<Seen>, files: &mut Option<Files>, mut event: Seen) {
    event.at = now();
    let turn = event.turn;
    let may_change =
        matches!(event.what, Act::ToolReturned { .. } | Act::CommandRan { .. } | Act::TurnEnded { .. });
    if may_change {
        tell_changes(spool, files, turn).await;
    }
    // Nobody takes it any more when the run is over.
    let _ = spool.send(bounded(event)).await;
}

async fn tell_changes(spool: &mpsc::Sender<Seen>, files: &mut Option<Files>, turn: u32) {
    let Some(watched) = files else { return };
    let acts = match watched.changes().await {
        Ok(acts) => acts,
        Err(error) => vec![Act::Noted { code: "files".into(), text: error.to_string() }],
    };
    for what in acts {
        tell(spool, turn, what).await;
    }
}

async fn tell(spool: &mpsc::Sender<Seen>, turn: u32, what: Act) {
    let _ = spool.send(bounded(Seen { at: now(), turn, what, raw: None })).await;
}

/// The time of the event is the database's; this is what the worker's clock says, for who wants to know how long things took.
#[expect(
    clippy::disallowed_methods,
    reason = "there is no database in a sandbox, and nothing is decided by it"
)]
fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
