//! Which tasks wait for which, and what their ends mean for those that wait.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{Action, Process, Recorded, Start};
use serde::{Deserialize, Serialize};
use vocabulary::{TaskId, Text};
use work::task::Event;

use super::heard::subject;
use super::{Act, Actions, Heard};

/// What it knows of one project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TaskDependencies {
    /// What each unfinished task with prerequisites waits for.
    prerequisites: BTreeMap<TaskId, BTreeSet<TaskId>>,
    /// How tasks ended, for now.
    ended: BTreeMap<TaskId, End>,
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

impl Process for TaskDependencies {
    const NAME: &'static str = "task_dependencies";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["task"];
    type Event = Heard;
    type Action = Act;

    fn react(&mut self, event: &Recorded<Heard>) -> Actions {
        let Heard::Task(fact) = &event.event else { return Vec::new() };
        let task: TaskId = subject(event);
        match fact {
            Event::Planned(plan) => {
                if !plan.prerequisites.is_empty() {
                    self.prerequisites.insert(task, plan.prerequisites.clone());
                }
                self.settle(task)
            }
            Event::DependencyAdded { on } => {
                self.prerequisites.entry(task).or_default().insert(*on);
                self.settle(task)
            }
            Event::DependencyRemoved { on } => {
                self.prerequisites.entry(task).or_default().remove(on);
                self.settle(task)
            }
            Event::Unblocked { .. } => self.settle(task),
            Event::Completed { .. } => {
                self.prerequisites.remove(&task);
                self.end(task, End::Completed)
            }
            Event::Failed { reason } => self.end(task, dead("failed", reason.as_str())),
            Event::Cancelled { reason } => {
                self.prerequisites.remove(&task);
                self.end(task, dead("was cancelled", reason.as_ref().map_or("", Text::as_str)))
            }
            Event::BecameReady { retried: true } => self.revive(task),
            _ => Vec::new(),
        }
    }
}

impl TaskDependencies {
    /// What the ends of its prerequisites mean for `task` now.
    fn settle(&self, task: TaskId) -> Actions {
        let Some(prerequisites) = self.prerequisites.get(&task) else { return Vec::new() };
        if prerequisites.is_empty() {
            // The task knows that by itself.
            return Vec::new();
        }
        let mut actions = Vec::new();
        let mut satisfied = BTreeSet::new();
        for by in prerequisites {
            match self.ended.get(by) {
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

    fn end(&mut self, task: TaskId, end: End) -> Actions {
        self.ended.insert(task, end);
        self.dependants(task).into_iter().flat_map(|dependant| self.settle(dependant)).collect()
    }

    /// A task that had failed is tried again.
    fn revive(&mut self, task: TaskId) -> Actions {
        self.ended.remove(&task);
        let unblock = |dependant| {
            let act = Act::Unblock { task: dependant, by: task };
            Action::now("unblock", target(dependant), act)
        };
        self.dependants(task).into_iter().map(unblock).collect()
    }

    fn dependants(&self, on: TaskId) -> Vec<TaskId> {
        let waits = |(task, prerequisites): (&TaskId, &BTreeSet<TaskId>)| {
            prerequisites.contains(&on).then_some(*task)
        };
        self.prerequisites.iter().filter_map(waits).collect()
    }
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
