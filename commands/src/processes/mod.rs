//! What one event causes elsewhere. A process is pure: it hears events, keeps rows of its own and asks for
//! actions; `crates/workers` carries them out as commands, once each.
//!
//! | event | process | action |
//! |---|---|---|
//! | `task.planned`, `dependency_added`, `dependency_removed`, `unblocked` | `task_dependencies` | the task becomes ready when all its prerequisites are completed; is blocked by those that failed or were cancelled |
//! | `task.completed` | `task_dependencies` | dependants whose last prerequisite it was become ready |
//! | `task.failed`, `task.cancelled` | `task_dependencies` | dependants are blocked, with the reason |
//! | `task.became_ready` after a failure | `task_dependencies` | dependants that it blocked are unblocked |
//! | `task.completed`, `failed`, `cancelled`, retried | `ticket_progress` | the ticket notes what became of its task |
//! | `ticket.task_outcome_noted`, `ticket.gate_approval_granted` | `ticket_progress` | the ticket goes on when its gates are open |
//! | `spec.plan_accepted` | `spec_work` | the plan becomes tickets, tasks and edges |
//! | `spec.plan_accepted` again | `spec_work` | what has become work follows the plan |
//! | `spec.work_revised` | `spec_work` | the spec is completed when what is left of it was done already |
//! | the first `task.started` of a spec | `spec_work` | the spec notes that work on it has begun |
//! | `ticket.completed` | `spec_work` | the spec is completed when that was its last ticket, unless a requirement rests on nothing |
//! | `task.completed` in a ticket that was forced into done, `spec.unproven_accepted` | `spec_work` | the same is looked at again |
//! | `task.retry_scheduled` | `retry_timers` | the task becomes ready when the wait is over |
//! | `spec.submitted`, `resumed`, an answer or a decision of a person | `planning` | the planner takes the spec up |
//! | `spec.phase_retry_scheduled` | `planning` | the same, when the wait is over |
//! | `task.cancelled`, `task.attempt_failed` | `runs_of_tasks` | the run that holds the task is stopped |
//! | `run.ended` | `agents` | the agent notes whether it was to blame |
//! | `run.steer_*`, `run.interrupt_*`, `run.ended` | `interventions` | an intervention is written down, and what became of it |
//! | `project.repository_*`, `run.work_published` | `repositories` | the repository notes that it is linked or not, and what was put into it |
//! | `run.ended`, `run.sandbox_ready`, a first phase of a `spec` | `repositories` | the repository notes whether it could be read |
//! | `run.started` | `running` | a node with sandboxes carries the run through to its end |
//! | `task.completed` | `finished_work` | the work of the task comes into the merge of its spec or ticket |
//! | `spec.completed`, `ticket.completed` | `finished_work` | the merge knows that nothing more is to come |
//! | `merge.candidate_added`, or what a person wants of a merge | `merging` | a node with sandboxes goes on with the merge |
//!
//! A process never decides on stale knowledge: it says what it saw, and the aggregate checks.

mod act;
mod agents;
mod finished_work;
#[cfg(test)]
mod finished_work_tests;
mod heard;
mod interventions;
#[cfg(test)]
mod interventions_tests;
mod job;
mod merging;
mod planning;
#[cfg(test)]
mod planning_tests;
mod repositories;
#[cfg(test)]
mod repositories_tests;
mod retry_timers;
mod running;
mod runs_of_tasks;
mod spec_work;
#[cfg(test)]
mod spec_work_tests;
mod task_dependencies;
#[cfg(test)]
mod tests;
mod ticket_progress;

use kernel::{Action, Process};
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use act::Act;
pub use agents::Agents;
pub use finished_work::FinishedWork;
pub use heard::Heard;
pub use interventions::Interventions;
pub use job::Job;
pub use merging::Merging;
pub use planning::Planning;
pub use repositories::Repositories;
pub use retry_timers::RetryTimers;
pub use running::Running;
pub use runs_of_tasks::RunsOfTasks;
pub use spec_work::SpecWork;
pub use task_dependencies::TaskDependencies;
pub use ticket_progress::TicketProgress;

/// A process of the product: its rows and actions are stored as JSON.
pub trait Reacting:
    Process<Event = Heard, Action: Serialize + DeserializeOwned + Send + Sync, Row: Serialize + DeserializeOwned>
{
}
impl<P> Reacting for P where
    P: Process<
            Event = Heard,
            Action: Serialize + DeserializeOwned + Send + Sync,
            Row: Serialize + DeserializeOwned,
        >
{
}

/// Does something with each process.
pub trait Visitor {
    /// Called once for each process whose actions are commands, over in no time.
    fn visit<P: Reacting<Action = Act>>(&mut self);

    /// Called once for each process whose actions are jobs, which take as long as they take.
    fn visit_jobs<P: Reacting<Action = Job>>(&mut self);
}

/// Shows every process of the product to `visitor`.
pub fn visit_all(visitor: &mut impl Visitor) {
    visitor.visit::<TaskDependencies>();
    visitor.visit::<TicketProgress>();
    visitor.visit::<RetryTimers>();
    visitor.visit::<SpecWork>();
    visitor.visit::<RunsOfTasks>();
    visitor.visit::<Agents>();
    visitor.visit::<Interventions>();
    visitor.visit::<Repositories>();
    visitor.visit::<FinishedWork>();
    visitor.visit_jobs::<Planning>();
    visitor.visit_jobs::<Running>();
    visitor.visit_jobs::<Merging>();
}

type Actions = Vec<Action<Act>>;
