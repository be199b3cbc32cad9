//! What each event makes of a task. Total: an event is believed wherever it stands.

use vocabulary::CommitId;

use super::{Block, Blocker, Details, Event, Plan, Status, Task};

pub(super) fn evolve(task: &mut Task, event: &Event) {
    match (task, event) {
        (task, Event::Planned(plan)) => *task = planned(plan),
        (Task::Absent, _) => {}
        (Task::Present(details), event) => fold(details, event),
    }
}

fn planned(plan: &Plan) -> Task {
    Task::Present(Box::new(Details {
        plan: plan.clone(),
        status: Status::Planned,
        blockers: Vec::new(),
        attempt: 0,
        iteration: 0,
        epoch: 0,
        lost: 0,
        feedback: None,
        commit: None,
    }))
}

/// Work is built on, whatever became of who did it.
fn come_to(task: &mut Details, commit: Option<&CommitId>) {
    if commit.is_some() {
        task.commit = commit.cloned();
    }
}

fn fold(task: &mut Details, event: &Event) {
    match event {
        // It makes the task; see above.
        Event::Planned(_) => {}
        Event::DependencyAdded { on } => {
            task.plan.prerequisites.insert(*on);
            if matches!(task.status, Status::Ready | Status::AwaitingRetry { .. }) {
                task.status = Status::Planned;
            }
        }
        Event::DependencyRemoved { on } => {
            task.plan.prerequisites.remove(on);
            task.blockers.retain(|block| block.by != Blocker::Dependency { task: *on });
        }
        Event::BecameReady { retried } => {
            task.status = Status::Ready;
            if *retried {
                task.attempt = 0;
                task.iteration = 0;
                task.lost = 0;
            }
        }
        Event::Claimed { epoch, by } => {
            task.epoch = *epoch;
            task.status = Status::Claimed { epoch: *epoch, by: *by };
        }
        Event::ClaimExpired { commit, lost, .. } => {
            come_to(task, commit.as_ref());
            task.lost = task.lost.saturating_add(u32::from(*lost));
            task.status = Status::Ready;
        }
        Event::Started { epoch, by } => {
            task.epoch = *epoch;
            task.status = Status::Running { epoch: *epoch, by: *by };
        }
        Event::EvidenceSubmitted { iteration, kind, commit, .. } => {
            task.iteration = *iteration;
            task.lost = 0;
            come_to(task, commit.as_ref());
            task.status = Status::Validating { iteration: *iteration, kind: *kind };
        }
        Event::RevisionRequested { feedback, .. } => {
            task.feedback = Some(feedback.clone());
            task.status = Status::Ready;
        }
        Event::Completed { kind } => task.status = Status::Completed { kind: *kind },
        Event::AttemptFailed { attempt, commit, .. } => {
            come_to(task, commit.as_ref());
            task.attempt = *attempt;
            task.lost = 0;
        }
        Event::RetryScheduled { attempt, at } => {
            task.status = Status::AwaitingRetry { attempt: *attempt, at: *at };
        }
        Event::Blocked { by, reason } => {
            task.blockers.retain(|block| block.by != *by);
            task.blockers.push(Block { by: *by, reason: reason.clone() });
        }
        Event::Unblocked { by } => task.blockers.retain(|block| block.by != *by),
        Event::Revised(revision) => revision.apply(&mut task.plan),
        Event::PriorityChanged { priority } => task.plan.priority = *priority,
        Event::Failed { reason } => task.status = Status::Failed { reason: reason.clone() },
        Event::Cancelled { .. } => task.status = Status::Cancelled,
        // What it means for the status is the event that follows it.
        Event::ValidationPassed { .. } => {}
    }
}
