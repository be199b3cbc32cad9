//! How a ticket gets from phase to phase: moved by someone, or by itself.

use kernel::ActorId;
use vocabulary::{Criterion, Gates, Phase};

use super::gate::Verdict;
use super::{Approval, Card, Event, Rank, Rejection, TaskOutcome};

/// Where someone wants a ticket.
#[derive(Debug)]
pub(super) struct Destination {
    pub(super) to: Phase,
    pub(super) forced: bool,
    pub(super) by: ActorId,
    pub(super) rank: Option<Rank>,
}

/// Moves an open or completed ticket.
pub(super) fn travel(card: &Card, there: Destination, gates: &Gates) -> Result<Vec<Event>, Rejection> {
    let Destination { to, forced, by, rank } = there;
    let mut events = Vec::new();
    if to != card.phase {
        if let Some(block) = card.blocked.as_ref().filter(|_| !forced) {
            return Err(Rejection::Blocked { reason: block.reason.clone() });
        }
        events = leave(card, to, gates, forced)?;
        events.push(Event::PhaseEntered { from: card.phase, to, forced, by: Some(by) });
        if to == Phase::Done {
            events.push(Event::Completed);
        }
    }
    events.extend(rank.and_then(|rank| reorder(card, rank)));
    Ok(events)
}

/// The event of another place; nothing when it is the same.
pub(super) fn reorder(card: &Card, rank: Rank) -> Option<Event> {
    (card.rank.as_ref() != Some(&rank)).then_some(Event::Reordered { rank })
}

/// Evaluates the gate of every phase from the current one up to `to`: none on the way back.
fn leave(card: &Card, to: Phase, gates: &Gates, forced: bool) -> Result<Vec<Event>, Rejection> {
    let left = Phase::ALL.into_iter().filter(|phase| (card.phase..to).contains(phase));
    let mut verdicts: Vec<_> = left.map(|phase| Verdict::of(card, phase, gates)).collect();
    if !forced && !verdicts.iter().all(Verdict::passed) {
        let unmet = verdicts.iter_mut().flat_map(|verdict| std::mem::take(&mut verdict.unmet)).collect();
        return Err(Rejection::GateClosed { unmet });
    }
    Ok(verdicts.into_iter().filter_map(|verdict| verdict.into_event(card, forced)).collect())
}

/// Goes on by itself as far as the work and the gates allow; no events when it is not time yet.
pub(super) fn advance(card: &Card, gates: &Gates) -> Vec<Event> {
    let mut events = Vec::new();
    if card.blocked.is_some() || !was_worked_on(card, gates) {
        return events;
    }
    let mut phase = card.phase;
    while let Some(next) = phase.next() {
        if !card.nothing_unfinished_in(phase) {
            break;
        }
        // Work may be left behind in a phase that was passed before it was attached, or by force.
        if next == Phase::Done && !card.nothing_unfinished() {
            break;
        }
        let verdict = Verdict::of(card, phase, gates);
        if !verdict.passed() {
            let ask = verdict.lacks_only_approval() && !card.approvals.contains_key(&phase);
            events.extend(ask.then_some(Event::GateApprovalRequested { phase }));
            break;
        }
        events.extend(verdict.into_event(card, false));
        events.push(Event::PhaseEntered { from: phase, to: next, forced: false, by: None });
        phase = next;
    }
    if phase == Phase::Done && card.phase != Phase::Done {
        events.push(Event::Completed);
    }
    events
}

/// Whether the current phase was used: a task of it was completed, or what its gate asks of people was granted.
/// A ticket never leaves a phase by itself in which nothing happened, or only cancelling.
fn was_worked_on(card: &Card, gates: &Gates) -> bool {
    let completed = card.tasks_of(card.phase).any(|task| task.outcome == TaskOutcome::Completed);
    let granted = matches!(card.approvals.get(&card.phase), Some(Approval::Granted { .. }));
    completed || granted && gates.of(card.phase).contains(&Criterion::Approval)
}
