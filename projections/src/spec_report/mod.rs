//! What a spec has come to: what was built, by whom, at what cost, how long it took, and on which evidence each requirement rests.
//! Here is what nobody else keeps of that, by spec, ticket, task, run and merge; the plan, the tasks as they are and the merge
//! are read from their own read models.

mod answer;
mod fold;
mod shapes;
mod tally;
#[cfg(test)]
mod tests;

use eventstore::Unavailable;
use execution::merge::Of;
use execution::run::Outcome;
use kernel::{ActorId, OrgId, Recorded, Timestamp, Usd, Uuid};
use planning::spec::Spec;
use serde::{Deserialize, Serialize};
use vocabulary::{Name, RunId, SpecId, TaskId};
use work::task::{CommandResult, EvidenceKind};
use work::ticket::Ticket;

use self::answer::Known;
use crate::merge_queue::MergeQueue;
use crate::task_detail::TaskDetail;
use crate::{Fact, Key, Projection, ReadModels};

pub use self::shapes::{
    Accepted, AgentTally, Changed, Cost, Deed, Did, MergeReport, ParkedWork, ProofAnswer, RequirementReport,
    SpecReportAnswer, TaskReport, TicketReport, Times,
};

/// Kinds of rows.
const SPEC: &str = "spec";
const TICKET: &str = "ticket";
const TASK: &str = "task";
const RUN: &str = "run";
const MERGE: &str = "merge";

/// The read model `spec_report`.
#[derive(Debug)]
pub struct SpecReport;

/// One row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum ReportRow {
    /// A spec.
    Spec(Box<OfSpec>),
    /// A ticket of a spec; the fold is the aggregate's.
    Ticket(Box<Ticket>),
    /// A task.
    Task(Box<OfTask>),
    /// A run.
    Run(Box<OfRun>),
    /// A merge.
    Merge(Box<OfMerge>),
}

/// A spec as its events have made it, without what its phases write, and what people did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfSpec {
    state: Spec,
    submitted_at: Timestamp,
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    deeds: Vec<Deed>,
    accepted: Vec<Accepted>,
}

/// What is known of the work on a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OfTask {
    started_at: Option<Timestamp>,
    completed_at: Option<Timestamp>,
    /// In the order in which they began.
    runs: Vec<RunId>,
    /// The newest evidence.
    evidence: Option<Submitted>,
}

/// Evidence that was submitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submitted {
    at: Timestamp,
    by: ActorId,
    kind: EvidenceKind,
    commands: Vec<CommandResult>,
}

/// What is known of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfRun {
    agent: Name,
    driver: Name,
    began_at: Timestamp,
    ended_at: Option<Timestamp>,
    outcome: Option<Outcome>,
    changed: Option<Changed>,
    cost: Usd,
}

/// What is known of a merge beside the queue.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OfMerge {
    approvals: Vec<(ActorId, Timestamp)>,
    cost: Usd,
}

impl Projection for SpecReport {
    const NAME: &'static str = "spec_report";
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &["spec", "ticket", "task", "run", "merge", "trajectory"];
    type Row = ReportRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        fold::keys(&event.event, &event.envelope.aggregate_id)
    }

    fn fold(key: &Key, row: &mut Option<ReportRow>, event: &Recorded<Fact>) {
        fold::fold(key, row, event);
    }
}

impl ReadModels {
    /// What a spec has come to so far; `None` when this organization has no such spec.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn spec_report(&self, org: OrgId, id: SpecId) -> Result<Option<SpecReportAnswer>, Unavailable> {
        // How far the others are is asked before their rows: these are as of that, or later.
        let others = [self.position::<TaskDetail>().await?, self.position::<MergeQueue>().await?];
        let Some(own) = self.one::<SpecReport>(org, SPEC, id.0).await? else { return Ok(None) };
        let Some(page) = self.spec(org, id).await? else { return Ok(None) };
        let position = others.into_iter().chain([own.position, page.position]).min().unwrap_or(0);
        let stale = own.stale.or(page.stale);
        let Some(ReportRow::Spec(spec)) = own.rows.into_iter().next().map(|row| row.row) else {
            return Ok(None);
        };
        let mut known = Known::of(*spec, page.into());
        for (ticket, row) in self.rows_of(org, TICKET, &known.ticket_ids()).await? {
            if let ReportRow::Ticket(state) = row {
                known.tickets.insert(ticket, *state);
            }
        }
        let tasks = known.task_ids();
        known.details = self.tasks_named(org, &tasks).await?;
        for (task, row) in self.rows_of(org, TASK, &tasks).await? {
            if let ReportRow::Task(of) = row {
                known.tasks.insert(TaskId(task), *of);
            }
        }
        for (run, row) in self.rows_of(org, RUN, &known.run_ids()).await? {
            if let ReportRow::Run(of) = row {
                known.runs.insert(RunId(run), *of);
            }
        }
        let merge = Of::Spec(id).merge();
        for (_, row) in self.rows_of(org, MERGE, &[merge.to_string()]).await? {
            if let ReportRow::Merge(of) = row {
                known.of_merge = *of;
            }
        }
        known.merge = self.merge(org, merge).await?.map(|shown| shown.merge);
        Ok(known.answer(id, position, stale))
    }

    /// The rows of one kind with these ids, those that there are.
    async fn rows_of(
        &self,
        org: OrgId,
        kind: &str,
        ids: &[String],
    ) -> Result<Vec<(Uuid, ReportRow)>, Unavailable> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let limit = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        let rows = self.named::<SpecReport>(org, kind, ids, limit).await?.rows;
        Ok(rows.into_iter().filter_map(|row| Some((row.id.parse().ok()?, row.row))).collect())
    }
}
