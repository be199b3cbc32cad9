//! Given / when / then, by story. Here: the ticket they are about, and its events.

mod advance;
mod content;
mod fold;
mod held;
mod illegal;
mod moves;
mod revisions;
mod stored;

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use kernel::{ActorId, Uuid, given};
use vocabulary::{
    CommitId, Criterion, EvidenceLevel, Gates, Name, Phase, Priority, Reason, SpecId, TaskId, TaskNumber,
    Text, TicketId, TicketNumber,
};

use super::*;

const ADA: ActorId = ActorId(Uuid::from_u128(0xada));
const BOB: ActorId = ActorId(Uuid::from_u128(0xb0b));
const OTHER: TicketId = TicketId(Uuid::from_u128(0x71c));
const SPEC: SpecId = SpecId(Uuid::from_u128(0x59ec));
const COMMENT: Uuid = Uuid::from_u128(0xc0);
const VERIFIED: Criterion = Criterion::Evidence { level: EvidenceLevel::Verified };

fn ticket(history: &[Event]) -> Ticket {
    given::<Ticket>(history).state().clone()
}

fn card(history: &[Event]) -> Card {
    ticket(history).card().cloned().unwrap()
}

/// A history that goes on with `more`.
fn then(history: &[Event], more: &[Event]) -> Vec<Event> {
    [history, more].concat()
}

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn text(text: &str) -> Text {
    Text::new(text).unwrap()
}

fn reason(text: &str) -> Reason {
    Reason::new(text).unwrap()
}

fn rank(text: &str) -> Rank {
    Rank::new(text).unwrap()
}

fn sha() -> CommitId {
    CommitId::new("0f3c2a9d5b7e").unwrap()
}

fn url(path: &str) -> WebAddress {
    WebAddress::new(&format!("https://git.example/{path}")).unwrap()
}

/// The first task, the second, …
fn task(number: u32) -> TaskId {
    TaskId(Uuid::from_u128(u128::from(number)))
}

fn task_number(number: u32) -> TaskNumber {
    TaskNumber::new(number).unwrap()
}

/// The criteria of some phases; the others keep the default.
fn gates<const N: usize>(criteria: [(Phase, &[Criterion]); N]) -> Gates {
    let criteria: BTreeMap<_, _> =
        criteria.into_iter().map(|(phase, criteria)| (phase, criteria.to_vec())).collect();
    Gates::new(criteria).unwrap()
}

fn create_in(phase: Phase) -> Command {
    Command::Create {
        number: TicketNumber::new(1).unwrap(),
        title: name("Invoices"),
        description: None,
        priority: Priority::Medium,
        phase,
    }
}

/// A ticket of a plan, with two tasks, after another ticket.
fn planned() -> Command {
    Command::Plan(Box::new(NewTicket {
        number: TicketNumber::new(1).unwrap(),
        title: name("Invoices"),
        description: None,
        priority: Priority::Medium,
        phase: Phase::Implementation,
        spec: SPEC,
        tasks: vec![(task(1), task_number(1)), (task(2), task_number(2))],
        dependencies: [OTHER].into(),
    }))
}

fn created_in(phase: Phase) -> Event {
    Event::Created {
        number: TicketNumber::new(1).unwrap(),
        title: name("Invoices"),
        description: None,
        priority: Priority::Medium,
        phase,
        spec: None,
    }
}

/// Most stories begin with a ticket in implementation.
fn created() -> Event {
    created_in(Phase::Implementation)
}

fn attached(number: u32, phase: Phase) -> Event {
    Event::TaskAttached { task: task(number), number: task_number(number), phase }
}

fn noted(number: u32, outcome: TaskOutcome) -> Event {
    Event::TaskOutcomeNoted { task: task(number), outcome, evidence: None }
}

fn completed_with(number: u32, evidence: EvidenceNote) -> Event {
    let outcome = TaskOutcome::Completed;
    Event::TaskOutcomeNoted { task: task(number), outcome, evidence: Some(evidence) }
}

fn note(number: u32, outcome: TaskOutcome) -> Command {
    Command::NoteTaskOutcome { task: task(number), outcome, evidence: None }
}

/// A move by Ada under the default gates.
fn move_to(to: Phase) -> Command {
    move_under(to, Gates::default())
}

fn move_under(to: Phase, gates: Gates) -> Command {
    Command::Move { to, gates, forced: false, by: ADA, rank: None }
}

fn force_to(to: Phase) -> Command {
    Command::Move { to, gates: Gates::default(), forced: true, by: ADA, rank: None }
}

fn entered(from: Phase, to: Phase) -> Event {
    Event::PhaseEntered { from, to, forced: false, by: Some(ADA) }
}

/// Entered by itself.
fn advanced(from: Phase, to: Phase) -> Event {
    Event::PhaseEntered { from, to, forced: false, by: None }
}

fn passed(phase: Phase, met: &[Criterion]) -> Event {
    Event::GateEvaluated { phase, passed: true, forced: false, met: met.to_vec(), unmet: vec![] }
}

fn requested(phase: Phase) -> Event {
    Event::GateApprovalRequested { phase }
}

fn granted(phase: Phase) -> Event {
    Event::GateApprovalGranted { phase, by: ADA }
}

fn rejected(phase: Phase) -> Event {
    Event::GateApprovalRejected { phase, by: BOB, reason: reason("not rounded") }
}

fn blocked() -> Event {
    Event::Blocked { reason: reason("the rates are open"), by: BOB }
}

fn cancelled() -> Event {
    Event::Cancelled { reason: None }
}

/// In done, with nothing to do on the way.
fn finished() -> Vec<Event> {
    vec![created(), entered(Phase::Implementation, Phase::Done), Event::Completed]
}
