//! A ticket as another version of its plan has it.

use std::collections::BTreeSet;

use vocabulary::{Name, Phase, Priority, TaskId, TaskNumber, Text, TicketId};

use super::decide::{closed, refine, when};
use super::{Card, Event, Rejection, Ticket};

/// What another version of its plan says of a ticket; nothing given stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Revision {
    /// Another title.
    pub title: Option<Name>,
    /// Another description.
    pub description: Option<Text>,
    /// Another priority.
    pub priority: Option<Priority>,
    /// Tasks that come to it, to be done in this phase.
    pub attached: Vec<(TaskId, TaskNumber)>,
    /// Tasks that leave it.
    pub detached: BTreeSet<TaskId>,
    /// Tickets that come first now.
    pub after: BTreeSet<TicketId>,
    /// Tickets that need not come first any more.
    pub no_longer_after: BTreeSet<TicketId>,
}

/// Where work of a plan is done.
const PHASE: Phase = Phase::Implementation;

/// New tasks are work to be done: a ticket that was past that goes back to it, and one that was completed is open again.
pub(super) fn revise(ticket: &Ticket, revision: Revision) -> Result<Vec<Event>, Rejection> {
    let Revision { title, description, priority, attached, detached, after, no_longer_after } = revision;
    let (Ticket::Open(card) | Ticket::Completed(card)) = ticket else {
        return Err(if matches!(ticket, Ticket::Absent) { Rejection::NotFound } else { closed(ticket) });
    };
    let attached: Vec<_> = attached.into_iter().filter(|(task, _)| !card.tasks.contains_key(task)).collect();
    let mut events = back(card, !attached.is_empty());
    let reopened = !events.is_empty();
    events.extend(refine(card, title, description, priority));
    events.extend(attached.into_iter().map(|(task, number)| Event::TaskAttached {
        task,
        number,
        phase: PHASE,
    }));
    for task in detached {
        events.extend(when(card.tasks.contains_key(&task), Event::TaskDetached { task }));
    }
    for on in after {
        events.extend(when(!card.dependencies.contains(&on), Event::DependencyAdded { on }));
    }
    for on in no_longer_after {
        events.extend(when(card.dependencies.contains(&on), Event::DependencyRemoved { on }));
    }
    let over = matches!(ticket, Ticket::Completed(_)) && !reopened && !events.is_empty();
    if over { Err(Rejection::Completed) } else { Ok(events) }
}

fn back(card: &Card, work_comes: bool) -> Vec<Event> {
    let from = card.phase;
    when(work_comes && from > PHASE, Event::PhaseEntered { from, to: PHASE, forced: false, by: None })
}
