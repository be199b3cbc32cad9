//! What processes asked for that takes long: a job a target at a time, many targets side by side. A job that is not over when
//! the node stops, or dies, is taken up again, here or elsewhere; its lease sees to it that it is not done twice at once.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use commands::processes::{Job, Reacting};
use eventstore::{Store, Unavailable};
use kernel::OrgId;
use tokio::sync::Notify;
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::performer::{FIRST_LOOK, POLL};
use super::rows::{self, Asked};
use crate::{Merger, Planner, Runner};

/// Jobs of a process that run on a node at once: each waits for a model nearly all of the time.
const AT_ONCE: usize = 256;
/// Jobs looked at in a round.
const ROUND: i64 = 256;
/// The pause after a job that could not be done, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Carries out the jobs of one process.
#[derive(Debug)]
pub struct Jobs<P> {
    store: Store,
    hands: Hands,
    asked: Arc<Notify>,
    process: PhantomData<P>,
}

type Target = (kernel::Uuid, String);
/// Whether it is done, or why it could not be.
type Outcome = Result<bool, String>;

/// Who does the jobs on this node.
#[derive(Clone, Debug)]
pub struct Hands {
    /// Plans.
    pub planner: Planner,
    /// Runs agents; nobody does where there is no role for it, and then the job is another node's.
    pub runner: Option<Runner>,
    /// Brings finished work together; nobody does where nobody runs agents.
    pub merger: Option<Merger>,
}

impl Hands {
    async fn work(self, asked: Asked<Job>, stop: CancellationToken) -> Outcome {
        let org = OrgId(asked.instance.0);
        let (trigger, correlation) = (asked.trigger, asked.correlation);
        match asked.body {
            Job::Plan { spec } => {
                let done = self.planner.plan(org, spec, trigger, correlation, &stop).await;
                done.map_err(|error| error.to_string())
            }
            Job::Run { run } => {
                let Some(runner) = self.runner else { return Ok(false) };
                let done = runner.run(org, run, trigger, correlation, &stop).await;
                done.map_err(|error| error.to_string())
            }
            Job::Merge { merge } => {
                let Some(merger) = self.merger else { return Ok(false) };
                let done = merger.merge(org, merge, trigger, correlation, &stop).await;
                done.map_err(|error| error.to_string())
            }
        }
    }
}

/// What runs on this node, and what waits for another try.
#[derive(Default)]
struct Running {
    tasks: JoinSet<Outcome>,
    jobs: BTreeMap<Id, Asked<Job>>,
    targets: BTreeSet<Target>,
    pauses: BTreeMap<Target, (Duration, Instant)>,
}

impl<P: Reacting<Action = Job>> Jobs<P> {
    /// `asked` wakes it.
    #[must_use]
    pub fn new(store: Store, hands: Hands, asked: Arc<Notify>) -> Self {
        Self { store, hands, asked, process: PhantomData }
    }

    /// Runs until `stop` is cancelled and what runs has come to its next resting place.
    pub async fn run(&self, stop: &CancellationToken) {
        let mut running = Running::default();
        let mut pause = POLL;
        while !stop.is_cancelled() {
            if let Err(error) = self.begin_what_waits(&mut running, stop).await {
                tracing::warn!(process = P::NAME, %error, "the process pauses");
            }
            tokio::select! {
                Some(ended) = running.tasks.join_next_with_id() => self.ended(&mut running, ended).await,
                () = self.asked.notified() => pause = FIRST_LOOK,
                () = tokio::time::sleep(pause) => pause = (pause * 2).min(POLL),
                () = stop.cancelled() => {}
            }
        }
        while let Some(ended) = running.tasks.join_next_with_id().await {
            self.ended(&mut running, ended).await;
        }
    }

    async fn begin_what_waits(
        &self,
        running: &mut Running,
        stop: &CancellationToken,
    ) -> Result<(), Unavailable> {
        if running.tasks.len() >= AT_ONCE {
            return Ok(());
        }
        for job in rows::next::<P>(&self.store.pools().project, ROUND).await? {
            let target = target_of(&job);
            let too_early = running.pauses.get(&target).is_some_and(|(_, until)| Instant::now() < *until);
            if too_early || running.tasks.len() >= AT_ONCE || !running.targets.insert(target) {
                continue;
            }
            let task = running.tasks.spawn(self.hands.clone().work(job.clone(), stop.clone()));
            running.jobs.insert(task.id(), job);
        }
        Ok(())
    }

    async fn ended(&self, running: &mut Running, ended: Result<(Id, Outcome), tokio::task::JoinError>) {
        let (id, outcome) = match ended {
            Ok((id, outcome)) => (id, outcome),
            Err(error) => (error.id(), Err(format!("it panicked: {error}"))),
        };
        let Some(job) = running.jobs.remove(&id) else { return };
        let target = target_of(&job);
        running.targets.remove(&target);
        let pool = &self.store.pools().project;
        let written = match outcome {
            Ok(true) => {
                running.pauses.remove(&target);
                rows::done(pool, &[job.command_id.0]).await
            }
            // Somebody else is at it, or the node stops.
            Ok(false) => {
                running.pauses.insert(target, (FIRST_PAUSE, Instant::now() + FIRST_PAUSE));
                Ok(())
            }
            Err(reason) => {
                let pause = running.pauses.get(&target).map_or(FIRST_PAUSE, |(pause, _)| *pause * 2);
                let pause = pause.min(LONGEST_PAUSE);
                tracing::warn!(
                    process = P::NAME, target = %job.target, %reason, retry_in_ms = pause.as_millis(),
                    "a job could not be done; it is tried again"
                );
                running.pauses.insert(target, (pause, Instant::now() + pause));
                rows::note_failure(pool, &job, &reason).await
            }
        };
        if let Err(error) = written {
            // Nothing is lost: it is taken up again, and finds nothing to do.
            tracing::warn!(process = P::NAME, target = %job.target, %error, "the list of jobs could not be written");
        }
    }
}

fn target_of(job: &Asked<Job>) -> Target {
    (job.instance.0, job.target.clone())
}
