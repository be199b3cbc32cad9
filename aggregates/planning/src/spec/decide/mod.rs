//! What a command causes. Who may do what in which stage stands here; what follows, in the module of its story.

mod completion;
mod gates;
mod hold;
mod import;
mod phases;
mod revise;
mod work;

use kernel::Decider as _;

pub use self::phases::{MAX_ATTEMPTS, PAUSES};

use super::{Command, Details, Event, Failure, Rejection, Spec};

pub(super) type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn decide(spec: &Spec, command: Command) -> Decision {
    match spec {
        Spec::Absent => absent(command),
        Spec::Present(details) => present(details, command),
    }
}

fn absent(command: Command) -> Decision {
    match command {
        Command::Submit { title, idea, gates, budget } => {
            Ok(vec![Event::Submitted { title, idea, gates, budget }])
        }
        Command::Import { title, layout, gates, plan } => import::import(title, layout, gates, &plan),
        Command::StartPhase { .. }
        | Command::WriteSections { .. }
        | Command::SubmitOutput { .. }
        | Command::FailAttempt { .. }
        | Command::Halt { .. }
        | Command::Resume { .. }
        | Command::Answer { .. }
        | Command::Approve { .. }
        | Command::Reject { .. }
        | Command::Edit { .. }
        | Command::Revise { .. }
        | Command::Materialize { .. }
        | Command::ReviseWork(_)
        | Command::StartExecution
        | Command::Complete { .. }
        | Command::AcceptUnproven { .. }
        | Command::Cancel { .. } => Err(Rejection::NotFound),
    }
}

fn present(spec: &Details, command: Command) -> Decision {
    match command {
        Command::Submit { .. } | Command::Import { .. } => Err(Rejection::AlreadyExists),
        Command::StartPhase { phase, attempt } => phases::start(spec, phase, attempt),
        Command::WriteSections { phase, attempt, sections } => phases::write(spec, phase, attempt, sections),
        Command::SubmitOutput { phase, attempt, now } => phases::submit(spec, phase, attempt, now),
        Command::FailAttempt { phase, attempt, message, code, now } => {
            phases::fail_attempt(spec, phase, attempt, Failure::Error { message, code }, now)
        }
        Command::Halt { reason } => hold::halt(spec, reason),
        Command::Resume { budget } => hold::resume(spec, budget),
        Command::Answer { question, text, by } => gates::answer(spec, question, text, by),
        Command::Approve { gate, content_hash, by } => gates::approve(spec, gate, content_hash, by),
        Command::Reject { gate, content_hash, reason, by } => {
            gates::reject(spec, gate, content_hash, reason, by)
        }
        Command::Edit { gate, content_hash, content, by } => {
            gates::edit(spec, gate, &content_hash, &content, by)
        }
        Command::Revise { plan, base, by } => revise::revise(spec, &plan, &base, by),
        Command::Materialize { tickets, tasks } => work::materialize(spec, &tickets, &tasks),
        Command::ReviseWork(revised) => work::revise(spec, *revised),
        Command::StartExecution => work::start(spec),
        Command::Complete { done, revision, proofs } => completion::complete(spec, &done, revision, &proofs),
        Command::AcceptUnproven { requirements, reason, by } => {
            completion::accept(spec, &requirements, reason, by)
        }
        Command::Cancel { reason } => hold::cancel(spec, reason),
    }
}

/// Events as they are decided, and what they make of the spec so far.
struct Story {
    spec: Spec,
    events: Vec<Event>,
}

impl Story {
    fn of(spec: &Details) -> Self {
        Self { spec: Spec::Present(Box::new(spec.clone())), events: Vec::new() }
    }

    fn tell(&mut self, event: Event) {
        self.spec.evolve(&event);
        self.events.push(event);
    }

    fn spec(&self) -> &Details {
        self.spec.details().expect("a story is about a spec that exists")
    }
}
