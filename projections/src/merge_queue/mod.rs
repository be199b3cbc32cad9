//! Merges: what comes together on which branch, how far that is, and what is in its way. A row a merge.

mod answer;
mod steps;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use eventstore::Unavailable;
use execution::merge::{Event, Joined, Merge};
use kernel::{Decider as _, OrgId, ProjectId, Recorded, Timestamp};
use serde::{Deserialize, Serialize};
use vocabulary::{CommitId, FilePattern, MergeId, TaskId};

use crate::{Fact, Key, Projection, ReadModels};

pub use self::answer::{
    ApprovalAnswer, CandidateAnswer, CandidateState, LandedAnswer, LandingRefused, MergeAnswer, MergeState,
    MergesAnswer, OneMerge, Parked, ResolvedBy, Waits,
};
pub use self::steps::{StepAnswer, StepOutcome};

/// The row of a merge.
const MERGE: &str = "merge";

/// The read model `merge_queue`.
#[derive(Debug)]
pub struct MergeQueue;

/// What is known of a merge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    project: Option<ProjectId>,
    state: Merge,
    /// What was found in conflict last, by task.
    #[serde(default)]
    conflicts: BTreeMap<TaskId, Vec<FilePattern>>,
    /// What the newest step has joined.
    #[serde(default)]
    joined: Vec<Joined>,
    /// The commit that brought each task in.
    #[serde(default)]
    merged_as: BTreeMap<TaskId, CommitId>,
    #[serde(default)]
    steps: Vec<StepAnswer>,
    verifications: u32,
    approved_at: Option<Timestamp>,
    landed_at: Option<Timestamp>,
    queued_at: Timestamp,
    updated_at: Timestamp,
    version: i64,
}

impl Projection for MergeQueue {
    const NAME: &'static str = "merge_queue";
    const VERSION: i32 = 1;
    const READS: &'static [&'static str] = &["merge"];
    type Row = Stored;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        match &event.event {
            Fact::Merge(_) => vec![Key::new(MERGE, &event.envelope.aggregate_id)],
            _ => Vec::new(),
        }
    }

    fn fold(_: &Key, row: &mut Option<Stored>, event: &Recorded<Fact>) {
        let Fact::Merge(fact) = &event.event else { return };
        let envelope = &event.envelope;
        let at = envelope.recorded_at;
        let row = row.get_or_insert_with(|| Stored::begun(envelope.project_id, at));
        row.note(fact, at);
        row.state.evolve(fact);
        row.version = envelope.sequence;
        row.updated_at = at;
    }
}

impl Stored {
    const fn begun(project: Option<ProjectId>, at: Timestamp) -> Self {
        Self {
            project,
            state: Merge::Absent,
            conflicts: BTreeMap::new(),
            joined: Vec::new(),
            merged_as: BTreeMap::new(),
            steps: Vec::new(),
            verifications: 0,
            approved_at: None,
            landed_at: None,
            queued_at: at,
            updated_at: at,
            version: 0,
        }
    }

    /// What the state does not keep, before the event is folded into it.
    fn note(&mut self, fact: &Event, at: Timestamp) {
        match fact {
            Event::ConflictFound { task, paths, .. } => {
                self.conflicts.insert(*task, paths.to_vec());
            }
            Event::StepBegun { joined, .. } => self.joined = joined.to_vec(),
            Event::StepMerged { tasks, .. } => {
                for one in &self.joined {
                    if let Some(task) = one.task.filter(|task| tasks.contains(task)) {
                        self.merged_as.insert(task, one.commit.clone());
                    }
                }
            }
            Event::VerificationPassed { .. } | Event::VerificationFailed { .. } => self.verifications += 1,
            Event::Approved { .. } => self.approved_at = Some(at),
            Event::Landed { .. } => self.landed_at = Some(at),
            _ => {}
        }
        steps::note(&mut self.steps, fact, at);
    }
}

impl ReadModels {
    /// The merges of a project, the newest first.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn merges(&self, org: OrgId, project: ProjectId) -> Result<MergesAnswer, Unavailable> {
        let answer = self.of_root::<MergeQueue>(org, project.0).await?;
        let (position, stale) = (answer.position, answer.stale);
        let mut merges: Vec<MergeAnswer> =
            answer.rows.into_iter().filter_map(|row| row.row.answer(id(&row.id)?)).collect();
        merges.sort_by_key(|merge| (std::cmp::Reverse(merge.queued_at), merge.id.0));
        Ok(MergesAnswer { position, stale, merges })
    }

    /// A merge; `None` when this organization has no such merge.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn merge(&self, org: OrgId, merge: MergeId) -> Result<Option<OneMerge>, Unavailable> {
        let Some(answer) = self.one::<MergeQueue>(org, MERGE, merge.0).await? else { return Ok(None) };
        let (position, stale) = (answer.position, answer.stale);
        Ok(answer.rows.into_iter().next().and_then(|row| {
            let version = row.row.version;
            Some(OneMerge { merge: row.row.answer(merge)?, version, position, stale })
        }))
    }
}

fn id(text: &str) -> Option<MergeId> {
    text.parse().ok()
}
