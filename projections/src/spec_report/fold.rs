//! What the events of a spec and of its work leave for its report.

use execution::trajectory::{self, Subject};
use execution::{merge, run};
use kernel::{ActorId, Decider as _, Recorded, Timestamp, Usd};
use planning::spec::{self, Spec};
use vocabulary::RunId;
use work::{task, ticket};

use super::{
    Accepted, Changed, Deed, Did, MERGE, OfMerge, OfRun, OfSpec, OfTask, RUN, ReportRow, SPEC, Submitted,
    TASK, TICKET,
};
use crate::{Fact, Key};

/// Deeds that a row keeps, the newest; the log has them all.
const KEPT: usize = 500;

type Row = Option<ReportRow>;

pub(super) fn keys(fact: &Fact, id: &str) -> Vec<Key> {
    match fact {
        // What a phase writes, part by part, is for the page of the spec.
        Fact::Spec(spec::Event::PhaseSectionWritten { .. } | spec::Event::PhaseEvaluated { .. }) => {
            Vec::new()
        }
        Fact::Spec(_) => vec![Key::new(SPEC, id)],
        Fact::Ticket(ticket::Event::Created { spec: None, .. } | ticket::Event::Commented { .. }) => {
            Vec::new()
        }
        Fact::Ticket(_) => vec![Key::new(TICKET, id)],
        Fact::Task(
            task::Event::Started { .. }
            | task::Event::EvidenceSubmitted { .. }
            | task::Event::Completed { .. },
        ) => vec![Key::new(TASK, id)],
        Fact::Run(run::Event::Started(started)) => {
            vec![Key::new(RUN, id), Key::new(TASK, started.task.to_string())]
        }
        Fact::Run(run::Event::EvidenceGathered(_) | run::Event::Ended { .. }) => vec![Key::new(RUN, id)],
        Fact::Merge(merge::Event::Approved { .. }) => vec![Key::new(MERGE, id)],
        Fact::Trajectory(fact) => match paid(fact).map(|(of, _)| of) {
            Some(Subject::Run { run }) => vec![Key::new(RUN, run.to_string())],
            Some(Subject::Merge { merge }) => vec![Key::new(MERGE, merge.to_string())],
            // The page of the spec counts these.
            Some(Subject::Planning { .. }) | None => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// For what a call was made, and what it cost.
const fn paid(fact: &trajectory::Event) -> Option<(&Subject, Usd)> {
    match fact {
        trajectory::Event::UsageRecorded { of, cost, .. }
        | trajectory::Event::LlmCallAmbiguous { of, cost, .. } => Some((of, *cost)),
        _ => None,
    }
}

pub(super) fn fold(key: &Key, row: &mut Row, event: &Recorded<Fact>) {
    let (at, actor) = (event.envelope.recorded_at, event.envelope.actor);
    match (key.kind, &event.event) {
        (SPEC, Fact::Spec(fact)) => of_spec(row, fact, at, actor),
        (TICKET, Fact::Ticket(fact)) => of_ticket(row, fact),
        (TASK, Fact::Task(fact)) => of_task(row, fact, at, actor),
        (TASK, Fact::Run(run::Event::Started(_))) => {
            let (Some(task), Ok(run)) = (task_of(row), event.envelope.aggregate_id.parse().map(RunId)) else {
                return;
            };
            if !task.runs.contains(&run) {
                task.runs.push(run);
            }
        }
        (RUN, Fact::Run(fact)) => of_run(row, fact, at),
        (RUN, Fact::Trajectory(fact)) => {
            if let (Some(ReportRow::Run(run)), Some((_, cost))) = (row, paid(fact)) {
                run.cost = sum(run.cost, cost);
            }
        }
        (MERGE, fact) => of_merge(row, fact, at),
        _ => {}
    }
}

fn of_spec(row: &mut Row, fact: &spec::Event, at: Timestamp, actor: ActorId) {
    let new = || {
        ReportRow::Spec(Box::new(OfSpec {
            state: Spec::default(),
            submitted_at: at,
            started_at: None,
            completed_at: None,
            deeds: Vec::new(),
            accepted: Vec::new(),
        }))
    };
    let ReportRow::Spec(spec) = row.get_or_insert_with(new) else { return };
    // Without the content of phases, as the line of a list: it changes no stage and no work.
    spec.state.evolve(fact);
    match fact {
        spec::Event::ExecutionStarted => {
            spec.started_at.get_or_insert(at);
        }
        spec::Event::Completed => spec.completed_at = Some(at),
        spec::Event::Revised { .. } => {
            spec.completed_at = None;
            spec.accepted.clear();
        }
        spec::Event::UnprovenAccepted { requirements, reason, by } => spec.accepted.push(Accepted {
            requirements: requirements.clone(),
            reason: reason.clone(),
            by: *by,
            at,
        }),
        _ => {}
    }
    for (by, did, of) in deeds(fact, actor) {
        spec.deeds.push(Deed { by, did, of, at });
    }
    let surplus = spec.deeds.len().saturating_sub(KEPT);
    spec.deeds.drain(..surplus);
}

/// Who did what, and of what it was.
fn deeds(fact: &spec::Event, actor: ActorId) -> Vec<(ActorId, Did, Option<String>)> {
    use spec::Event;
    match fact {
        Event::Submitted { .. } | Event::Imported { .. } => vec![(actor, Did::Submitted, None)],
        Event::QuestionAnswered { question, by: Some(by), .. } => {
            vec![(*by, Did::Answered, Some(format!("question {question}")))]
        }
        Event::ApprovalGranted { gate, by, .. } => vec![(*by, Did::Approved, Some(gate.phase().to_string()))],
        Event::ApprovalRejected { gate, by, .. } => {
            vec![(*by, Did::Rejected, Some(gate.phase().to_string()))]
        }
        Event::ContentEdited { phase, by, .. } => vec![(*by, Did::Edited, Some(phase.to_string()))],
        Event::Revised { by } => vec![(*by, Did::Revised, None)],
        Event::UnprovenAccepted { requirements, by, .. } => {
            requirements.iter().map(|id| (*by, Did::Accepted, Some(id.clone()))).collect()
        }
        _ => Vec::new(),
    }
}

fn of_ticket(row: &mut Row, fact: &ticket::Event) {
    if row.is_none() && matches!(fact, ticket::Event::Created { spec: Some(_), .. }) {
        *row = Some(ReportRow::Ticket(Box::default()));
    }
    if let Some(ReportRow::Ticket(state)) = row {
        state.evolve(fact);
    }
}

/// The row of a task, which begins with whatever happens first.
fn task_of(row: &mut Row) -> Option<&mut OfTask> {
    match row.get_or_insert_with(|| ReportRow::Task(Box::default())) {
        ReportRow::Task(task) => Some(task),
        _ => None,
    }
}

fn of_task(row: &mut Row, fact: &task::Event, at: Timestamp, actor: ActorId) {
    let Some(task) = task_of(row) else { return };
    match fact {
        task::Event::Started { .. } => {
            task.started_at.get_or_insert(at);
        }
        task::Event::EvidenceSubmitted { kind, commands, .. } => {
            task.evidence = Some(Submitted { at, by: actor, kind: *kind, commands: commands.to_vec() });
        }
        task::Event::Completed { .. } => task.completed_at = Some(at),
        _ => {}
    }
}

fn of_run(row: &mut Row, fact: &run::Event, at: Timestamp) {
    if let (None, run::Event::Started(started)) = (&row, fact) {
        *row = Some(ReportRow::Run(Box::new(OfRun {
            agent: started.agent.clone(),
            driver: started.driver.clone(),
            began_at: at,
            ended_at: None,
            outcome: None,
            changed: None,
            cost: Usd::ZERO,
        })));
    }
    let Some(ReportRow::Run(run)) = row else { return };
    match fact {
        run::Event::EvidenceGathered(evidence) => {
            let (files, added, removed) = (evidence.files, evidence.added, evidence.removed);
            run.changed = Some(Changed { files, added, removed });
        }
        run::Event::Ended { outcome, .. } => {
            run.ended_at = Some(at);
            run.outcome = Some(*outcome);
        }
        _ => {}
    }
}

fn of_merge(row: &mut Row, fact: &Fact, at: Timestamp) {
    let new = || ReportRow::Merge(Box::<OfMerge>::default());
    let ReportRow::Merge(merge) = row.get_or_insert_with(new) else { return };
    match fact {
        Fact::Merge(merge::Event::Approved { by, .. }) => merge.approvals.push((*by, at)),
        Fact::Trajectory(fact) => {
            if let Some((_, cost)) = paid(fact) {
                merge.cost = sum(merge.cost, cost);
            }
        }
        _ => {}
    }
}

/// What does not fit is left out: nobody has spent that much.
pub(super) fn sum(one: Usd, other: Usd) -> Usd {
    one.checked_add(other).unwrap_or(one)
}
