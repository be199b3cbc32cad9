//! Trajectories: what a call to a model may cost is taken out of the budget of its spec before it is made.

use eventstore::Guard;
use execution::trajectory::{Command, Event, Subject, Trajectory};
use kernel::{Usd, Uuid};

use super::{Handled, Site, WorkLease};
use crate::Permission;

/// Under what calls are made.
#[derive(Clone, Debug, Default)]
pub struct CallRules {
    /// The lease of who makes them.
    pub lease: WorkLease,
    /// What all calls for the same thing may cost together; without one there is no limit.
    pub budget: Option<Usd>,
}

impl Handled for Trajectory {
    type Rules = CallRules;

    fn permission(_: &Command) -> Permission {
        Permission::WriteSpecs
    }

    fn guards(&self, site: &Site<'_, CallRules>, events: &[Event]) -> Vec<Guard> {
        let limit = site.rules.budget.map(Usd::micros);
        let money = events.iter().filter_map(|event| match event {
            Event::LlmCallStarted { call, of, reserved, .. } => Some(take(of, *call, *reserved, limit)),
            // What was spent is spent, also beyond the budget.
            Event::UsageRecorded { call, of, cost, .. } => Some(take(of, *call, *cost, None)),
            // What was reserved stays out.
            Event::LlmCallAmbiguous { .. } | Event::LlmCallFinished { .. } => None,
            // What agents do otherwise costs nothing.
            _ => None,
        });
        site.rules.lease.fence().into_iter().chain(money).collect()
    }
}

fn take(of: &Subject, call: Uuid, amount: Usd, limit: Option<i64>) -> Guard {
    let (pool, holder, amount) = (budget_of(of), call.to_string(), amount.micros());
    if amount > 0 { Guard::Take { pool, holder, amount, limit } } else { Guard::Release { pool, holder } }
}

/// The pool that calls take from.
fn budget_of(of: &Subject) -> String {
    match of {
        Subject::Planning { spec, .. } => format!("spec_budget/{spec}"),
        Subject::Run { run } => format!("run_budget/{run}"),
        Subject::Merge { merge } => format!("merge_budget/{merge}"),
    }
}
