//! Whether evidence is enough.

use vocabulary::{Mode, Reason, Text};

use super::super::evidence::failed;
use super::super::{Evidence, EvidenceKind, Feedback, Worker};
use super::guard;
use super::{Decision, Details, Event, Fact, Rejection, Status};

/// So many rejected validations and the task has failed. Source: the original's limit.
pub const MAX_ITERATIONS: u32 = 3;

pub(super) fn submit(task: &Details, evidence: Evidence) -> Decision {
    guard::not_failed(task)?;
    let Status::Running { by, .. } = task.status else {
        return Err(Rejection::status(Fact::NotRunning, task));
    };
    belongs_to_holder(task, by, &evidence)?;

    let Evidence { kind, commands, commit, await_validation, .. } = evidence;
    // A run that explores leaves a report, which it was asked for before.
    let reported = kind == EvidenceKind::Verified && task.plan.work.mode == Mode::Exploration;
    if commands.is_empty() && !reported {
        return Err(Rejection::NothingChecked);
    }
    let iteration = task.iteration.saturating_add(1);
    let failed = failed(&commands);
    let mut events = vec![Event::EvidenceSubmitted { iteration, kind, commands, commit }];
    if !failed.is_empty() {
        events.extend(sent_back(iteration, Feedback { failed, note: None }));
    } else if !await_validation {
        events.extend(passed(iteration, kind));
    }
    Ok(events)
}

/// A person's word and a run's proof are never mistaken for each other.
fn belongs_to_holder(task: &Details, by: Worker, evidence: &Evidence) -> Result<(), Rejection> {
    guard::not_fenced(task, evidence.epoch)?;
    match (by, evidence.kind) {
        (Worker::Person { .. }, EvidenceKind::Attested | EvidenceKind::Imported) => Ok(()),
        (Worker::Person { .. }, EvidenceKind::Verified) => Err(Rejection::HeldByPerson),
        (Worker::Run { .. }, EvidenceKind::Verified) if evidence.epoch.is_none() => {
            Err(Rejection::Fenced { current: task.epoch })
        }
        (Worker::Run { .. }, EvidenceKind::Verified) => Ok(()),
        (Worker::Run { .. }, EvidenceKind::Attested | EvidenceKind::Imported) => {
            Err(Rejection::HeldByRun(evidence.kind))
        }
    }
}

pub(super) fn pass(task: &Details, iteration: u32) -> Decision {
    let kind = under_validation(task, iteration)?;
    Ok(passed(iteration, kind))
}

pub(super) fn revise(task: &Details, iteration: u32, feedback: Text) -> Decision {
    under_validation(task, iteration)?;
    Ok(sent_back(iteration, Feedback { failed: Vec::new(), note: Some(feedback) }))
}

fn under_validation(task: &Details, judged: u32) -> Result<EvidenceKind, Rejection> {
    guard::not_failed(task)?;
    match task.status {
        Status::Validating { iteration, kind } if iteration == judged => Ok(kind),
        Status::Validating { iteration, .. } => Err(Rejection::OtherIteration { current: iteration, judged }),
        Status::Planned
        | Status::Ready
        | Status::Claimed { .. }
        | Status::Running { .. }
        | Status::AwaitingRetry { .. }
        | Status::Completed { .. }
        | Status::Failed { .. }
        | Status::Cancelled => Err(Rejection::status(Fact::NotValidating, task)),
    }
}

fn passed(iteration: u32, kind: EvidenceKind) -> Vec<Event> {
    vec![Event::ValidationPassed { iteration }, Event::Completed { kind }]
}

fn sent_back(iteration: u32, feedback: Feedback) -> Vec<Event> {
    let mut events = vec![Event::RevisionRequested { iteration, feedback }];
    if iteration >= MAX_ITERATIONS {
        let reason = Reason::new(&format!("validation failed {iteration} times"));
        events.push(Event::Failed { reason: reason.expect("a short line without control characters") });
    }
    events
}
