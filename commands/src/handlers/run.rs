//! Runs: one takes a place among those of its project and of its organization as it starts, and gives it back as it ends;
//! in between its trajectory is open.

use eventstore::Guard;
use execution::run::{Command, Event, Run};

use super::{Handled, Site, WorkLease};
use crate::Permission;

/// Under what a run is written.
#[derive(Clone, Debug, Default)]
pub struct RunRules {
    /// The lease of the node that drives it.
    pub lease: WorkLease,
    /// How many runs there may be; only its start asks.
    pub slots: RunSlots,
}

/// How many runs may go on at a time; without a number as many as are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct RunSlots {
    /// In the project.
    pub project: Option<i64>,
    /// In the organization.
    pub organization: Option<i64>,
}

impl Handled for Run {
    type Rules = RunRules;

    fn permission(_: &Command) -> Permission {
        Permission::WriteRuns
    }

    fn guards(&self, site: &Site<'_, RunRules>, events: &[Event]) -> Vec<Guard> {
        let holder = site.id.to_string();
        let of_project = format!("runs/{}", site.project.unwrap_or_default());
        let mut guards: Vec<Guard> = site.rules.lease.fence().into_iter().collect();
        for event in events {
            match event {
                Event::Started(start) => {
                    let slots = site.rules.slots;
                    for (pool, limit) in
                        [(of_project.clone(), slots.project), (ALL.to_owned(), slots.organization)]
                    {
                        guards.push(Guard::Take { pool, holder: holder.clone(), amount: 1, limit });
                    }
                    guards.push(Guard::IngestOpen { run: site.id, epoch: start.epoch });
                }
                Event::Ended { .. } => {
                    for pool in [of_project.clone(), ALL.to_owned()] {
                        guards.push(Guard::Release { pool, holder: holder.clone() });
                    }
                    guards.push(Guard::IngestClose { run: site.id });
                }
                _ => {}
            }
        }
        guards
    }
}

/// The pool of all runs of an organization.
const ALL: &str = "runs";
