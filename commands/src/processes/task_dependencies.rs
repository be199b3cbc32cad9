//! Which tasks wait for which, and what their ends mean for those that wait.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Action, Memory, News, Process, Start, Uuid};
use serde::{Deserialize, Serialize};
use vocabulary::{TaskId, Text};
use work::task::Event;

use super::heard::subject;
use super::{Act, Actions, Heard};

/// Makes tasks ready, and blocks those that wait for what will not come.
#[derive(Debug)]
pub struct TaskDependencies;

/// What it knows of a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskRow {
    /// What the task waits for, and how each of them ended; empty once the task is over itself.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    prerequisites: BTreeMap<TaskId, Option<End>>,
    /// Who has ever waited for it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    dependants: BTreeSet<TaskId>,
    /// How it ended, for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end: Option<End>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
enum End {
    Completed,
    /// Failed, or cancelled: it will not be completed as things stand.
    Dead {
        reason: Text,
    },
}

type Rows = Memory<TaskRow>;

impl Process for TaskDependencies {
    const NAME: &'static str = "task_dependencies";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["task"];
    type Event = Heard;
    type Action = Act;
    type Row = TaskRow;

    fn recalls(news: &News<'_, Heard, Act>) -> Vec<Uuid> {
        let Some((task, fact)) = of_task(news) else { return Vec::new() };
        let mut ids = match fact {
            Event::Planned(plan) => plan.prerequisites.iter().map(|on| on.0).collect(),
            Event::DependencyAdded { on } | Event::DependencyRemoved { on } => vec![on.0],
            Event::Unblocked { .. }
            | Event::Completed { .. }
            | Event::Failed { .. }
            | Event::Cancelled { .. }
            | Event::BecameReady { retried: true } => Vec::new(),
            _ => return Vec::new(),
        };
        ids.push(task.0);
        ids
    }

    fn leads_to(news: &News<'_, Heard, Act>, memory: &Rows) -> Vec<Uuid> {
        match of_task(news) {
            Some((task, fact)) if is_turn(fact) => {
                memory.get(task.0).into_iter().flat_map(|row| &row.dependants).map(|id| id.0).collect()
            }
            _ => Vec::new(),
        }
    }

    fn react(news: &News<'_, Heard, Act>, rows: &mut Rows) -> Actions {
        let Some((task, fact)) = of_task(news) else { return Vec::new() };
        match fact {
            Event::Planned(plan) => {
                plan.prerequisites.iter().for_each(|on| wait(rows, task, *on));
                settle(rows, task)
            }
            Event::DependencyAdded { on } => {
                wait(rows, task, *on);
                settle(rows, task)
            }
            Event::DependencyRemoved { on } => {
                rows.of(task.0).prerequisites.remove(on);
                rows.of(on.0).dependants.remove(&task);
                settle(rows, task)
            }
            Event::Unblocked { .. } => settle(rows, task),
            Event::Completed { .. } => {
                rows.of(task.0).prerequisites.clear();
                end(rows, task, &End::Completed)
            }
            Event::Failed { reason } => end(rows, task, &dead("failed", reason.as_str())),
            Event::Cancelled { reason } => {
                rows.of(task.0).prerequisites.clear();
                end(rows, task, &dead("was cancelled", reason.as_ref().map_or("", Text::as_str)))
            }
            Event::BecameReady { retried: true } => revive(rows, task),
            _ => Vec::new(),
        }
    }
}

fn of_task<'a>(news: &News<'a, Heard, Act>) -> Option<(TaskId, &'a Event)> {
    let News::Happened(event) = news else { return None };
    let Heard::Task(fact) = &event.event else { return None };
    Some((subject(event), fact))
}

/// Whether the event matters to those that wait for the task.
fn is_turn(fact: &Event) -> bool {
    matches!(
        fact,
        Event::Completed { .. }
            | Event::Failed { .. }
            | Event::Cancelled { .. }
            | Event::BecameReady { retried: true }
    )
}

fn wait(rows: &mut Rows, task: TaskId, on: TaskId) {
    let prerequisite = rows.of(on.0);
    prerequisite.dependants.insert(task);
    let end = prerequisite.end.clone();
    rows.of(task.0).prerequisites.insert(on, end);
}

/// What the ends of its prerequisites mean for `task` now.
fn settle(rows: &Rows, task: TaskId) -> Actions {
    let Some(TaskRow { prerequisites, .. }) = rows.get(task.0) else { return Vec::new() };
    if prerequisites.is_empty() {
        // The task knows that by itself.
        return Vec::new();
    }
    let mut actions = Vec::new();
    let mut satisfied = BTreeSet::new();
    for (by, end) in prerequisites {
        match end {
            Some(End::Completed) => {
                satisfied.insert(*by);
            }
            Some(End::Dead { reason }) => {
                let act = Act::Block { task, by: *by, reason: reason.clone() };
                actions.push(Action::now(format!("block_by/{by}"), target(task), act));
            }
            None => {}
        }
    }
    if satisfied.len() == prerequisites.len() {
        actions.push(Action::now("become_ready", target(task), Act::BecomeReady { task, satisfied }));
    }
    actions
}

fn end(rows: &mut Rows, task: TaskId, end: &End) -> Actions {
    let dependants = note(rows, task, Some(end));
    dependants.into_iter().flat_map(|dependant| settle(rows, dependant)).collect()
}

/// A task that had failed is tried again.
fn revive(rows: &mut Rows, task: TaskId) -> Actions {
    let unblock = |dependant| {
        let act = Act::Unblock { task: dependant, by: task };
        Action::now("unblock", target(dependant), act)
    };
    note(rows, task, None).into_iter().map(unblock).collect()
}

/// Notes how a task ended, with it and with those that still wait for it; answers these.
fn note(rows: &mut Rows, task: TaskId, end: Option<&End>) -> Vec<TaskId> {
    let row = rows.of(task.0);
    row.end = end.cloned();
    let mut waiting = Vec::new();
    for dependant in row.dependants.clone() {
        if let Some(known) = rows.of(dependant.0).prerequisites.get_mut(&task) {
            *known = end.cloned();
            waiting.push(dependant);
        }
    }
    waiting
}

fn target(task: TaskId) -> String {
    format!("task/{task}")
}

fn dead(what: &str, reason: &str) -> End {
    let text = if reason.is_empty() {
        format!("a task it waits for {what}")
    } else {
        format!("a task it waits for {what}: {reason}")
    };
    // A cancellation may be explained at a length that leaves no room for the words before it.
    let cut: String = text.chars().take(Text::MAX_CHARS).collect();
    End::Dead { reason: Text::new(&cut).expect("it has words") }
}
