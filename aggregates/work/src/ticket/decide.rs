//! What a command causes, in each state.

use vocabulary::{Name, Phase, Priority, Reason, TaskId, TaskNumber, Text};

use super::moves::{self, Destination};
use super::revision;
use super::{
    Approval, Card, Command, Event, EvidenceNote, NewTicket, PullRequest, TaskOutcome, Ticket, Unmet,
};

/// Why a ticket refuses a command: what is so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// No such ticket.
    #[error("the ticket does not exist")]
    NotFound,
    /// It was created before.
    #[error("the ticket already exists")]
    AlreadyExists,
    /// Work was to begin where all work has ended.
    #[error("nothing is left to do in done; choose an earlier phase")]
    NoWorkInDone,
    /// It stands in done.
    #[error("the ticket is completed; move it back to an earlier phase to open it again")]
    Completed,
    /// It was given up.
    #[error("the ticket is cancelled; it takes comments and links only")]
    Cancelled,
    /// Something keeps it from moving.
    #[error("the ticket is blocked: {reason}; unblock it first, or force a move")]
    Blocked {
        /// What keeps it.
        reason: Reason,
    },
    /// There is nothing to lift.
    #[error("the ticket is not blocked")]
    NotBlocked,
    /// A gate on the way does not let it through.
    #[error("the gate is closed: {}; finish that, or force the move", listed(unmet))]
    GateClosed {
        /// Every criterion on the way that does not hold, in the order of phases.
        unmet: Vec<Unmet>,
    },
    /// The task is not one of its tasks.
    #[error("the ticket has no task {task}; attach it first")]
    UnknownTask {
        /// The task.
        task: TaskId,
    },
    /// Nobody waits for that answer.
    #[error("no approval of {phase} is pending; request it first")]
    NoApprovalPending {
        /// The phase to leave.
        phase: Phase,
    },
    /// The ticket has left the phase, or nothing leaves it.
    #[error("no gate of {phase} is ahead of the ticket; it stands in {current}")]
    NoGateAhead {
        /// The phase to leave.
        phase: Phase,
        /// Where it stands.
        current: Phase,
    },
}

impl kernel::Rejection for Rejection {
    fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::AlreadyExists => "already_exists",
            Self::NoWorkInDone => "no_work_in_done",
            Self::Completed => "completed",
            Self::Cancelled => "cancelled",
            Self::Blocked { .. } => "blocked",
            Self::NotBlocked => "not_blocked",
            Self::GateClosed { .. } => "gate_closed",
            Self::UnknownTask { .. } => "unknown_task",
            Self::NoApprovalPending { .. } => "no_approval_pending",
            Self::NoGateAhead { .. } => "no_gate_ahead",
        }
    }
}

fn listed(unmet: &[Unmet]) -> String {
    let each: Vec<_> = unmet.iter().map(|Unmet { phase, detail, .. }| format!("{phase}: {detail}")).collect();
    each.join("; ")
}

type Decision = Result<Vec<Event>, Rejection>;

pub(super) fn decide(ticket: &Ticket, command: Command) -> Decision {
    use Command as C;
    use Ticket::{Absent, Cancelled, Completed, Open};
    match (ticket, command) {
        (Absent, C::Create { number, title, description, priority, phase }) => {
            starts_before_done(phase)?;
            Ok(vec![Event::Created { number, title, description, priority, phase, spec: None }])
        }
        (Absent, C::Plan(new)) => plan(*new),
        (Open(_) | Completed(_) | Cancelled(_), C::Create { .. } | C::Plan(_)) => {
            Err(Rejection::AlreadyExists)
        }

        (Absent | Open(_) | Completed(_) | Cancelled(_), C::Revise(revised)) => {
            revision::revise(ticket, *revised)
        }

        // What others report is recorded in every state: it is so, whatever the ticket thinks of it.
        (Open(card) | Completed(card) | Cancelled(card), C::NoteTaskOutcome { task, outcome, evidence }) => {
            note(card, task, outcome, evidence)
        }
        (Open(_) | Completed(_) | Cancelled(_), C::Comment { comment, text, by }) => {
            Ok(vec![Event::Commented { comment, text, by }])
        }
        (Open(card) | Completed(card) | Cancelled(card), C::LinkCommit { sha, url }) => {
            let known = card.commits.get(&sha);
            let news = known.is_none_or(|known| url.is_some() && *known != url);
            Ok(when(news, Event::CommitLinked { sha, url }))
        }
        (Open(card) | Completed(card) | Cancelled(card), C::LinkPullRequest { number, url }) => {
            let known = card.pull_requests.contains(&PullRequest { number, url: url.clone() });
            Ok(when(!known, Event::PullRequestLinked { number, url }))
        }

        (Open(card) | Completed(card), C::Move { to, gates, forced, by, rank }) => {
            moves::travel(card, Destination { to, forced, by, rank }, &gates)
        }
        (Open(card) | Completed(card), C::Reorder { rank }) => {
            Ok(moves::reorder(card, rank).into_iter().collect())
        }
        (Open(card), C::Advance { gates }) => Ok(moves::advance(card, &gates)),
        (Completed(_), C::Advance { .. }) => Ok(Vec::new()),

        (Open(card), C::Refine { title, description, priority }) => {
            Ok(refine(card, title, description, priority))
        }
        (Open(card), C::AttachTask { task, number, phase }) => attach(card, task, number, phase),
        (Open(card), C::DetachTask { task }) => {
            Ok(when(card.tasks.contains_key(&task), Event::TaskDetached { task }))
        }
        (Open(card), C::RequestApproval { phase }) => request(card, phase.unwrap_or(card.phase)),
        (Open(card), C::GrantApproval { phase, by }) => match card.approvals.get(&phase) {
            Some(Approval::Requested) => Ok(vec![Event::GateApprovalGranted { phase, by }]),
            Some(Approval::Granted { .. }) => Ok(Vec::new()),
            Some(Approval::Rejected { .. }) | None => Err(Rejection::NoApprovalPending { phase }),
        },
        (Open(card), C::RejectApproval { phase, by, reason }) => match card.approvals.get(&phase) {
            Some(Approval::Requested) => Ok(vec![Event::GateApprovalRejected { phase, by, reason }]),
            Some(Approval::Granted { .. } | Approval::Rejected { .. }) | None => {
                Err(Rejection::NoApprovalPending { phase })
            }
        },
        (Open(card), C::Block { reason, by }) => match &card.blocked {
            None => Ok(vec![Event::Blocked { reason, by }]),
            Some(block) if block.reason == reason => Ok(Vec::new()),
            Some(block) => Err(Rejection::Blocked { reason: block.reason.clone() }),
        },
        (Open(card), C::Unblock { by }) => match card.blocked {
            Some(_) => Ok(vec![Event::Unblocked { by }]),
            None => Err(Rejection::NotBlocked),
        },
        (Open(card), C::AddDependency { on }) => {
            Ok(when(!card.dependencies.contains(&on), Event::DependencyAdded { on }))
        }
        (Open(card), C::RemoveDependency { on }) => {
            Ok(when(card.dependencies.contains(&on), Event::DependencyRemoved { on }))
        }
        (Open(_), C::Cancel { reason }) => Ok(vec![Event::Cancelled { reason }]),

        (
            Absent,
            C::NoteTaskOutcome { .. }
            | C::Comment { .. }
            | C::LinkCommit { .. }
            | C::LinkPullRequest { .. }
            | C::Move { .. }
            | C::Reorder { .. }
            | C::Advance { .. }
            | C::Refine { .. }
            | C::AttachTask { .. }
            | C::DetachTask { .. }
            | C::RequestApproval { .. }
            | C::GrantApproval { .. }
            | C::RejectApproval { .. }
            | C::Block { .. }
            | C::Unblock { .. }
            | C::AddDependency { .. }
            | C::RemoveDependency { .. }
            | C::Cancel { .. },
        ) => Err(Rejection::NotFound),
        (Cancelled(_), C::Move { .. } | C::Reorder { .. } | C::Advance { .. }) => Err(Rejection::Cancelled),
        (
            Completed(_) | Cancelled(_),
            C::Refine { .. }
            | C::AttachTask { .. }
            | C::DetachTask { .. }
            | C::RequestApproval { .. }
            | C::GrantApproval { .. }
            | C::RejectApproval { .. }
            | C::Block { .. }
            | C::Unblock { .. }
            | C::AddDependency { .. }
            | C::RemoveDependency { .. }
            | C::Cancel { .. },
        ) => Err(closed(ticket)),
    }
}

pub(super) fn closed(ticket: &Ticket) -> Rejection {
    if matches!(ticket, Ticket::Cancelled(_)) { Rejection::Cancelled } else { Rejection::Completed }
}

pub(super) fn when(news: bool, event: Event) -> Vec<Event> {
    if news { vec![event] } else { Vec::new() }
}

fn starts_before_done(phase: Phase) -> Result<(), Rejection> {
    if phase == Phase::Done { Err(Rejection::NoWorkInDone) } else { Ok(()) }
}

fn plan(new: NewTicket) -> Decision {
    let NewTicket { number, title, description, priority, phase, spec, tasks, dependencies } = new;
    starts_before_done(phase)?;
    let mut events = vec![Event::Created { number, title, description, priority, phase, spec: Some(spec) }];
    events.extend(tasks.into_iter().map(|(task, number)| Event::TaskAttached { task, number, phase }));
    events.extend(dependencies.into_iter().map(|on| Event::DependencyAdded { on }));
    Ok(events)
}

pub(super) fn refine(
    card: &Card,
    title: Option<Name>,
    description: Option<Text>,
    priority: Option<Priority>,
) -> Vec<Event> {
    let title = title.filter(|title| *title != card.title);
    let description = description.filter(|text| card.description.as_ref() != Some(text));
    let priority = priority.filter(|priority| *priority != card.priority);
    let news = title.is_some() || description.is_some() || priority.is_some();
    when(news, Event::Refined { title, description, priority })
}

fn attach(card: &Card, task: TaskId, number: TaskNumber, phase: Phase) -> Decision {
    starts_before_done(phase)?;
    let known = card.tasks.get(&task).is_some_and(|note| note.number == number && note.phase == phase);
    Ok(when(!known, Event::TaskAttached { task, number, phase }))
}

fn note(card: &Card, task: TaskId, outcome: TaskOutcome, evidence: Option<EvidenceNote>) -> Decision {
    let note = card.tasks.get(&task).ok_or(Rejection::UnknownTask { task })?;
    let news = (note.outcome, note.evidence) != (outcome, evidence);
    Ok(when(news, Event::TaskOutcomeNoted { task, outcome, evidence }))
}

fn request(card: &Card, phase: Phase) -> Decision {
    if !card.has_gate_ahead(phase) {
        return Err(Rejection::NoGateAhead { phase, current: card.phase });
    }
    let answered = card.approvals.get(&phase);
    let open = matches!(answered, None | Some(Approval::Rejected { .. }));
    Ok(when(open, Event::GateApprovalRequested { phase }))
}
