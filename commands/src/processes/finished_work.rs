//! What is finished comes together: the verified work of a task enters a merge, and the merge hears when nothing more is to come.

use execution::merge::Of;
use kernel::{Action, Memory, News, Process, ProjectId, Start, Uuid};
use planning::spec;
use serde::{Deserialize, Serialize};
use vocabulary::{Mode, Phase, RunId, SpecId, TicketId};
use work::task::{self, EvidenceKind, Worker};
use work::ticket;

use super::heard::subject;
use super::{Act, Actions, Heard};

/// Puts finished work into merges.
#[derive(Debug)]
pub struct FinishedWork;

/// What it knows of a task, or of a ticket.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WorkRow {
    /// Of a task: whose work it is, when it changes something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<Of>,
    /// Of a task: the run that holds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    run: Option<RunId>,
    /// Of a ticket: its work is that of a spec.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    of_spec: bool,
    /// Of a ticket that is of no spec: it is done.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    done: bool,
}

type Rows = Memory<WorkRow>;

impl Process for FinishedWork {
    const NAME: &'static str = "finished_work";
    const START: Start = Start::Origin;
    const HEARS: &'static [&'static str] = &["spec", "ticket", "task"];
    type Event = Heard;
    type Action = Act;
    type Row = WorkRow;

    fn recalls(news: &News<'_, Heard, Act>) -> Vec<Uuid> {
        let News::Happened(event) = news else { return Vec::new() };
        match &event.event {
            Heard::Task(
                task::Event::Planned(_) | task::Event::Started { .. } | task::Event::Completed { .. },
            )
            | Heard::Ticket(
                ticket::Event::Created { spec: Some(_), .. }
                | ticket::Event::Completed
                | ticket::Event::PhaseEntered { .. },
            ) => vec![subject(event)],
            _ => Vec::new(),
        }
    }

    fn react(news: &News<'_, Heard, Act>, rows: &mut Rows) -> Actions {
        let News::Happened(event) = news else { return Vec::new() };
        let Some(project) = event.envelope.project_id else { return Vec::new() };
        match &event.event {
            Heard::Task(fact) => hear_task(subject(event), fact, rows),
            Heard::Ticket(fact) => hear_ticket(subject(event), project, fact, rows),
            Heard::Spec(spec::Event::Completed) => {
                let spec: SpecId = subject(event);
                vec![complete(Of::Spec(spec), project)]
            }
            Heard::Spec(spec::Event::WorkRevised { tasks, .. }) if !tasks.is_empty() => {
                let spec: SpecId = subject(event);
                vec![extend(Of::Spec(spec), project)]
            }
            _ => Vec::new(),
        }
    }
}

fn hear_task(task: vocabulary::TaskId, fact: &task::Event, rows: &mut Rows) -> Actions {
    match fact {
        task::Event::Planned(plan) => {
            let of = plan.spec.as_ref().map_or(Of::Ticket(plan.ticket), |from| Of::Spec(from.id));
            rows.of(task.0).of = Some(of).filter(|_| plan.work.mode == Mode::Implementation);
            Vec::new()
        }
        task::Event::Started { by: Worker::Run { run }, .. } => {
            rows.of(task.0).run = Some(*run);
            Vec::new()
        }
        task::Event::Started { .. } => {
            rows.of(task.0).run = None;
            Vec::new()
        }
        task::Event::Completed { kind: EvidenceKind::Verified } => {
            let row = rows.of(task.0);
            let Some(of) = row.of else { return Vec::new() };
            vec![Action::now("add", target(of), Act::AddToMerge { task, run: row.run })]
        }
        _ => Vec::new(),
    }
}

fn hear_ticket(ticket: TicketId, project: ProjectId, fact: &ticket::Event, rows: &mut Rows) -> Actions {
    match fact {
        ticket::Event::Created { spec: Some(_), .. } => {
            rows.of(ticket.0).of_spec = true;
            Vec::new()
        }
        // The merge of a spec is whole with the spec.
        ticket::Event::Completed if !rows.of(ticket.0).of_spec => {
            rows.of(ticket.0).done = true;
            vec![complete(Of::Ticket(ticket), project)]
        }
        ticket::Event::PhaseEntered { to, .. } if *to != Phase::Done && rows.of(ticket.0).done => {
            rows.of(ticket.0).done = false;
            vec![extend(Of::Ticket(ticket), project)]
        }
        _ => Vec::new(),
    }
}

fn complete(of: Of, project: ProjectId) -> kernel::Action<Act> {
    Action::now("complete", target(of), Act::CompleteMerge { of, project })
}

fn extend(of: Of, project: ProjectId) -> kernel::Action<Act> {
    Action::now("extend", target(of), Act::ExtendMerge { of, project })
}

/// One after the other, so that what was finished last is there when nothing more is to come.
fn target(of: Of) -> String {
    format!("merge/{}", of.merge())
}
