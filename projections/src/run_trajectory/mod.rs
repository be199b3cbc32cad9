//! A run with what is known of it at a glance: how far it is, and how much was seen of its agent. What was seen itself stays in
//! the log, from where a page of it is read (`places.rs`). Beside it, which runs a project and a task have.

mod answer;
mod evidence;
mod listing;
mod names;
mod places;
mod seen;
#[cfg(test)]
mod tests;

use execution::content::Content;
use execution::run::{Event, Run};
use execution::trajectory::Subject;
use kernel::{Decider as _, ProjectId, Recorded, Timestamp};
use serde::{Deserialize, Serialize};
use vocabulary::{Line, RunId};

use crate::{Fact, Key, Projection};

pub use answer::{OpenSteer, RunAnswer, RunLine, RunsAnswer};
pub use evidence::{CheckedAnswer, EvidenceAnswer, FindingAnswer, ReportAnswer};
pub use listing::{RunFilter, RunState};
pub use names::RunName;
pub use seen::{Activity, Seen};

/// The row of a run.
const RUN: &str = "run";
/// The row that says which run began at a position; its id sorts as positions do.
const BEGUN: &str = "begun";
/// The row that says which runs a task has.
const TASK: &str = "task";

/// The read model `run_trajectory`.
#[derive(Debug)]
pub struct RunTrajectory;

/// A row of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum RunRow {
    /// A run.
    Run(Box<Head>),
    /// Which run began there.
    Begun {
        /// It.
        run: RunId,
    },
    /// Which runs a task has.
    Task {
        /// In the order in which they began.
        runs: Vec<RunId>,
    },
}

/// A run as its own events have made it, and what was seen of its agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    project: Option<ProjectId>,
    state: Run,
    /// What the agent calls itself.
    agent_version: Option<Line<200>>,
    evidence: Option<EvidenceAnswer>,
    /// What it found out, in words that are sealed.
    #[serde(default)]
    report: Option<Content>,
    seen: Seen,
    version: i64,
    created_at: Timestamp,
    updated_at: Timestamp,
    ended_at: Option<Timestamp>,
}

impl Projection for RunTrajectory {
    const NAME: &'static str = "run_trajectory";
    /// Counts with the run, which is kept in the rows as it is.
    const VERSION: i32 = Run::LOGIC_VERSION;
    const READS: &'static [&'static str] = &["run", "trajectory"];
    type Row = RunRow;

    fn keys(event: &Recorded<Fact>) -> Vec<Key> {
        let envelope = &event.envelope;
        let own = || Key::new(RUN, &envelope.aggregate_id);
        match &event.event {
            Fact::Run(Event::Started(start)) => vec![
                own(),
                Key::new(BEGUN, listing::place(envelope.position)),
                Key::new(TASK, start.task.to_string()),
            ],
            Fact::Run(_) => vec![own()],
            // Attempts at planning are shown with their specs, and what merges ask with the merges.
            Fact::Trajectory(fact) => match fact.subject() {
                Some(Subject::Planning { .. } | Subject::Merge { .. }) => Vec::new(),
                Some(Subject::Run { run }) => vec![Key::new(RUN, run.to_string())],
                None => vec![own()],
            },
            _ => Vec::new(),
        }
    }

    fn fold(key: &Key, row: &mut Option<RunRow>, event: &Recorded<Fact>) {
        match (&event.event, row) {
            (Fact::Run(fact), row) if key.kind == RUN => fold_run(row, fact, event),
            (Fact::Run(Event::Started(_)), row) => fold_index(key, row, event),
            (Fact::Trajectory(fact), Some(RunRow::Run(head))) => {
                head.seen.note(fact, event.envelope.recorded_at);
            }
            _ => {}
        }
    }
}

fn fold_run(row: &mut Option<RunRow>, fact: &Event, event: &Recorded<Fact>) {
    let envelope = &event.envelope;
    let at = envelope.recorded_at;
    if let (None, Event::Started(_)) = (&row, fact) {
        *row = Some(RunRow::Run(Box::new(Head {
            project: envelope.project_id,
            state: Run::default(),
            agent_version: None,
            evidence: None,
            report: None,
            seen: Seen::default(),
            version: 0,
            created_at: at,
            updated_at: at,
            ended_at: None,
        })));
    }
    let Some(RunRow::Run(head)) = row else { return };
    head.state.evolve(fact);
    match fact {
        Event::SandboxReady { version, .. } => head.agent_version.clone_from(version),
        Event::EvidenceGathered(evidence) => {
            head.evidence = Some(EvidenceAnswer::of(evidence));
            head.report.clone_from(&evidence.report);
        }
        Event::Ended { .. } => head.ended_at = Some(at),
        _ => {}
    }
    head.version = envelope.sequence;
    head.updated_at = at;
}

fn fold_index(key: &Key, row: &mut Option<RunRow>, event: &Recorded<Fact>) {
    let Ok(run) = event.envelope.aggregate_id.parse().map(RunId) else { return };
    match row {
        row @ None if key.kind == BEGUN => *row = Some(RunRow::Begun { run }),
        row @ None => *row = Some(RunRow::Task { runs: vec![run] }),
        Some(RunRow::Task { runs }) if !runs.contains(&run) => runs.push(run),
        Some(_) => {}
    }
}
