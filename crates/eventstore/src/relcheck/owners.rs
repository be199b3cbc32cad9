//! One owner for each claim number of a lease, whoever says so: the row, the log, or those who worked.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::evidence::Evidence;
use super::log::Log;
use super::{Line, Report, Rule};

pub(super) fn check(log: &Log, evidence: &Evidence, report: &mut Report) {
    let mut owners: BTreeMap<(Uuid, &str, i64), BTreeSet<&str>> = BTreeMap::new();
    for (org, lease, epoch, owner) in &log.claims {
        owners.entry((*org, lease, *epoch)).or_default().insert(owner);
    }
    for line in evidence.journals.iter().flatten() {
        if let Line::Owner { org_id, lease, epoch, owner } = line {
            owners.entry((*org_id, lease, *epoch)).or_default().insert(owner);
        }
    }
    for row in &evidence.leases {
        owners.entry((row.org_id, &row.name, row.epoch)).or_default().insert(&row.owner);
        let later =
            owners.range((row.org_id, &*row.name, row.epoch + 1)..=(row.org_id, &*row.name, i64::MAX));
        for ((_, name, epoch), _) in later {
            let detail = format!("lease {name} is at {} and {epoch} was given out", row.epoch);
            report.found(Rule::LeaseSteppedBack, None, detail);
        }
    }
    for ((_, name, epoch), owners) in owners.iter().filter(|(_, owners)| owners.len() > 1) {
        report.found(Rule::TwoOwners, None, format!("claim {epoch} of {name} belongs to {owners:?}"));
    }
}
