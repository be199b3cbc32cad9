//! Whether work on a task may begin, as far as its ticket has a say.

use vocabulary::{Phase, Reason, TicketNumber};

use super::Ticket;

/// Why a ticket holds its task back: what is so, and what lets it go.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Held {
    /// It was given up.
    #[error("its ticket {ticket} is cancelled; nothing is left to be done for it")]
    Cancelled {
        /// The ticket.
        ticket: TicketNumber,
    },
    /// Something keeps it from moving.
    #[error("its ticket {ticket} is blocked: {reason}; `omoi ticket unblock {ticket}` ends that")]
    Blocked {
        /// The ticket.
        ticket: TicketNumber,
        /// What keeps it.
        reason: Reason,
    },
    /// Another ticket comes first.
    #[error("its ticket {ticket} waits for {on}, which is not done")]
    Waits {
        /// The ticket.
        ticket: TicketNumber,
        /// The one that comes first.
        on: TicketNumber,
    },
    /// The task is of a phase that the ticket has not entered: a gate before it has not opened.
    #[error(
        "the task is of the phase {phase}, and its ticket {ticket} stands in {current}; `omoi ticket move {ticket} {phase}` \
         brings it there when its gates are open"
    )]
    PhaseAhead {
        /// The ticket.
        ticket: TicketNumber,
        /// Where it stands.
        current: Phase,
        /// That of the task.
        phase: Phase,
    },
}

impl kernel::Rejection for Held {
    fn code(&self) -> &'static str {
        match self {
            Self::Cancelled { .. } => "ticket_cancelled",
            Self::Blocked { .. } => "ticket_blocked",
            Self::Waits { .. } => "ticket_waits",
            Self::PhaseAhead { .. } => "phase_ahead",
        }
    }
}

impl Ticket {
    /// Why work on a task of `phase` may not begin; `unfinished` is a ticket that this one depends on and that is not
    /// completed, when there is one. A ticket that nobody knows holds nothing back.
    #[must_use]
    pub fn holds_back(&self, phase: Phase, unfinished: Option<TicketNumber>) -> Option<Held> {
        let card = self.card()?;
        let ticket = card.number;
        if matches!(self, Self::Cancelled(_)) {
            return Some(Held::Cancelled { ticket });
        }
        if let Some(block) = &card.blocked {
            return Some(Held::Blocked { ticket, reason: block.reason.clone() });
        }
        if let Some(on) = unfinished {
            return Some(Held::Waits { ticket, on });
        }
        let current = card.phase;
        (phase > current).then_some(Held::PhaseAhead { ticket, current, phase })
    }
}
