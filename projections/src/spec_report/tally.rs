//! Runs, counted: of a task, and of an agent.

use std::collections::BTreeMap;

use execution::run::Outcome;
use kernel::Usd;
use vocabulary::Name;

use super::fold::sum;
use super::{AgentTally, Changed, OfRun};

/// Runs of something, counted.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Tally {
    pub(super) runs: usize,
    pub(super) runs_ms: u64,
    pub(super) cost: Usd,
    pub(super) agents: Vec<Name>,
    pub(super) drivers: Vec<Name>,
    /// What the last one that succeeded has changed.
    pub(super) changed: Option<Changed>,
    succeeded: usize,
}

impl Tally {
    /// In the order in which they began.
    pub(super) fn of<'r>(runs: impl IntoIterator<Item = &'r OfRun>) -> Self {
        let mut tally = Self::default();
        for run in runs {
            tally.add(run);
        }
        tally
    }

    fn add(&mut self, run: &OfRun) {
        self.runs += 1;
        let micros = run.ended_at.map_or(0, |ended| ended.micros().saturating_sub(run.began_at.micros()));
        self.runs_ms = self.runs_ms.saturating_add(u64::try_from(micros / 1_000).unwrap_or(0));
        self.cost = sum(self.cost, run.cost);
        for (names, name) in [(&mut self.agents, &run.agent), (&mut self.drivers, &run.driver)] {
            // The last one last.
            names.retain(|known| known != name);
            names.push(name.clone());
        }
        if run.outcome == Some(Outcome::Succeeded) {
            self.succeeded += 1;
            self.changed = run.changed;
        }
    }
}

/// What each agent has done, in the order of their names.
pub(super) fn of_agents<'r>(runs: impl IntoIterator<Item = &'r OfRun>) -> Vec<AgentTally> {
    let mut by_agent: BTreeMap<(&str, &str), Tally> = BTreeMap::new();
    for run in runs {
        by_agent.entry((run.agent.as_str(), run.driver.as_str())).or_default().add(run);
    }
    let tallies = by_agent.into_values().filter_map(|tally| {
        let Tally { runs, runs_ms, cost, succeeded, .. } = tally;
        let (agent, driver) = (tally.agents.into_iter().next()?, tally.drivers.into_iter().next()?);
        Some(AgentTally { agent, driver, runs, succeeded, runs_ms, cost })
    });
    tallies.collect()
}
