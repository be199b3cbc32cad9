//! What people call runs by: lists of other things say it, so that nobody has to ask for each run.

use std::collections::{BTreeMap, BTreeSet};

use eventstore::Unavailable;
use execution::run::Outcome;
use kernel::{OrgId, ProjectId};
use schemars::JsonSchema;
use serde::Serialize;
use vocabulary::{Name, RunId, Slug, TaskId, TaskNumber, TicketId};

use crate::ReadModels;

/// A run, as somebody who knows the work calls it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "RunName")]
pub struct RunName {
    /// The profile of its agent.
    pub agent: Name,
    /// How far it is, in one word: `starting`, `active`, `stopping`, `ended`.
    pub status: &'static str,
    /// How it ended; `null` before.
    pub outcome: Option<Outcome>,
    /// Its task.
    pub task: TaskId,
    /// What people call the task by; `null` when it is not known yet, as what follows.
    pub number: Option<TaskNumber>,
    /// What is to be done, in one line.
    pub title: Option<Name>,
    /// The ticket of the task.
    pub ticket: Option<TicketId>,
    /// Its project.
    pub project: Option<ProjectId>,
    /// The part of addresses of its project.
    pub project_slug: Option<Slug>,
}

impl ReadModels {
    /// What these runs are called, those that there are.
    ///
    /// # Errors
    /// When the database cannot be used.
    pub async fn names_of_runs(
        &self,
        org: OrgId,
        runs: Vec<RunId>,
    ) -> Result<BTreeMap<RunId, RunName>, Unavailable> {
        let lines = self.lines(org, runs).await?;
        if lines.is_empty() {
            return Ok(BTreeMap::new());
        }
        let tasks: BTreeSet<String> = lines.iter().map(|line| line.task.to_string()).collect();
        let tasks = self.tasks_named(org, &tasks.into_iter().collect::<Vec<_>>()).await?;
        let projects = lines.iter().filter_map(|line| line.project).collect();
        let slugs = self.slugs(org, &projects).await?;
        let named = lines.into_iter().map(|line| {
            let plan = tasks.get(&line.task).map(|task| &task.plan);
            let name = RunName {
                agent: line.agent,
                status: line.status,
                outcome: line.outcome,
                task: line.task,
                number: plan.map(|plan| plan.number),
                title: plan.map(|plan| plan.title.clone()),
                ticket: plan.map(|plan| plan.ticket),
                project: line.project,
                project_slug: line.project.and_then(|project| slugs.get(&project).cloned()),
            };
            (line.id, name)
        });
        Ok(named.collect())
    }
}
