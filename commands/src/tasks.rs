//! What people do with tasks, where it takes more than the task's own stream: a new task also stands in its
//! ticket and in the project's work graph, in one append.

use kernel::{ProjectId, Uuid, derived_uuid};
use vocabulary::{Hours, Name, Phase, Priority, TaskId, TaskNumber, Text, TicketId};
use work::task::{Command, Files, Plan, Task, Work};
use work::ticket::{self, Ticket};
use work::work_graph::{self, Node, NodeKind, PlannedNode, WorkGraph};

use crate::tickets::unknown;
use crate::{CommandError, Dispatcher, Intent, Permission, Receipt, Step};

/// A task as somebody asks for it; the number comes from the project's counter.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// What is to be done, in a line.
    pub title: Name,
    /// At length.
    pub description: Option<Text>,
    /// The ticket's phase when absent.
    pub phase: Option<Phase>,
    /// The ticket's priority when absent.
    pub priority: Option<Priority>,
    /// How much work it is thought to be.
    pub estimate: Option<Hours>,
    /// The files it is about.
    pub files: Files,
    /// How it is done.
    pub work: Work,
    /// Tasks of the same project that must be completed before it.
    pub depends_on: Vec<TaskId>,
}

impl Dispatcher {
    /// Plans a task under a ticket. The id follows from the command, so a repeat plans it once.
    ///
    /// # Errors
    /// `not_found` without such a ticket, `unknown_prerequisite` for a task that is not in the ticket's project.
    pub async fn plan_task(
        &self,
        intent: &Intent,
        ticket: TicketId,
        new: NewTask,
    ) -> Result<(TaskId, Receipt), CommandError> {
        let id = TaskId(derived_uuid(&[b"task", intent.command_id.0.as_bytes()]));
        intent.actor.require(Permission::WriteTasks)?;
        if let Some(receipt) = self.settled(intent).await? {
            return Ok((id, receipt));
        }
        let found = self.find_ticket(&intent.actor, ticket.0).await;
        let found = self.early(intent, found).await?;
        let (project, columns) = (found.project, found.columns());
        let card = self.card(intent.actor.org, ticket.0).await?;
        let prerequisites = self.prerequisites(intent, project, &new.depends_on).await;
        let prerequisites = self.early(intent, prerequisites).await?;
        let number = self.number(intent.actor.org, &format!("task/{project}")).await?;
        let number = u32::try_from(number).ok().and_then(|number| TaskNumber::new(number).ok());
        let number = number.ok_or_else(|| CommandError::Broken("the project has too many tasks".into()))?;
        let phase = new.phase.unwrap_or(card.phase);
        let plan = Plan {
            ticket,
            number,
            title: new.title,
            description: new.description,
            phase,
            priority: new.priority.unwrap_or(card.priority),
            estimate: new.estimate,
            files: new.files,
            work: new.work,
            prerequisites: new.depends_on.into_iter().collect(),
            spec: None,
        };
        let attach = ticket::Command::AttachTask { task: id, number, phase };
        let mut steps = vec![
            Step::on::<Task>(id.0, Command::Plan(Box::new(plan))).beginning().in_project(project),
            Step::under::<Ticket>(ticket.0, attach, columns),
        ];
        if !prerequisites.is_empty() {
            let nodes = vec![PlannedNode { node: task_node(id, number)?, prerequisites }];
            steps.push(Step::on::<WorkGraph>(project.0, work_graph::Command::PlanEdges { nodes }));
        }
        Ok((id, self.carry_out(intent, steps).await?))
    }

    /// Lets a task wait for another one of its project.
    ///
    /// # Errors
    /// `cycle`, naming it, when the other one waits for this one already; `unknown_prerequisite` as above.
    pub async fn add_task_dependency(
        &self,
        intent: &Intent,
        task: TaskId,
        on: TaskId,
        expected: Option<i64>,
    ) -> Result<Receipt, CommandError> {
        let command = Command::AddDependency { task, on };
        let edge = |from, to| work_graph::Command::AddEdge { from, to };
        self.change_edge(intent, (task, on), expected, command, edge).await
    }

    /// Lets a task no longer wait for another one.
    ///
    /// # Errors
    /// As [`Dispatcher::execute`].
    pub async fn remove_task_dependency(
        &self,
        intent: &Intent,
        task: TaskId,
        on: TaskId,
        expected: Option<i64>,
    ) -> Result<Receipt, CommandError> {
        let command = Command::RemoveDependency { on };
        let edge = |from, to| work_graph::Command::RemoveEdge { from, to };
        self.change_edge(intent, (task, on), expected, command, edge).await
    }

    /// The dependant and the graph change together.
    async fn change_edge(
        &self,
        intent: &Intent,
        (task, on): (TaskId, TaskId),
        expected: Option<i64>,
        command: Command,
        edge: impl FnOnce(Node, Node) -> work_graph::Command,
    ) -> Result<Receipt, CommandError> {
        intent.actor.require(Permission::WriteTasks)?;
        if let Some(receipt) = self.settled(intent).await? {
            return Ok(receipt);
        }
        let ends = self.ends(intent, task, on).await;
        let (project, from, to) = self.early(intent, ends).await?;
        let steps = vec![
            Step::on::<Task>(task.0, command).expecting(expected),
            Step::on::<WorkGraph>(project.0, edge(from, to)),
        ];
        self.carry_out(intent, steps).await
    }

    /// The ends of an edge between two tasks of one project: the project, the prerequisite, the dependant.
    async fn ends(
        &self,
        intent: &Intent,
        task: TaskId,
        on: TaskId,
    ) -> Result<(ProjectId, Node, Node), CommandError> {
        let (project, to) = self.find_task(intent, task).await?;
        let from = self.prerequisites(intent, project, &[on]).await?.remove(0);
        Ok((project, from, to))
    }

    async fn find_task(&self, intent: &Intent, task: TaskId) -> Result<(ProjectId, Node), CommandError> {
        let known = self.recall::<Task>(intent.actor.org, task.0).await?;
        let (Some(details), Some(project)) = (known.state.details(), known.project) else {
            return Err(unknown("task"));
        };
        if !intent.actor.sees(project) {
            return Err(unknown("task"));
        }
        Ok((project, task_node(task, details.plan.number)?))
    }

    /// The tasks `ids` as nodes of the project's graph.
    async fn prerequisites(
        &self,
        intent: &Intent,
        project: ProjectId,
        ids: &[TaskId],
    ) -> Result<Vec<Node>, CommandError> {
        let mut nodes = Vec::with_capacity(ids.len());
        for id in ids {
            match self.find_task(intent, *id).await {
                Ok((of, node)) if of == project => nodes.push(node),
                // A task of another project is as unknown here as one that does not exist.
                Ok(_) | Err(CommandError::Rejected { .. }) => {
                    return Err(CommandError::Rejected {
                        code: "unknown_prerequisite".into(),
                        message: format!("the project has no task {id} to wait for"),
                        repeated: false,
                    });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(nodes)
    }
}

fn task_node(id: TaskId, number: TaskNumber) -> Result<Node, CommandError> {
    let number = Name::new(&number.to_string()).map_err(|error| CommandError::Broken(error.to_string()))?;
    Ok(Node { id: Uuid::from(id), kind: NodeKind::Task, number })
}
