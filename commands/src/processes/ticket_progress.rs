//! What becomes of tasks, for their tickets: noted there, and the ticket goes on when its gates are open.

use kernel::{Action, Memory, News, Process, Start};
use vocabulary::{TaskId, TicketId};
use work::task::EvidenceKind;
use work::ticket::{EvidenceNote, TaskOutcome};
use work::{task, ticket};

use super::heard::subject;
use super::{Act, Actions, Heard};

/// It remembers nothing: a task knows its ticket.
#[derive(Debug)]
pub struct TicketProgress;

impl Process for TicketProgress {
    const NAME: &'static str = "ticket_progress";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["task", "ticket"];
    type Event = Heard;
    type Action = Act;
    type Row = ();

    fn react(news: &News<'_, Heard, Act>, _: &mut Memory<()>) -> Actions {
        let News::Happened(event) = news else { return Vec::new() };
        match &event.event {
            Heard::Task(fact) => hear_task(subject(event), fact),
            Heard::Ticket(fact) => hear_ticket(subject(event), fact),
            Heard::Project(_) | Heard::Spec(_) | Heard::Run(_) | Heard::Merge(_) => Vec::new(),
        }
    }
}

fn hear_task(task: TaskId, fact: &task::Event) -> Actions {
    use task::Event;
    let (outcome, evidence) = match fact {
        Event::Completed { kind } => (TaskOutcome::Completed, Some(evidence(*kind))),
        Event::Failed { .. } => (TaskOutcome::Failed, None),
        Event::Cancelled { .. } => (TaskOutcome::Cancelled, None),
        Event::BecameReady { retried: true } => (TaskOutcome::Open, None),
        _ => return Vec::new(),
    };
    let act = Act::NoteOutcome { task, outcome, evidence };
    vec![Action::now("note_outcome", format!("task/{task}"), act)]
}

fn hear_ticket(ticket: TicketId, fact: &ticket::Event) -> Actions {
    use ticket::Event;
    match fact {
        Event::TaskOutcomeNoted { outcome: TaskOutcome::Completed | TaskOutcome::Cancelled, .. }
        | Event::GateApprovalGranted { .. }
        | Event::Unblocked { .. } => {
            vec![Action::now("advance", format!("ticket/{ticket}"), Act::Advance { ticket })]
        }
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
