//! Runs: one takes a place among those of its project and of its organization as it starts, with the locks of its task, and gives
//! them back as it ends; in between its trajectory is open.

use std::collections::BTreeSet;

use eventstore::Guard;
use execution::run::{Command, Event, Run};
use vocabulary::Name;

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
        let project = site.project.unwrap_or_default();
        let (of_project, locks) = (format!("runs/{project}"), format!("locks/{project}"));
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
                    for lock in once_each(&start.locks) {
                        let (scope, key) = (locks.clone(), lock.to_string());
                        guards.push(Guard::Unique { scope, key, holder: holder.clone() });
                    }
                    guards.push(Guard::IngestOpen { run: site.id, epoch: start.epoch });
                }
                Event::Ended { .. } => {
                    for pool in [of_project.clone(), ALL.to_owned()] {
                        guards.push(Guard::Release { pool, holder: holder.clone() });
                    }
                    let Run::Present(run) = self else { continue };
                    for lock in once_each(&run.start.locks) {
                        let (scope, key) = (locks.clone(), lock.to_string());
                        guards.push(Guard::Vacate { scope, key, holder: holder.clone() });
                    }
                    guards.push(Guard::IngestClose { run: site.id });
                }
                _ => {}
            }
        }
        guards
    }
}

/// Whoever names a lock twice wants it once.
fn once_each(locks: &[Name]) -> BTreeSet<&Name> {
    locks.iter().collect()
}

/// The pool of all runs of an organization.
const ALL: &str = "runs";
