//! A build as it is seen at a moment: what the API says of its spec, its tasks, its runs and its merge.

use std::time::Duration;

use kernel::{Timestamp, Uuid};

use crate::cli::merge::answer::Merge;

/// Everything at once.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) spec: Spec,
    /// In the order of their numbers.
    pub(super) tasks: Vec<Task>,
    /// What comes before what.
    pub(super) edges: Vec<(Uuid, Uuid)>,
    /// Of these tasks, oldest first.
    pub(super) runs: Vec<Run>,
    pub(super) merge: Option<Merge>,
}

/// The spec.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Spec {
    pub(super) title: String,
    pub(super) status: String,
    /// What waits for approval: at which gate, with which hash.
    pub(super) gate: Option<(String, String)>,
    /// Questions without an answer, by their numbers.
    pub(super) questions: Vec<(u32, String)>,
    /// Its phases and how far each is.
    pub(super) phases: Vec<(String, String)>,
    /// Why it stands still.
    pub(super) reason: Option<String>,
    /// What its planning has cost, in millionths of a dollar.
    pub(super) cost: i64,
}

/// A task.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Task {
    pub(super) id: Uuid,
    pub(super) number: String,
    pub(super) title: String,
    pub(super) status: String,
    /// Why it is not started although it is ready, as far as that was asked for.
    pub(super) waits_for: Option<String>,
    /// Why it failed, or what blocks it, as far as that was asked for.
    pub(super) reason: Option<String>,
}

/// An attempt at a task.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Run {
    pub(super) id: Uuid,
    pub(super) task: Uuid,
    pub(super) agent: String,
    /// None while it goes on.
    pub(super) outcome: Option<String>,
    /// Why it ended so, when it did not succeed.
    pub(super) reason: Option<String>,
    pub(super) cost: i64,
    pub(super) began: Timestamp,
    pub(super) ended: Option<Timestamp>,
}

impl Seen {
    /// In millionths of a dollar: planning, and every attempt.
    pub(super) fn cost(&self) -> i64 {
        self.spec.cost + self.runs.iter().map(|run| run.cost).sum::<i64>()
    }

    /// Attempts that go on.
    pub(super) fn in_flight(&self) -> impl Iterator<Item = &Run> {
        self.runs.iter().filter(|run| run.outcome.is_none())
    }

    /// Tasks that are done, and all that count.
    pub(super) fn done(&self) -> (usize, usize) {
        let done = self.tasks.iter().filter(|task| task.is("completed")).count();
        (done, self.tasks.iter().filter(|task| !task.is("cancelled")).count())
    }

    /// From the first attempt to the end of the last one.
    pub(super) fn worked(&self) -> Duration {
        let first = self.runs.iter().map(|run| run.began.micros()).min();
        let last = self.runs.iter().filter_map(|run| Some(run.ended?.micros())).max();
        let micros = first.zip(last).map_or(0, |(first, last)| last.saturating_sub(first));
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    pub(super) fn task(&self, id: Uuid) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }
}

impl Task {
    pub(super) fn is(&self, status: &str) -> bool {
        self.status == status
    }

    /// Whether nothing more comes of it by itself.
    pub(super) fn is_over(&self) -> bool {
        matches!(self.status.as_str(), "completed" | "cancelled" | "failed")
    }
}

impl Run {
    /// How long it took, or none while it goes on.
    pub(super) fn micros(&self) -> Option<i64> {
        Some(self.ended?.micros().saturating_sub(self.began.micros()).max(0))
    }
}

#[cfg(test)]
pub(super) mod examples {
    use super::*;

    pub(in super::super) fn task(n: u128, status: &str) -> Task {
        Task {
            id: Uuid::from_u128(n),
            number: format!("TSK-{n:03}"),
            title: format!("Do {n}"),
            status: status.to_owned(),
            waits_for: None,
            reason: None,
        }
    }

    /// An attempt at task `n` that began at second `began`.
    pub(in super::super) fn run(n: u128, began: i64, ended: Option<(i64, &str)>) -> Run {
        let at = |second: i64| Timestamp::from_micros(second * 1_000_000);
        Run {
            id: Uuid::from_u128(1000 + n * 100 + u128::try_from(began).unwrap_or(0)),
            task: Uuid::from_u128(n),
            agent: "native".to_owned(),
            outcome: ended.map(|(_, outcome)| outcome.to_owned()),
            reason: None,
            cost: 10_000,
            began: at(began),
            ended: ended.map(|(second, _)| at(second)),
        }
    }

    /// Work goes on at tasks of these statuses.
    pub(in super::super) fn seen(statuses: &[&str]) -> Seen {
        let tasks = (1..).zip(statuses).map(|(n, status)| task(n, status)).collect();
        Seen {
            spec: Spec {
                title: "Invoices".to_owned(),
                status: "executing".to_owned(),
                gate: None,
                questions: Vec::new(),
                phases: Vec::new(),
                reason: None,
                cost: 0,
            },
            tasks,
            edges: Vec::new(),
            runs: Vec::new(),
            merge: None,
        }
    }

    /// A merge of all of it that stands so.
    pub(in super::super) fn merge(status: &str, complete: bool) -> Merge {
        let mut merge = crate::cli::merge::answer::examples::parked();
        merge.status = status.to_owned();
        merge.complete = complete;
        merge
    }
}
