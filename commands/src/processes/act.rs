//! What processes ask for, as they are stored until they are carried out, and how each becomes a command.

use std::collections::BTreeSet;

use execution::agent::{self, Agent, Identity};
use execution::merge::Of;
use execution::repository::{self, Repository};
use execution::run::{self, Run};
use kernel::{ProjectId, Uuid};
use oversight::intervention::{self, Intervention, InterventionId};
use planning::spec::{self, Spec};
use serde::{Deserialize, Serialize};
use vocabulary::{Name, Reason, RunId, SpecId, TaskId, Text, TicketId};
use work::task::{self, Blocker, Task};
use work::ticket::{EvidenceNote, TaskOutcome};

use crate::{CommandError, Dispatcher, Intent, Receipt, Step};

/// One action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum Act {
    /// The prerequisites of a task are completed.
    BecomeReady {
        /// The task.
        task: TaskId,
        /// The completed ones.
        satisfied: BTreeSet<TaskId>,
    },
    /// A prerequisite of a task will not be completed as things stand.
    Block {
        /// The task.
        task: TaskId,
        /// The prerequisite.
        by: TaskId,
        /// Why.
        reason: Text,
    },
    /// The prerequisite is tried again.
    Unblock {
        /// The task.
        task: TaskId,
        /// The prerequisite.
        by: TaskId,
    },
    /// The wait after a failed attempt is over.
    RetryDue {
        /// The task.
        task: TaskId,
        /// The attempt that failed.
        attempt: u32,
    },
    /// Tells the ticket of a task what became of it.
    NoteOutcome {
        /// The task.
        task: TaskId,
        /// What became of it.
        outcome: TaskOutcome,
        /// What a completion rests on.
        evidence: Option<EvidenceNote>,
    },
    /// An accepted plan becomes work.
    Materialize {
        /// The spec.
        spec: SpecId,
    },
    /// Work on a spec has begun.
    StartExecution {
        /// The spec.
        spec: SpecId,
    },
    /// Tickets of a spec are done, maybe all of them.
    CompleteSpec {
        /// The spec.
        spec: SpecId,
        /// Those that are done.
        done: BTreeSet<TicketId>,
        /// How often the work of the spec had been revised then.
        #[serde(default)]
        revision: u32,
    },
    /// Nobody waits for what a run does any more.
    StopRun {
        /// The run.
        run: RunId,
        /// Why.
        reason: Reason,
    },
    /// Tells an agent how a run of it ended.
    NoteRun {
        /// The run.
        run: RunId,
        /// What the agent is.
        identity: Identity,
        /// What it was to blame for.
        fault: Option<Name>,
    },
    /// Somebody has stepped into a run, or it is known what became of that.
    Intervene {
        /// The project of the run.
        project: ProjectId,
        /// The intervention.
        intervention: InterventionId,
        /// What it is told.
        command: intervention::Command,
    },
    /// Something is known of a repository.
    TellRepository {
        /// Its project.
        project: ProjectId,
        /// The repository.
        repository: Uuid,
        /// What it is told.
        command: repository::Command,
    },
    /// The work of a task comes into its merge.
    AddToMerge {
        /// The task.
        task: TaskId,
        /// The run that did it.
        #[serde(default)]
        run: Option<RunId>,
    },
    /// Every task of a merge is done.
    CompleteMerge {
        /// Whose merge.
        of: Of,
        /// In which project.
        project: ProjectId,
    },
    /// There is more to come into a merge after all.
    ExtendMerge {
        /// Whose merge.
        of: Of,
        /// In which project.
        project: ProjectId,
    },
    /// It may be time for a ticket to go on.
    Advance {
        /// The ticket.
        ticket: TicketId,
    },
}

impl Dispatcher {
    /// Carries out what a process asked for.
    ///
    /// # Errors
    /// As [`Dispatcher::execute`]; a rejection is the process's to hear.
    pub async fn act(&self, intent: &Intent, act: Act) -> Result<Receipt, CommandError> {
        match act {
            Act::BecomeReady { task, satisfied } => {
                self.execute::<Task>(intent, task.0, task::Command::BecomeReady { satisfied }).await
            }
            Act::Block { task, by, reason } => {
                let command = task::Command::Block { by: Blocker::Dependency { task: by }, reason };
                self.execute::<Task>(intent, task.0, command).await
            }
            Act::Unblock { task, by } => {
                let command = task::Command::Unblock { by: Blocker::Dependency { task: by } };
                self.execute::<Task>(intent, task.0, command).await
            }
            Act::RetryDue { task, attempt } => {
                self.execute::<Task>(intent, task.0, task::Command::RetryDue { attempt }).await
            }
            Act::NoteOutcome { task, outcome, evidence } => {
                self.note_outcome(intent, task, outcome, evidence).await
            }
            Act::Materialize { spec } => self.materialize_spec(intent, spec).await,
            Act::StartExecution { spec } => {
                self.execute::<Spec>(intent, spec.0, spec::Command::StartExecution).await
            }
            Act::CompleteSpec { spec, done, revision } => {
                self.complete_spec(intent, spec, done, revision).await
            }
            Act::StopRun { run, reason } => {
                self.execute::<Run>(intent, run.0, run::Command::RequestStop { reason, by: None }).await
            }
            Act::NoteRun { run, identity, fault } => {
                let id = agent::of_profile(intent.actor.org, &identity.profile);
                self.execute::<Agent>(intent, id, agent::Command::NoteRun { run, identity, fault }).await
            }
            Act::Intervene { project, intervention, command } => {
                let step = Step::on::<Intervention>(intervention.0, command).in_project(project);
                self.carry_out(intent, vec![step]).await
            }
            Act::TellRepository { project, repository, command } => {
                let step = Step::on::<Repository>(repository, command).in_project(project);
                self.carry_out(intent, vec![step]).await
            }
            Act::AddToMerge { task, run } => self.add_to_merge(intent, task, run).await,
            Act::CompleteMerge { of, project } => self.complete_merge(intent, of, project).await,
            Act::ExtendMerge { of, project } => self.extend_merge(intent, of, project).await,
            Act::Advance { ticket } => self.advance_ticket(intent, ticket).await,
        }
    }
}
