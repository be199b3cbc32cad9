//! Any event of the product, decoded.

use eventstore::{DecodeError, decode, upcast};
use execution::agent::Agent;
use execution::merge::Merge;
use execution::repository::Repository;
use execution::run::Run;
use execution::trajectory::Trajectory;
use identity::organization::Organization;
use identity::user::User;
use kernel::{Decider, Recorded};
use oversight::intervention::Intervention;
use planning::spec::Spec;
use serde_json::Value;
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
    /// To a spec.
    Spec(planning::spec::Event),
    /// To a run of an agent.
    Run(execution::run::Event),
    /// To an agent.
    Agent(execution::agent::Event),
    /// To a merge.
    Merge(execution::merge::Event),
    /// To a repository.
    Repository(execution::repository::Event),
    /// To an intervention.
    Intervention(oversight::intervention::Event),
    /// In an attempt of a model or an agent.
    Trajectory(execution::trajectory::Event),
    /// To an organization.
    Organization(identity::organization::Event),
    /// To a person.
    User(identity::user::Event),
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
            Spec::TYPE => Self::Spec(decode(name, version, payload)?),
            Run::TYPE => Self::Run(decode(name, version, payload)?),
            Agent::TYPE => Self::Agent(decode(name, version, payload)?),
            Merge::TYPE => Self::Merge(decode(name, version, payload)?),
            Repository::TYPE => Self::Repository(decode(name, version, payload)?),
            Intervention::TYPE => Self::Intervention(decode(name, version, payload)?),
            Trajectory::TYPE => Self::Trajectory(decode(name, version, payload)?),
            Organization::TYPE => Self::Organization(decode(name, version, payload)?),
            User::TYPE => Self::User(decode(name, version, payload)?),
            _ => return Err(DecodeError::UnknownType(name.to_owned())),
        })
    }

    /// What the payload of a stored event says in the newest version of its type, and which that is; `None` when it is stored
    /// in that one.
    ///
    /// # Errors
    /// As [`Fact::of`].
    pub fn upcast(event: &Recorded<String>) -> Result<Option<(Value, i32)>, DecodeError> {
        let Recorded { envelope, event: payload, .. } = event;
        let (name, version) = (envelope.event_type.as_str(), envelope.schema_version);
        match envelope.aggregate_type.as_str() {
            Project::TYPE => upcast::<work::project::Event>(name, version, payload),
            Ticket::TYPE => upcast::<work::ticket::Event>(name, version, payload),
            Task::TYPE => upcast::<work::task::Event>(name, version, payload),
            WorkGraph::TYPE => upcast::<work::work_graph::Event>(name, version, payload),
            Spec::TYPE => upcast::<planning::spec::Event>(name, version, payload),
            Run::TYPE => upcast::<execution::run::Event>(name, version, payload),
            Agent::TYPE => upcast::<execution::agent::Event>(name, version, payload),
            Merge::TYPE => upcast::<execution::merge::Event>(name, version, payload),
            Repository::TYPE => upcast::<execution::repository::Event>(name, version, payload),
            Intervention::TYPE => upcast::<oversight::intervention::Event>(name, version, payload),
            Trajectory::TYPE => upcast::<execution::trajectory::Event>(name, version, payload),
            Organization::TYPE => upcast::<identity::organization::Event>(name, version, payload),
            User::TYPE => upcast::<identity::user::Event>(name, version, payload),
            _ => Err(DecodeError::UnknownType(name.to_owned())),
        }
    }
}
