//! A spec is completed when its tickets are done and its requirements rest on evidence, or somebody accepts that some do not.

use std::collections::BTreeSet;

use kernel::ActorId;
use vocabulary::{Text, TicketId};

use super::super::{Details, Event, Proof, Stage};
use super::{Decision, Rejection};

pub(super) fn complete(
    spec: &Details,
    done: &BTreeSet<TicketId>,
    revision: u32,
    proofs: &[Proof],
) -> Decision {
    if spec.work.is_none() {
        return Err(Rejection::NotPlanned(spec.stage.name()));
    }
    if !spec.is_done(done, revision) {
        return Ok(Vec::new());
    }
    let mut events = match spec.stage {
        Stage::Executing => Vec::new(),
        // Nobody told it of the beginning.
        Stage::Planned => vec![Event::ExecutionStarted],
        // It is completed or cancelled already.
        _ => return Ok(Vec::new()),
    };
    let unproven = spec.without_evidence(proofs);
    if unproven.is_empty() {
        events.push(Event::Completed);
    } else if unproven.iter().collect::<BTreeSet<_>>() != spec.unproven.iter().collect() {
        events.push(Event::CompletionHeld { unproven });
    }
    Ok(events)
}

/// What holds the completion is accepted as it is. Whether that was all, and all is still done, is looked at anew.
pub(super) fn accept(spec: &Details, requirements: &BTreeSet<String>, reason: Text, by: ActorId) -> Decision {
    let new: Vec<String> = requirements.difference(&spec.accepted).cloned().collect();
    match spec.stage {
        Stage::Completed | Stage::Planned | Stage::Executing if new.is_empty() => return Ok(Vec::new()),
        Stage::Planned | Stage::Executing => {}
        _ if spec.stage.is_over() => return Err(Rejection::Over(spec.stage.name())),
        _ => return Err(Rejection::NotPlanned(spec.stage.name())),
    }
    if let Some(requirement) = new.iter().find(|id| !spec.unproven.contains(*id)) {
        return Err(Rejection::NotUnproven { requirement: requirement.clone() });
    }
    Ok(vec![Event::UnprovenAccepted { requirements: new, reason, by }])
}

impl Details {
    /// Whether `done` are all its tickets, and were as of what its work is now: after a revision tickets may have come, or be
    /// open again, and whoever hears of that asks anew.
    #[must_use]
    pub fn is_done(&self, done: &BTreeSet<TicketId>, revision: u32) -> bool {
        self.work.as_ref().is_some_and(|work| {
            let all = work.tickets.values().all(|ticket| done.contains(&TicketId(ticket.id)));
            work.behind.is_none() && work.revision == revision && all
        })
    }
}
