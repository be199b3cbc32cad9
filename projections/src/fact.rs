//! Any event of the product, decoded.

use eventstore::{DecodeError, decode};
use kernel::{Decider, Recorded};
use work::project::Project;
use work::task::Task;
use work::ticket::Ticket;
use work::work_graph::WorkGraph;

/// What happened, by aggregate.
#[derive(Clone, Debug, PartialEq)]
pub enum Fact {
    /// To a project.
    Project(work::project::Event),
    /// To a ticket.
    Ticket(work::ticket::Event),
    /// To a task.
    Task(work::task::Event),
    /// To the dependencies of a project.
    WorkGraph(work::work_graph::Event),
    /// Whatever it was: for an index, which looks at the envelope only.
    Unread,
}

impl Fact {
    /// Decodes a stored event of one of the aggregates above.
    ///
    /// # Errors
    /// The event is of another aggregate, or this program cannot read it.
    pub fn of(event: &Recorded<String>) -> Result<Self, DecodeError> {
        let Recorded { envelope, event: payload, .. } = event;
        let (name, version) = (envelope.event_type.as_str(), envelope.schema_version);
        Ok(match envelope.aggregate_type.as_str() {
            Project::TYPE => Self::Project(decode(name, version, payload)?),
            Ticket::TYPE => Self::Ticket(decode(name, version, payload)?),
            Task::TYPE => Self::Task(decode(name, version, payload)?),
            WorkGraph::TYPE => Self::WorkGraph(decode(name, version, payload)?),
            _ => return Err(DecodeError::UnknownType(name.to_owned())),
        })
    }
}
