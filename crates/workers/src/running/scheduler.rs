//! Which tasks are claimed: those that are ready, the most urgent first, as long as there are places. What is read of them is a
//! suggestion: the task, and the guards of the append, decide.

use std::sync::Arc;
use std::time::Duration;

use commands::{Actor, Admission, CommandError, Intent, NewRun};
use eventstore::subscribe::Tailer;
use kernel::{ActorId, derived_uuid};
use projections::ReadModels;
use projections::ready_queue::ReadyQueue;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use vocabulary::Name;

use super::Runner;

/// However many wake-ups are lost, the queue is looked at this often.
const POLL: Duration = Duration::from_secs(1);
/// The pauses while the queue follows the log, the first and the longest.
const FIRST_LOOK: Duration = Duration::from_millis(5);
const LAST_LOOK: Duration = Duration::from_millis(50);
/// Tasks looked at in a round.
const ROUND: i64 = 100;

/// Starts runs of what is ready, in projects that let work start by itself.
#[derive(Debug)]
pub struct Scheduler {
    runner: Runner,
    read_models: ReadModels,
    admission: Arc<dyn Admission>,
}

impl Scheduler {
    /// For the runs of this node and every other one: who claims need not be who runs.
    #[must_use]
    pub fn new(runner: Runner, read_models: ReadModels, admission: Arc<dyn Admission>) -> Self {
        Self { runner, read_models, admission }
    }

    /// Looks at the queue until `stop`.
    pub async fn run(&self, tailer: &Tailer, stop: &CancellationToken) {
        let mut head = tailer.head();
        while !stop.is_cancelled() {
            if let Err(error) = self.round().await {
                tracing::warn!(%error, "the queue of tasks cannot be looked at just now");
            }
            tokio::select! {
                _ = head.changed() => {
                    let until = *head.borrow_and_update();
                    stop.run_until_cancelled(self.followed(until)).await;
                }
                () = tokio::time::sleep(POLL) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    /// Waits until the queue has followed the log so far: what is looked at before that is the queue of a moment ago.
    async fn followed(&self, until: i64) {
        let (deadline, mut pause) = (Instant::now() + POLL, FIRST_LOOK);
        while Instant::now() < deadline {
            match self.read_models.position::<ReadyQueue>().await {
                Ok(position) if position < until => tokio::time::sleep(pause).await,
                Ok(_) | Err(_) => return,
            }
            pause = (pause * 2).min(LAST_LOOK);
        }
    }

    async fn round(&self) -> Result<(), CommandError> {
        let profiles = self.runner.profiles();
        let agents: Vec<Name> = profiles.keys().cloned().collect();
        for ready in self.read_models.ready(&agents, ROUND).await? {
            let actor = Actor::process(ready.org, ActorId(derived_uuid(&[b"process", b"scheduler"])));
            let intent = Intent::new(actor, &[]);
            let started = self.runner.0.dispatcher.start_run(
                &intent,
                ready.task,
                NewRun::default(),
                &profiles,
                &*self.admission,
            );
            match started.await {
                Ok((run, _)) => tracing::info!(%run, task = %ready.task, "a run was started"),
                // There is no place, or somebody was quicker, or people have something to give first.
                Err(
                    CommandError::Guard { .. }
                    | CommandError::Rejected { .. }
                    | CommandError::Conflict { .. },
                ) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
