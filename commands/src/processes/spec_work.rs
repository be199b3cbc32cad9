//! A spec and its work: an accepted plan becomes work, and what becomes of the work comes back to the spec.

use std::collections::BTreeSet;

use kernel::{Action, Memory, News, Process, Start, Uuid};
use planning::spec;
use serde::{Deserialize, Serialize};
use vocabulary::{Phase, SpecId, TaskId, TicketId};
use work::{task, ticket};

use super::heard::subject;
use super::{Act, Actions, Heard};

/// Makes the work of plans, and tells specs how far it is.
#[derive(Debug)]
pub struct SpecWork;

/// What it knows of a spec, a ticket or a task.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SpecRow {
    /// Of a ticket or task: whose plan it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<SpecId>,
    /// Of a task: its ticket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ticket: Option<TicketId>,
    /// Of a spec: whether work on it has begun.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    begun: bool,
    /// Of a spec: its tickets that are done.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    done: BTreeSet<TicketId>,
    /// Of a spec: how often its work was revised.
    #[serde(default, skip_serializing_if = "is_zero")]
    revision: u32,
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

type Rows = Memory<SpecRow>;

impl Process for SpecWork {
    const NAME: &'static str = "spec_work";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["spec", "ticket", "task"];
    type Event = Heard;
    type Action = Act;
    type Row = SpecRow;

    fn recalls(news: &News<'_, Heard, Act>) -> Vec<Uuid> {
        let News::Happened(event) = news else { return Vec::new() };
        match &event.event {
            Heard::Task(task::Event::Planned(plan)) if plan.spec.is_none() => Vec::new(),
            Heard::Task(
                task::Event::Planned(_)
                | task::Event::Revised(_)
                | task::Event::Started { .. }
                | task::Event::Completed { .. },
            )
            | Heard::Spec(spec::Event::WorkRevised { .. } | spec::Event::UnprovenAccepted { .. })
            | Heard::Ticket(
                ticket::Event::Created { spec: Some(_), .. }
                | ticket::Event::Completed
                | ticket::Event::PhaseEntered { .. },
            ) => vec![subject(event)],
            _ => Vec::new(),
        }
    }

    fn leads_to(news: &News<'_, Heard, Act>, memory: &Rows) -> Vec<Uuid> {
        let News::Happened(event) = news else { return Vec::new() };
        memory.get(subject(event)).and_then(|row| row.of).map(|spec| spec.0).into_iter().collect()
    }

    fn react(news: &News<'_, Heard, Act>, rows: &mut Rows) -> Actions {
        let News::Happened(event) = news else { return Vec::new() };
        match &event.event {
            Heard::Spec(fact) => hear_spec(subject(event), fact, rows),
            Heard::Task(fact) => hear_task(subject(event), fact, rows),
            Heard::Ticket(fact) => hear_ticket(subject(event), fact, rows),
            Heard::Project(_) | Heard::Run(_) | Heard::Merge(_) => Vec::new(),
        }
    }
}

fn hear_spec(spec: SpecId, fact: &spec::Event, rows: &mut Rows) -> Actions {
    match fact {
        spec::Event::PlanAccepted { .. } => {
            vec![Action::now("materialize", target(spec), Act::Materialize { spec })]
        }
        // It may have been all that was left to do that the plan no longer has.
        spec::Event::WorkRevised { .. } => {
            rows.of(spec.0).revision += 1;
            complete(spec, rows)
        }
        // It may have been the last thing that held it.
        spec::Event::UnprovenAccepted { .. } => complete(spec, rows),
        _ => Vec::new(),
    }
}

fn hear_task(task: TaskId, fact: &task::Event, rows: &mut Rows) -> Actions {
    match fact {
        task::Event::Planned(plan) => {
            if let Some(from) = &plan.spec {
                let row = rows.of(task.0);
                (row.of, row.ticket) = (Some(from.id), Some(plan.ticket));
            }
            Vec::new()
        }
        task::Event::Revised(revision) => {
            if let (Some(_), Some(ticket)) = (rows.of(task.0).of, revision.ticket) {
                rows.of(task.0).ticket = Some(ticket);
            }
            Vec::new()
        }
        task::Event::Started { .. } => {
            let Some(spec) = rows.get(task.0).and_then(|row| row.of) else { return Vec::new() };
            if std::mem::replace(&mut rows.of(spec.0).begun, true) {
                return Vec::new();
            }
            vec![Action::now("start_execution", target(spec), Act::StartExecution { spec })]
        }
        // Its ticket was forced into done before it was: a requirement may rest on it now.
        task::Event::Completed { .. } => {
            let Some(SpecRow { of: Some(spec), ticket, .. }) = rows.get(task.0).cloned() else {
                return Vec::new();
            };
            let is_done = |done: &BTreeSet<TicketId>| ticket.is_none_or(|ticket| done.contains(&ticket));
            if rows.get(spec.0).is_some_and(|row| is_done(&row.done)) {
                complete(spec, rows)
            } else {
                Vec::new()
            }
        }
        _ => Vec::new(),
    }
}

fn hear_ticket(ticket: TicketId, fact: &ticket::Event, rows: &mut Rows) -> Actions {
    if let ticket::Event::Created { spec: Some(spec), .. } = fact {
        rows.of(ticket.0).of = Some(*spec);
    }
    let Some(spec) = rows.get(ticket.0).and_then(|row| row.of) else { return Vec::new() };
    match fact {
        ticket::Event::Completed => {
            rows.of(spec.0).done.insert(ticket);
            complete(spec, rows)
        }
        // Back from done.
        ticket::Event::PhaseEntered { to, .. } if *to != Phase::Done => {
            rows.of(spec.0).done.remove(&ticket);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn complete(spec: SpecId, rows: &Rows) -> Actions {
    let Some(SpecRow { done, revision, .. }) = rows.get(spec.0).filter(|row| !row.done.is_empty()) else {
        return Vec::new();
    };
    let act = Act::CompleteSpec { spec, done: done.clone(), revision: *revision };
    vec![Action::now("complete", target(spec), act)]
}

fn target(spec: SpecId) -> String {
    format!("spec/{spec}")
}
