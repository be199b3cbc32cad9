//! What becomes of tasks, for their tickets: noted there, and the ticket goes on when its gates are open.

use std::collections::BTreeMap;

use kernel::{Action, Process, Recorded, Start};
use serde::{Deserialize, Serialize};
use vocabulary::{TaskId, TicketId};
use work::task::EvidenceKind;
use work::ticket::{EvidenceNote, TaskOutcome};
use work::{task, ticket};

use super::heard::subject;
use super::{Act, Actions, Heard};

/// What it knows of one project: whose tasks are whose.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TicketProgress {
    tickets: BTreeMap<TaskId, TicketId>,
}

impl Process for TicketProgress {
    const NAME: &'static str = "ticket_progress";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["task", "ticket"];
    type Event = Heard;
    type Action = Act;

    fn react(&mut self, event: &Recorded<Heard>) -> Actions {
        match &event.event {
            Heard::Task(fact) => self.hear_task(subject(event), fact),
            Heard::Ticket(fact) => hear_ticket(subject(event), fact),
        }
    }
}

impl TicketProgress {
    fn hear_task(&mut self, task: TaskId, fact: &task::Event) -> Actions {
        use task::Event;
        let (outcome, evidence) = match fact {
            Event::Planned(plan) => {
                self.tickets.insert(task, plan.ticket);
                return Vec::new();
            }
            Event::Completed { kind } => (TaskOutcome::Completed, Some(evidence(*kind))),
            Event::Failed { .. } => (TaskOutcome::Failed, None),
            Event::Cancelled { .. } => (TaskOutcome::Cancelled, None),
            Event::BecameReady { retried: true } => (TaskOutcome::Open, None),
            _ => return Vec::new(),
        };
        let Some(&ticket) = self.tickets.get(&task) else { return Vec::new() };
        let act = Act::NoteOutcome { ticket, task, outcome, evidence };
        vec![Action::now("note_outcome", target(ticket), act)]
    }
}

fn hear_ticket(ticket: TicketId, fact: &ticket::Event) -> Actions {
    use ticket::Event;
    match fact {
        Event::TaskOutcomeNoted { outcome: TaskOutcome::Completed | TaskOutcome::Cancelled, .. }
        | Event::GateApprovalGranted { .. }
        | Event::Unblocked { .. } => vec![Action::now("advance", target(ticket), Act::Advance { ticket })],
        _ => Vec::new(),
    }
}

const fn evidence(kind: EvidenceKind) -> EvidenceNote {
    match kind {
        EvidenceKind::Attested => EvidenceNote::Attested,
        EvidenceKind::Verified => EvidenceNote::Verified,
        EvidenceKind::Imported => EvidenceNote::Imported,
    }
}

fn target(ticket: TicketId) -> String {
    format!("ticket/{ticket}")
}
