//! What is seen of the way out of the sandboxes of a merge, into its trajectory.

use std::time::Duration;

use commands::{CallRules, Dispatcher, Intent, Step, WorkLease};
use execution::trajectory::{Command, Event, Trajectory};
use kernel::{ProjectId, Timestamp, Uuid};
use ports::BoxFuture;

use super::desk::Desk;
use crate::running::journal::{Over, Record};

/// The pause while the database is away.
const PAUSE: Duration = Duration::from_millis(200);

/// Writes for one trial, as long as its lease holds.
#[derive(Debug)]
pub(super) struct Ledger {
    dispatcher: Dispatcher,
    merge: Uuid,
    project: ProjectId,
    intent: Intent,
    lease: WorkLease,
}

impl Ledger {
    pub(super) fn of(desk: &Desk<'_>, project: ProjectId) -> Self {
        Self {
            dispatcher: desk.parts.dispatcher.clone(),
            merge: desk.merge.0,
            project,
            intent: desk.intent(),
            lease: WorkLease(Some((desk.lease.name.clone(), desk.lease.epoch))),
        }
    }
}

impl Record for Ledger {
    fn time(&self) -> BoxFuture<'_, Timestamp> {
        Box::pin(async move {
            loop {
                if let Ok(now) = self.dispatcher.store().now().await {
                    return now;
                }
                tokio::time::sleep(PAUSE).await;
            }
        })
    }

    fn write<'a>(&'a self, events: &'a [Event]) -> BoxFuture<'a, Result<(), Over>> {
        Box::pin(async move {
            let rules = CallRules { lease: self.lease.clone(), budget: None };
            let command = Command::Report { seen: events.to_vec() };
            let step = Step::under::<Trajectory>(self.merge, command, rules).in_project(self.project);
            // Each is a wish of its own.
            let mut intent = self.intent.clone();
            intent.command_id = kernel::CommandId(Uuid::now_v7());
            self.dispatcher.carry_out(&intent, vec![step]).await.map(drop).map_err(|error| {
                tracing::warn!(%error, merge = %self.merge, "what was seen of a way out is not written");
                Over
            })
        })
    }
}
