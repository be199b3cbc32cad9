//! What makes something wait for a person, and what ends that.

use std::collections::BTreeSet;

use execution::{merge, run};
use kernel::{Decider as _, Timestamp};
use planning::spec;
use work::{task, ticket};

use super::{InboxRow, ItemKind, NAMED, WAITING};
use crate::Fact;

type Row = Option<InboxRow>;

pub(super) const fn rows_of_spec(fact: &spec::Event) -> &'static [&'static str] {
    use spec::Event;
    match fact {
        Event::Submitted { .. } | Event::Imported { .. } => &[NAMED],
        Event::QuestionAsked { .. }
        | Event::QuestionAnswered { .. }
        | Event::ApprovalRequested { .. }
        | Event::ApprovalGranted { .. }
        | Event::ApprovalRejected { .. }
        | Event::PhaseStarted { .. }
        | Event::PhaseFailed { .. }
        | Event::PlanAccepted { .. }
        | Event::ContentEdited { .. }
        | Event::Halted { .. }
        | Event::Resumed { .. }
        | Event::Revised { .. }
        | Event::CompletionHeld { .. }
        | Event::UnprovenAccepted { .. }
        | Event::Cancelled { .. }
        | Event::Completed => &[WAITING],
        _ => &[],
    }
}

pub(super) const fn rows_of_ticket(fact: &ticket::Event) -> &'static [&'static str] {
    use ticket::Event;
    match fact {
        Event::Created { .. } | Event::Refined { .. } => &[NAMED],
        Event::GateApprovalRequested { .. }
        | Event::GateApprovalGranted { .. }
        | Event::GateApprovalRejected { .. }
        | Event::PhaseEntered { .. }
        | Event::Completed
        | Event::Cancelled { .. } => &[WAITING],
        _ => &[],
    }
}

pub(super) const fn rows_of_task(fact: &task::Event) -> &'static [&'static str] {
    use task::Event;
    match fact {
        Event::Planned(_) | Event::Revised(_) => &[NAMED],
        Event::Failed { .. } | Event::BecameReady { .. } | Event::Cancelled { .. } => &[WAITING],
        _ => &[],
    }
}

pub(super) fn name(row: &mut Row, fact: &Fact) {
    let named = |number: Option<String>, title: &vocabulary::Name| {
        Some(InboxRow::Named { number, title: title.clone() })
    };
    match fact {
        Fact::Spec(spec::Event::Submitted { title, .. } | spec::Event::Imported { title, .. }) => {
            *row = named(None, title);
        }
        Fact::Ticket(ticket::Event::Created { number, title, .. }) => {
            *row = named(Some(number.to_string()), title);
        }
        Fact::Ticket(ticket::Event::Refined { title: Some(title), .. }) => rename(row, title),
        Fact::Task(task::Event::Planned(plan)) => *row = named(Some(plan.number.to_string()), &plan.title),
        Fact::Task(task::Event::Revised(revision)) => {
            if let Some(title) = &revision.title {
                rename(row, title);
            }
        }
        _ => {}
    }
}

fn rename(row: &mut Row, to: &vocabulary::Name) {
    if let Some(InboxRow::Named { title, .. }) = row {
        *title = to.clone();
    }
}

fn waits(kind: ItemKind, since: Timestamp, text: impl Into<String>) -> Row {
    let (questions, unproven) = Default::default();
    Some(InboxRow::Waiting { kind, since, text: text.into(), questions, unproven })
}

pub(super) fn spec(row: &mut Row, fact: &spec::Event, at: Timestamp) {
    use spec::Event;
    match fact {
        Event::QuestionAsked { question, text, .. } => ask(row, *question, text.as_str(), at),
        Event::QuestionAnswered { question, .. } => answer(row, *question),
        Event::ApprovalRequested { gate, .. } => {
            let text = format!("look at its {} and approve or reject them", gate.phase());
            *row = waits(ItemKind::SpecApproval, at, text);
        }
        Event::Halted { phase, reason } => {
            let why = match reason {
                spec::Halt::BudgetExhausted { .. } => "its budget is used up",
                spec::Halt::NoModel { message } => message.as_str(),
            };
            *row = waits(ItemKind::SpecHalted, at, format!("planning stands still in {phase}: {why}"));
        }
        Event::PhaseFailed { phase, reason, .. } => {
            let text = format!("{phase} did not pass: {}", reason.to_text());
            *row = waits(ItemKind::SpecFailed, at, text);
        }
        Event::CompletionHeld { unproven } => hold(row, unproven.iter().cloned().collect(), at),
        Event::UnprovenAccepted { requirements, .. } => {
            let Some(InboxRow::Waiting { kind: ItemKind::SpecUnproven, unproven, since, .. }) = row else {
                return;
            };
            let left = unproven.iter().filter(|id| !requirements.contains(id)).cloned().collect();
            let since = *since;
            hold(row, left, since);
        }
        _ => *row = None,
    }
}

/// So many ids are told; the spec has them all.
const TOLD: usize = 3;

fn hold(row: &mut Row, unproven: BTreeSet<String>, since: Timestamp) {
    if unproven.is_empty() {
        *row = None;
        return;
    }
    let told: Vec<&str> = unproven.iter().take(TOLD).map(String::as_str).collect();
    let told = match unproven.len().saturating_sub(TOLD) {
        0 => told.join(", "),
        more => format!("{} and {more} more", told.join(", ")),
    };
    let holds = if unproven.len() == 1 {
        format!("that {told} holds: accept that")
    } else {
        format!("that these hold: {told}; accept that")
    };
    let text = format!("all its tickets are done, and no completed task shows {holds}, or revise the plan");
    let (kind, questions) = (ItemKind::SpecUnproven, BTreeSet::new());
    *row = Some(InboxRow::Waiting { kind, since, text, questions, unproven });
}

fn ask(row: &mut Row, question: u32, text: &str, at: Timestamp) {
    match row {
        Some(InboxRow::Waiting { kind: ItemKind::SpecQuestion, text, questions, .. }) => {
            questions.insert(question);
            *text = format!("{} questions need an answer", questions.len());
        }
        _ => {
            *row = Some(InboxRow::Waiting {
                kind: ItemKind::SpecQuestion,
                since: at,
                text: text.to_owned(),
                questions: BTreeSet::from([question]),
                unproven: BTreeSet::new(),
            });
        }
    }
}

fn answer(row: &mut Row, question: u32) {
    let Some(InboxRow::Waiting { kind: ItemKind::SpecQuestion, text, questions, .. }) = row else { return };
    questions.remove(&question);
    match questions.len() {
        0 => *row = None,
        1 => *text = "one question needs an answer".to_owned(),
        left => *text = format!("{left} questions need an answer"),
    }
}

pub(super) fn ticket(row: &mut Row, fact: &ticket::Event, at: Timestamp) {
    match fact {
        ticket::Event::GateApprovalRequested { phase } => {
            *row = waits(ItemKind::TicketApproval, at, format!("asks for approval to leave {phase}"));
        }
        _ => *row = None,
    }
}

pub(super) fn task(row: &mut Row, fact: &task::Event, at: Timestamp) {
    match fact {
        task::Event::Failed { reason } => {
            *row = waits(ItemKind::TaskFailed, at, format!("failed: {reason}; retry it, or cancel it"));
        }
        _ => *row = None,
    }
}

pub(super) fn merge(row: &mut Row, fact: &merge::Event, at: Timestamp) {
    let before = match row {
        Some(InboxRow::Merge { state, since }) => Some((state.clone(), *since)),
        _ => None,
    };
    let status = |state: &merge::Merge| state.details().map(merge::Details::status);
    let (mut state, mut since) = before.unwrap_or_default();
    let was = status(&state);
    state.evolve(fact);
    if status(&state) != was {
        since = at;
    }
    *row = Some(InboxRow::Merge { state, since });
}

pub(super) fn run(row: &mut Row, fact: &run::Event, at: Timestamp) {
    *row = match fact {
        run::Event::Started(start) => {
            Some(InboxRow::Run { task: start.task, agent: start.agent.clone(), since: at })
        }
        _ => None,
    };
}
