//! What an event makes of a ticket.

use vocabulary::Phase;

use super::{Approval, Block, Card, Event, PullRequest, TaskNote, TaskOutcome, Ticket};

/// Folds one event in. What is about a ticket that does not exist changes nothing.
pub(super) fn evolve(ticket: &mut Ticket, event: &Event) {
    match event {
        Event::Created { number, title, description, priority, phase, .. } => {
            *ticket = Ticket::Open(Box::new(Card {
                number: *number,
                title: title.clone(),
                description: description.clone(),
                priority: *priority,
                phase: *phase,
                rank: None,
                blocked: None,
                tasks: [].into(),
                approvals: [].into(),
                dependencies: [].into(),
                commits: [].into(),
                pull_requests: [].into(),
                comments: 0,
            }));
        }
        Event::PhaseEntered { from, to, .. } => enter(ticket, *from, *to),
        Event::Blocked { reason, by } => {
            if let Ticket::Open(card) = ticket {
                card.blocked = Some(Block { reason: reason.clone(), by: *by });
            }
        }
        Event::Completed => close(ticket, Ticket::Completed),
        Event::Cancelled { .. } => close(ticket, Ticket::Cancelled),
        // The rest changes what is on the card and leaves the state as it is.
        _ => {
            if let Ticket::Open(card) | Ticket::Completed(card) | Ticket::Cancelled(card) = ticket {
                change(card, event);
            }
        }
    }
}

fn enter(ticket: &mut Ticket, from: Phase, to: Phase) {
    let enter = |mut card: Box<Card>| {
        card.phase = to;
        if to < from {
            // What leaves these phases the next time is not what was approved.
            card.approvals.retain(|phase, _| *phase < to);
        }
        card
    };
    *ticket = match std::mem::take(ticket) {
        Ticket::Absent => Ticket::Absent,
        Ticket::Completed(card) if to == Phase::Done => Ticket::Completed(enter(card)),
        Ticket::Open(card) | Ticket::Completed(card) => Ticket::Open(enter(card)),
        Ticket::Cancelled(card) => Ticket::Cancelled(enter(card)),
    };
}

fn close(ticket: &mut Ticket, closed: fn(Box<Card>) -> Ticket) {
    *ticket = match std::mem::take(ticket) {
        Ticket::Open(mut card) => {
            card.blocked = None;
            closed(card)
        }
        other => other,
    };
}

fn change(card: &mut Card, event: &Event) {
    match event {
        Event::Refined { title, description, priority } => {
            card.title = title.as_ref().unwrap_or(&card.title).clone();
            card.description = description.as_ref().or(card.description.as_ref()).cloned();
            card.priority = priority.unwrap_or(card.priority);
        }
        Event::TaskAttached { task, number, phase } => {
            let new = TaskNote { number: *number, phase: *phase, outcome: TaskOutcome::Open, evidence: None };
            let note = card.tasks.entry(*task).or_insert(new);
            (note.number, note.phase) = (*number, *phase);
        }
        Event::TaskDetached { task } => {
            card.tasks.remove(task);
        }
        Event::TaskOutcomeNoted { task, outcome, evidence } => {
            if let Some(note) = card.tasks.get_mut(task) {
                (note.outcome, note.evidence) = (*outcome, *evidence);
            }
        }
        Event::GateApprovalRequested { phase } => {
            card.approvals.insert(*phase, Approval::Requested);
        }
        Event::GateApprovalGranted { phase, by } => {
            card.approvals.insert(*phase, Approval::Granted { by: *by });
        }
        Event::GateApprovalRejected { phase, by, reason } => {
            card.approvals.insert(*phase, Approval::Rejected { by: *by, reason: reason.clone() });
        }
        Event::Unblocked { .. } => card.blocked = None,
        Event::Reordered { rank } => card.rank = Some(rank.clone()),
        Event::Commented { .. } => card.comments = card.comments.saturating_add(1),
        Event::CommitLinked { sha, url } => {
            let known = card.commits.entry(sha.clone()).or_default();
            *known = url.clone().or_else(|| known.take());
        }
        Event::PullRequestLinked { number, url } => {
            card.pull_requests.insert(PullRequest { number: *number, url: url.clone() });
        }
        Event::DependencyAdded { on } => {
            card.dependencies.insert(*on);
        }
        Event::DependencyRemoved { on } => {
            card.dependencies.remove(on);
        }
        // The criteria are the project's and may be others the next time: the log alone keeps the verdict.
        Event::GateEvaluated { .. }
        // These change more than the card: see `evolve`.
        | Event::Created { .. }
        | Event::PhaseEntered { .. }
        | Event::Blocked { .. }
        | Event::Completed
        | Event::Cancelled { .. } => {}
    }
}
