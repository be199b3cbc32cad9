//! A plan in numbers.

use std::collections::{BTreeMap, BTreeSet};

use super::schedule::minutes;
use crate::phases::{PlannedTask, Tasks};

/// A plan in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many tickets there are.
    pub tickets: usize,
    /// How many tasks there are.
    pub tasks: usize,
    /// How many of them are done already.
    pub done: usize,
    /// How many there are of each type.
    pub by_type: BTreeMap<String, usize>,
    /// The effort of all tasks.
    pub minutes: u64,
    /// How many files are new.
    pub files_to_create: usize,
    /// How many files change.
    pub files_to_modify: usize,
}

/// The numbers of `tasks`.
#[must_use]
pub fn totals(tasks: &Tasks) -> Totals {
    let mut by_type = BTreeMap::new();
    for task in &tasks.tasks {
        let kind = if task.kind.is_empty() { "unknown" } else { &task.kind };
        *by_type.entry(kind.to_owned()).or_default() += 1;
    }
    Totals {
        tickets: tasks.tickets.len(),
        tasks: tasks.tasks.len(),
        done: tasks.tasks.iter().filter(|task| task.done).count(),
        by_type,
        minutes: tasks.tasks.iter().map(minutes).sum(),
        files_to_create: distinct(tasks, |task| &task.files_to_create),
        files_to_modify: distinct(tasks, |task| &task.files_to_modify),
    }
}

fn distinct<'t>(tasks: &'t Tasks, files: fn(&'t PlannedTask) -> &'t [String]) -> usize {
    tasks.tasks.iter().flat_map(files).map(|file| file.trim()).collect::<BTreeSet<_>>().len()
}
