//! Where the requirements say one thing and the work another.
//!
//! | code | what is so |
//! |---|---|
//! | `changed_after_completion` | a requirement says something else since a task for it was completed, and no other task takes that up |
//! | `uncovered` | all tasks for a requirement were cancelled or have failed |
//! | `changed_too_late` | the plan says something else of a ticket or task that was begun or over by then: it stays as it was |
//! | `withdrawn_but_begun` | the plan no longer has a task, and somebody had begun it |
//! | `cancelled_by_hand` | somebody gave up a task that the plan has |

use std::collections::BTreeMap;

use plan::Plan;
use plan::compute;
use planning::spec::{Details, Materialized, Work};
use schemars::JsonSchema;
use serde::Serialize;

use super::revisions::Revisions;

/// How far a task of the spec is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskStanding {
    /// In one word, as the task itself says it.
    pub status: &'static str,
    /// The last event about it; of a completed task the one that completed it.
    pub position: i64,
}

/// One place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(rename = "SpecDrift")]
pub struct Drift {
    /// What kind of drift it is.
    pub code: &'static str,
    /// The requirement, by its id in the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// The task or ticket, by its number in the project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task: Option<String>,
    /// In words.
    pub message: String,
}

/// Every place, in the order of the plan. Of a task that is not in `tasks` nothing is said.
pub(super) fn drift(
    spec: &Details,
    revisions: &Revisions,
    tasks: &BTreeMap<String, TaskStanding>,
) -> Vec<Drift> {
    let Some(work) = &spec.work else { return Vec::new() };
    let plan = spec.plan();
    let mut drift = of_requirements(&plan, work, revisions, tasks);
    drift.extend(of_work(&plan, work, tasks));
    drift
}

fn of_requirements(
    plan: &Plan,
    work: &Work,
    revisions: &Revisions,
    tasks: &BTreeMap<String, TaskStanding>,
) -> Vec<Drift> {
    let mut drift = Vec::new();
    for row in compute::coverage(&plan.requirements, &plan.tasks) {
        let known = row.covered_by_tasks.iter().filter_map(|local| {
            let one = work.tasks.get(local)?;
            Some((one, tasks.get(&one.id.to_string())?))
        });
        let known: Vec<(&Materialized, &TaskStanding)> = known.collect();
        if known.is_empty() {
            continue;
        }
        let about = |code, task: Option<&Materialized>, message| Drift {
            code,
            requirement: Some(row.requirement_id.clone()),
            task: task.map(|task| task.number.clone()),
            message,
        };
        if known.iter().all(|(_, task)| matches!(task.status, "cancelled" | "failed")) {
            let message = format!("every task for {} was cancelled or has failed", row.requirement_id);
            drift.push(about("uncovered", None, message));
            continue;
        }
        let since = revisions.said_since(&row.requirement_id).unwrap_or_default();
        let before = |task: &TaskStanding| task.status == "completed" && task.position < since;
        let taken_up = |task: &TaskStanding| !matches!(task.status, "cancelled" | "failed") && !before(task);
        let done_before = known.iter().rev().find(|(_, task)| before(task));
        if let Some((task, _)) = done_before.filter(|_| !known.iter().any(|(_, task)| taken_up(task))) {
            let message = format!(
                "{} says something else since {} was completed, and no other task takes that up",
                row.requirement_id, task.number
            );
            drift.push(about("changed_after_completion", Some(task), message));
        }
    }
    drift
}

fn of_work(plan: &Plan, work: &Work, tasks: &BTreeMap<String, TaskStanding>) -> Vec<Drift> {
    let standing = |one: &Materialized| tasks.get(&one.id.to_string()).map(|task| task.status);
    let about = |code, one: &Materialized, message| Drift {
        code,
        requirement: None,
        task: Some(one.number.clone()),
        message,
    };
    let locals = plan
        .tasks
        .tickets
        .iter()
        .map(|ticket| &ticket.id)
        .chain(plan.tasks.tasks.iter().map(|task| &task.id));
    let mut drift = Vec::new();
    for local in locals {
        let Some(one) = work.tasks.get(local).or_else(|| work.tickets.get(local)) else { continue };
        if work.tasks.contains_key(local) && standing(one) == Some("cancelled") {
            let message =
                format!("{} was cancelled by hand, and the plan still has it as {local}", one.number);
            drift.push(about("cancelled_by_hand", one, message));
        } else if work.kept.contains(local) {
            let message = format!(
                "the plan says something else of {} since; it was begun or over by then and stays as it was",
                one.number
            );
            drift.push(about("changed_too_late", one, message));
        }
    }
    for one in &work.withdrawn {
        if standing(one).is_some_and(|status| !matches!(status, "cancelled" | "failed")) {
            let message = format!("the plan no longer has {}, and somebody had begun it", one.number);
            drift.push(about("withdrawn_but_begun", one, message));
        }
    }
    drift
}
