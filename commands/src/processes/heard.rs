//! An event that a process can hear, decoded.

use eventstore::{DecodeError, decode};
use execution::merge::Merge;
use execution::run::Run;
use kernel::{Decider, Recorded, Uuid};
use planning::spec::Spec;
use work::project::Project;
use work::task::Task;
use work::ticket::Ticket;

/// What happened, to whom.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// To a project.
    Project(work::project::Event),
    /// To a task.
    Task(work::task::Event),
    /// To a ticket.
    Ticket(work::ticket::Event),
    /// To a run.
    Run(execution::run::Event),
    /// To a merge.
    Merge(execution::merge::Event),
    /// To a spec.
    Spec(planning::spec::Event),
}

impl Heard {
    /// Decodes a stored event of one of the aggregates above.
    ///
    /// # Errors
    /// The event is of another aggregate, or this program cannot read it.
    pub fn of(event: &Recorded<String>) -> Result<Self, DecodeError> {
        let Recorded { envelope, event: payload, .. } = event;
        let (name, version) = (envelope.event_type.as_str(), envelope.schema_version);
        Ok(match envelope.aggregate_type.as_str() {
            Project::TYPE => Self::Project(decode(name, version, payload)?),
            Task::TYPE => Self::Task(decode(name, version, payload)?),
            Ticket::TYPE => Self::Ticket(decode(name, version, payload)?),
            Run::TYPE => Self::Run(decode(name, version, payload)?),
            Merge::TYPE => Self::Merge(decode(name, version, payload)?),
            Spec::TYPE => Self::Spec(decode(name, version, payload)?),
            _ => return Err(DecodeError::UnknownType(name.to_owned())),
        })
    }
}

/// The stream of the event; streams of projects, tasks, tickets, specs, runs and merges are named by UUIDs.
pub(super) fn subject<T: From<Uuid>>(event: &Recorded<Heard>) -> T {
    T::from(Uuid::parse_str(&event.envelope.aggregate_id).unwrap_or_default())
}
