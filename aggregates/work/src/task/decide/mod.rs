//! What a command causes, in each state. Which status takes which command is in [`guard`]; what follows, in the
//! module of its story.

mod dependency;
mod guard;
mod hold;
mod obstacle;
mod outcome;
mod revision;
mod validation;

pub use self::validation::MAX_ITERATIONS;

use super::{Command, Details, Event, EvidenceKind, Fact, Plan, Rejection, Status, Task};

pub(super) type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn decide(task: &Task, command: Command) -> Decision {
    match task {
        Task::Absent => absent(command),
        Task::Present(task) => present(task, command),
    }
}

fn absent(command: Command) -> Decision {
    match command {
        Command::Plan(plan) => Ok(planned(plan)),
        Command::Import(plan) => {
            Ok(vec![Event::Planned(plan), Event::Completed { kind: EvidenceKind::Imported }])
        }
        Command::AddDependency { .. }
        | Command::RemoveDependency { .. }
        | Command::BecomeReady { .. }
        | Command::Claim { .. }
        | Command::Start { .. }
        | Command::StartByPerson { .. }
        | Command::ExpireClaim { .. }
        | Command::LoseClaim { .. }
        | Command::Fail(_)
        | Command::RetryDue { .. }
        | Command::Retry
        | Command::SubmitEvidence(_)
        | Command::PassValidation { .. }
        | Command::RequestRevision { .. }
        | Command::Block { .. }
        | Command::Unblock { .. }
        | Command::Revise { .. }
        | Command::Withdraw { .. }
        | Command::Prioritise { .. }
        | Command::Cancel { .. } => Err(Rejection::NotFound),
    }
}

fn planned(plan: Box<Plan>) -> Vec<Event> {
    let nothing_to_wait_for = plan.prerequisites.is_empty();
    let mut events = vec![Event::Planned(plan)];
    if nothing_to_wait_for {
        events.push(Event::BecameReady { retried: false });
    }
    events
}

fn present(task: &Details, command: Command) -> Decision {
    if matches!(command, Command::Plan(_) | Command::Import(_)) {
        return Err(Rejection::AlreadyExists);
    }
    guard::unfinished(task)?;
    match command {
        Command::Plan(_) | Command::Import(_) => Err(Rejection::AlreadyExists),
        Command::AddDependency { task: itself, on } => dependency::add(task, itself, on),
        Command::RemoveDependency { on } => dependency::remove(task, on),
        Command::BecomeReady { satisfied } => dependency::become_ready(task, &satisfied),
        Command::Claim { run, epoch } => hold::claim(task, run, epoch),
        Command::Start { epoch } => hold::start(task, epoch),
        Command::StartByPerson { actor } => hold::start_by_person(task, actor),
        Command::ExpireClaim { epoch, commit } => hold::expire(task, epoch, commit),
        Command::LoseClaim { epoch, commit, now } => hold::lose(task, epoch, commit, now),
        Command::Fail(failure) => outcome::fail(task, failure),
        Command::RetryDue { attempt } => Ok(outcome::retry_due(task, attempt)),
        Command::Retry => outcome::retry(task),
        Command::SubmitEvidence(evidence) => validation::submit(task, evidence),
        Command::PassValidation { iteration } => validation::pass(task, iteration),
        Command::RequestRevision { iteration, feedback } => validation::revise(task, iteration, feedback),
        Command::Block { by, reason } => obstacle::block(task, by, reason),
        Command::Unblock { by } => obstacle::unblock(task, by),
        Command::Revise { revision, waits } => revision::revise(task, &revision, &waits),
        Command::Withdraw { reason } => revision::withdraw(task, reason),
        Command::Prioritise { priority } if priority == task.plan.priority => Ok(Vec::new()),
        Command::Prioritise { priority } => Ok(vec![Event::PriorityChanged { priority }]),
        Command::Cancel { reason } => Ok(vec![Event::Cancelled { reason }]),
    }
}
