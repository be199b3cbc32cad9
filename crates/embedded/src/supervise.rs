//! Keeps one child running: starts it, waits until it answers, starts it again when it dies, stops it.
//!
//! The loop has a thread and a small runtime of its own, so a service may be started in one runtime and
//! used from others (each test has its own), and can be stopped from a destructor.

#[cfg(test)]
mod tests;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use children::Child;
use rustix::process::Signal;
use tokio::{
    sync::{oneshot, watch},
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Error, Result,
    spawner::{self, Launch},
    text,
};

/// How often a starting child is asked whether it is ready.
const PROBE_EVERY: Duration = Duration::from_millis(25);
/// Recovery from a long write-ahead log comes before the first answer.
const START_WITHIN: Duration = Duration::from_secs(300);
/// How long the backends of a killed Postgres may take to leave before the next start gives up.
const PREDECESSOR_LEAVES_WITHIN: Duration = Duration::from_secs(30);
/// The pause before the first restart; each further one doubles it.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest pause between restarts.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// A child that ran this long starts with the short pause again.
const PROVEN_AFTER: Duration = Duration::from_secs(60);

/// What a supervised child is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It was started and does not answer yet.
    Starting,
    /// It answers.
    Ready {
        /// Its process id.
        pid: u32,
    },
    /// It ended or does not start; another attempt follows.
    Down {
        /// What was observed.
        reason: String,
    },
    /// It was stopped on purpose.
    Stopped,
}

/// The answer of a starting child.
pub(crate) enum Probe {
    /// It serves.
    Ready,
    /// Ask again.
    NotYet,
    /// Asking again is useless.
    Never(String),
}

/// What the supervisor has to know about a program.
pub(crate) trait Program: Send + 'static {
    /// Its name, for messages.
    const SERVICE: &'static str;
    /// The signal that stops it in order, and how long that may take.
    const STOP: (Signal, Duration);
    /// The signal that stops it at once, without loss, and how long that may take.
    const STOP_NOW: (Signal, Duration);

    /// Prepares a start and says what to run.
    fn launch(&mut self) -> Result<Launch>;
    /// Asks whether it is ready.
    fn probe(&self) -> impl Future<Output = Probe> + Send;
    /// Whether what was said since it was started means that a predecessor is still leaving.
    fn predecessor_is_leaving(&self, said: &str) -> bool;
    /// Where its output goes.
    fn log(&self) -> PathBuf;
}

/// A supervised child. Dropping it stops the child at once and waits for its end.
#[derive(Debug)]
pub(crate) struct Supervisor {
    stop: CancellationToken,
    in_order: Arc<AtomicBool>,
    state: watch::Receiver<State>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Starts the program and waits until it answers for the first time.
    pub(crate) async fn start<P: Program>(program: P) -> Result<Self> {
        let stop = CancellationToken::new();
        let in_order = Arc::new(AtomicBool::new(false));
        let (report, state) = watch::channel(State::Starting);
        let (first, started) = oneshot::channel();
        let watched = Watched { program, stop: stop.clone(), in_order: Arc::clone(&in_order), report };
        let thread = thread::Builder::new()
            .name(format!("{}-supervisor", P::SERVICE.to_lowercase()))
            .spawn(move || run_on_this_thread(watched, first))
            .map_err(|source| Error::Spawn { program: P::SERVICE.into(), source })?;
        let supervisor = Self { stop, in_order, state, thread: Some(thread) };
        started.await.expect("the supervisor reports its first start")?;
        Ok(supervisor)
    }

    /// What the child is doing; changes are sent as they happen.
    pub(crate) fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// The process id, while the child answers.
    pub(crate) fn pid(&self) -> Option<u32> {
        match *self.state.borrow() {
            State::Ready { pid } => Some(pid),
            _ => None,
        }
    }

    /// Stops the child in order and waits for its end.
    pub(crate) async fn stop(mut self) {
        self.in_order.store(true, Ordering::SeqCst);
        self.stop.cancel();
        // An error means that the supervisor's thread is gone, and with it the sender: nothing is left to stop.
        let _ = self.state.wait_for(|state| *state == State::Stopped).await;
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(thread) = self.thread.take() {
            // It panicked or it ended; the child is gone either way.
            let _ = thread.join();
        }
    }
}

struct Watched<P> {
    program: P,
    stop: CancellationToken,
    in_order: Arc<AtomicBool>,
    report: watch::Sender<State>,
}

/// Kills the child should the supervisor unwind or its runtime go away.
struct KilledOnDrop(Child);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        if self.0.status().is_none() {
            self.0.signal(Signal::KILL);
            self.0.wait_blocking(Duration::from_secs(2));
        }
    }
}

fn run_on_this_thread<P: Program>(watched: Watched<P>, first: oneshot::Sender<Result<()>>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(watched.run(first)),
        Err(source) => {
            // Nobody waits any more when the caller was cancelled.
            let _ = first.send(Err(Error::Spawn { program: P::SERVICE.into(), source }));
        }
    }
}

impl<P: Program> Watched<P> {
    async fn run(mut self, first: oneshot::Sender<Result<()>>) {
        let mut first = Some(first);
        let mut pause = FIRST_PAUSE;
        let stop = self.stop.clone();
        while !stop.is_cancelled() {
            self.report.send_replace(State::Starting);
            let started = tokio::select! {
                started = self.bring_up() => started,
                () = stop.cancelled() => break,
            };
            match started {
                Ok(child) => {
                    let since = Instant::now();
                    if let Some(first) = first.take() {
                        // A caller that was cancelled also drops the supervisor, which stops this loop.
                        let _ = first.send(Ok(()));
                    }
                    if !self.watch(child).await {
                        break;
                    }
                    if since.elapsed() > PROVEN_AFTER {
                        pause = FIRST_PAUSE;
                    }
                }
                Err(error) => match first.take() {
                    Some(first) => {
                        let _ = first.send(Err(error));
                        break;
                    }
                    None => {
                        tracing::error!(service = P::SERVICE, %error, "a restart failed; trying again");
                        self.report.send_replace(State::Down { reason: error.to_string() });
                    }
                },
            }
            // A stop request ends the pause early; the loop's condition sees it.
            let _ = timeout(pause, stop.cancelled()).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        self.report.send_replace(State::Stopped);
    }

    /// Watches a child that answers until it ends (true: start it again) or is to stop (false).
    async fn watch(&self, child: KilledOnDrop) -> bool {
        self.report.send_replace(State::Ready { pid: child.0.pid() });
        tokio::select! {
            status = child.0.ended() => {
                tracing::error!(service = P::SERVICE, pid = child.0.pid(), %status, "a child died; starting it again");
                self.report.send_replace(State::Down { reason: format!("it died: {status}") });
                true
            }
            () = self.stop.cancelled() => {
                self.stop(&child.0).await;
                false
            }
        }
    }

    async fn stop(&self, child: &Child) {
        let in_order = self.in_order.load(Ordering::SeqCst).then_some(P::STOP);
        for (signal, patience) in in_order.into_iter().chain([P::STOP_NOW]) {
            child.signal(signal);
            if timeout(patience, child.ended()).await.is_ok() {
                return;
            }
            tracing::warn!(service = P::SERVICE, pid = child.pid(), ?signal, "a child is slow to stop");
        }
        child.signal(Signal::KILL);
        child.ended().await;
    }

    /// Starts the child and waits until it answers.
    async fn bring_up(&mut self) -> Result<KilledOnDrop> {
        let begun = Instant::now();
        loop {
            let launch = self.program.launch()?;
            let log = self.program.log();
            let length = text::length(&log);
            let child = KilledOnDrop(spawner::spawn(&launch)?);
            let Err(reason) = self.answers(&child.0).await else { return Ok(child) };
            // All that was said since: a predecessor that is leaving writes to the same log, and may say a lot.
            let said = text::since(&log, length);
            let tail = text::tail(&log, 6);
            let ended = child.0.status().is_some();
            drop(child);
            let retry = ended && self.program.predecessor_is_leaving(&said);
            if !retry || begun.elapsed() > PREDECESSOR_LEAVES_WITHIN {
                return Err(Error::NotStarted { service: P::SERVICE, reason, log, tail });
            }
            sleep(FIRST_PAUSE).await;
        }
    }

    async fn answers(&self, child: &Child) -> Result<(), String> {
        let begun = Instant::now();
        let mut ticks = interval(PROBE_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                status = child.ended() => return Err(format!("it ended at once ({status})")),
                _ = ticks.tick() => {}
            }
            match self.program.probe().await {
                // The answer may have come from a predecessor, when ours has just failed.
                Probe::Ready if child.status().is_none() => return Ok(()),
                Probe::Ready | Probe::NotYet => {}
                Probe::Never(reason) => return Err(reason),
            }
            if begun.elapsed() > START_WITHIN {
                return Err(format!("no answer within {} s", START_WITHIN.as_secs()));
            }
        }
    }
}
