//! The work of a plan that has changed: what is known of it, and what the plan makes of that now.
//!
//! Three things are compared: the plan that the work follows, the plan as it is now, and the work as people and agents have
//! made it since. Only what differs between the plans is changed, so that what somebody did by hand stays.
//!
//! - `names` what everything is called now
//! - `follow` what becomes of each ticket and task
//! - `edges` what waits for what
//! - `steps` the same as steps of one append

mod edges;
mod follow;
mod names;
mod steps;

use std::collections::{BTreeMap, BTreeSet};

use eventstore::LoadError;
use kernel::{CommandId, Decider as _, OrgId, ProjectId, Rejection as _, Uuid};
use plan::compute::{self, Changes};
use plan::phases::Tasks;
use plan::{ContentHash, Plan};
use planning::spec::{Command, Details, Spec, Work};
use vocabulary::{Board, SpecId};
use work::task::{self, Task};
use work::ticket::Ticket;
use work::work_graph::WorkGraph;

use super::Found;
use super::work::Numbers;
use crate::{CommandError, Dispatcher, Handled, Intent, Permission, Receipt};

/// How often work is looked at anew that changed while it was decided what becomes of it.
const TRIES: u32 = 20;

/// What a revision would change.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The plan before.
    pub before: Plan,
    /// The plan after, with the ids that it will have.
    pub after: Plan,
    /// Of the requirements.
    pub requirements: Changes,
    /// Whether the design is another one.
    pub design: bool,
    /// Of the tickets.
    pub tickets: Changes,
    /// Of the tasks.
    pub tasks: Changes,
    /// Ids of what stays as it is, though the plan says something else of it: it was begun, or is over.
    pub kept: BTreeSet<String>,
    /// The work before.
    pub work: Option<Work>,
}

impl Preview {
    /// Whether the plan stays the same.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.before == self.after
    }
}

/// The work as it is, as far as another version of its plan concerns it.
struct Looked {
    spec: SpecId,
    project: ProjectId,
    /// The hash of the tasks that are to be followed.
    hash: ContentHash,
    work: Work,
    /// What the work follows.
    before: Tasks,
    /// What it is to follow.
    after: Tasks,
    /// By id.
    tasks: BTreeMap<Uuid, task::Details>,
    /// By id.
    tickets: BTreeMap<Uuid, Ticket>,
    graph: WorkGraph,
}

impl Dispatcher {
    /// Whether somebody may revise a spec that is there.
    ///
    /// # Errors
    /// `Forbidden`, or `not_found` without such a spec.
    pub async fn may_revise(&self, intent: &Intent, spec: SpecId) -> Result<(), CommandError> {
        intent.actor.require(Permission::ApproveSpecs)?;
        if self.settled(intent).await?.is_some() {
            return Ok(());
        }
        let found = self.find_spec(intent, spec).await;
        self.early(intent, found).await.map(|_| ())
    }

    /// What a revision would change; nothing is written.
    ///
    /// # Errors
    /// As the revision itself: `content_changed`, `vetoed`, `not_planned`, `over`.
    pub async fn preview_revision(
        &self,
        intent: &Intent,
        spec: SpecId,
        plan: Plan,
        base: ContentHash,
    ) -> Result<Preview, CommandError> {
        intent.actor.require(Permission::ApproveSpecs)?;
        let Found { project, details, .. } = self.find_spec(intent, spec).await?;
        let (before, after) = (details.plan(), details.aligned(plan.clone()));
        let command = Command::Revise { plan: Box::new(plan), base, by: intent.actor.id };
        let state = Spec::Present(Box::new(details.clone()));
        state.decide(command).map_err(|rejection| CommandError::Rejected {
            code: rejection.code().to_owned(),
            message: rejection.to_string(),
            repeated: false,
        })?;
        let kept = match &details.work {
            Some(_) => {
                let looked = self.look_at_work(intent, spec, project, &details, after.tasks.clone()).await?;
                // Numbers of what is never written.
                let outcome = follow::follow(&looked, &Numbers { tickets: 1, tasks: 1 })?;
                outcome.stays()
            }
            None => BTreeSet::new(),
        };
        Ok(Preview {
            requirements: compute::changed_requirements(&before, &after),
            design: before.design != after.design,
            tickets: compute::changed_tickets(&before.tasks, &after.tasks),
            tasks: compute::changed_tasks(&before.tasks, &after.tasks),
            kept,
            work: details.work,
            before,
            after,
        })
    }

    /// Makes the work follow the plan. Somebody may begin a task meanwhile: then it is looked at anew.
    pub(super) async fn follow_plan(
        &self,
        intent: &Intent,
        spec: SpecId,
        board: &Board,
    ) -> Result<Receipt, CommandError> {
        // What loses to others is no answer to remember.
        let quiet = Intent { remember_rejection: false, ..intent.clone() };
        for _ in 0..TRIES {
            let Found { project, details, .. } = self.find_spec(intent, spec).await?;
            if details.is_up_to_date() {
                return Ok(Receipt::nothing());
            }
            let after = details.plan().tasks;
            let looked = self.look_at_work(intent, spec, project, &details, after).await?;
            let new = (names::new_tickets(&looked).len(), names::new_tasks(&looked).len());
            let numbers = self.numbers_for(intent, project, new).await?;
            let outcome = follow::follow(&looked, &numbers)?;
            match self.carry_out(&quiet, steps::steps(&looked, board, outcome)?).await {
                Err(CommandError::Rejected { code, message, .. }) => {
                    tracing::debug!(spec.id = %spec, code, message, "the work changed while it was made to follow");
                }
                outcome => return outcome,
            }
        }
        let stream = format!("{}/{spec}", Spec::TYPE);
        Err(CommandError::Conflict { stream, actual: 0 })
    }

    async fn look_at_work(
        &self,
        intent: &Intent,
        spec: SpecId,
        project: ProjectId,
        details: &Details,
        after: Tasks,
    ) -> Result<Looked, CommandError> {
        let org = intent.actor.org;
        let work = details.work.clone().unwrap_or_default();
        let before = details.followed();
        let mut tasks = BTreeMap::new();
        for one in names::concerned(&work, &before, &after) {
            if let Some(details) = self.as_it_is::<Task>(org, one.id).await?.details() {
                tasks.insert(one.id, details.clone());
            }
        }
        let mut tickets = BTreeMap::new();
        let back = work.withdrawn_tickets.iter();
        let back = back.filter(|gone| after.tickets.iter().any(|ticket| ticket.id == gone.local));
        for one in work.tickets.values().chain(back) {
            tickets.insert(one.id, self.as_it_is::<Ticket>(org, one.id).await?);
        }
        let graph = self.as_it_is::<WorkGraph>(org, project.0).await?;
        let hash = details.tasks_hash();
        Ok(Looked { spec, project, hash, work, before, after, tasks, tickets, graph })
    }

    /// From the log: what this node has in memory may be a moment older.
    pub(crate) async fn as_it_is<D: Handled>(&self, org: OrgId, id: Uuid) -> Result<D, LoadError> {
        let loaded = self.store().load::<D>(org, &id.to_string(), CommandId(Uuid::nil())).await?;
        Ok(loaded.aggregate.state)
    }
}
