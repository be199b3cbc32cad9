use std::num::NonZeroU32;

use kernel::{ActorId, Uuid};
use vocabulary::{
    CommitId, Gates, Name, Phase, Priority, Reason, TaskId, TaskNumber, Text, TicketId, TicketNumber,
};
use work::ticket::{Command, Event, EvidenceNote, Rank, TaskOutcome, Ticket, WebAddress};

use super::super::event::{self, Lane, Registration};
use super::Published;

const BY: ActorId = ActorId(Uuid::from_u128(0xac));
const TASK: TaskId = TaskId(Uuid::from_u128(0x7a5c));
const OTHER: TicketId = TicketId(Uuid::from_u128(0x71c));

pub(super) fn events() -> Published {
    event::of::<Ticket>(
        [content(), tasks(), moves(), approvals(), overlay(), links()].into_iter().flatten().collect(),
    )
}

fn registration(event_type: &'static str, history: &[Event], command: Command) -> Registration<Ticket> {
    Registration { event_type, history: history.to_vec(), command, lane: Lane::Events }
}

fn content() -> Vec<Registration<Ticket>> {
    let create = Command::Create {
        number: TicketNumber::new(1).expect("not 0"),
        title: name("Invoices as PDF"),
        description: Some(text("Customers ask for them.\n\nOne page an invoice.")),
        priority: Priority::High,
        phase: Phase::Implementation,
    };
    let refine = Command::Refine {
        title: Some(name("Invoices as PDF and XML")),
        description: Some(text("The tax office asks for XML.")),
        priority: Some(Priority::Critical),
    };
    let comment =
        Command::Comment { comment: Uuid::from_u128(0xc0), text: text("The logo is missing."), by: BY };
    vec![
        registration("ticket.created", &[], create),
        registration("ticket.refined", &[created()], refine),
        registration("ticket.commented", &[created()], comment),
    ]
}

fn tasks() -> Vec<Registration<Ticket>> {
    let attach = Command::AttachTask { task: TASK, number: task_number(), phase: Phase::Implementation };
    let note = Command::NoteTaskOutcome {
        task: TASK,
        outcome: TaskOutcome::Completed,
        evidence: Some(EvidenceNote::Verified),
    };
    let detach = Command::DetachTask { task: TASK };
    let with_task = [created(), attached()];
    vec![
        registration("ticket.task_attached", &[created()], attach),
        registration("ticket.task_detached", &with_task, detach),
        registration("ticket.task_outcome_noted", &with_task, note),
    ]
}

fn moves() -> Vec<Registration<Ticket>> {
    let go = |to, forced| Command::Move { to, gates: Gates::default(), forced, by: BY, rank: None };
    let reorder = Command::Reorder { rank: Rank::new("i").expect("a literal that is a rank") };
    vec![
        registration("ticket.phase_entered", &[created()], go(Phase::Testing, false)),
        registration("ticket.gate_evaluated", &[created(), attached()], go(Phase::Testing, true)),
        registration("ticket.reordered", &[created()], reorder),
        registration("ticket.completed", &[created()], go(Phase::Done, false)),
    ]
}

fn approvals() -> Vec<Registration<Ticket>> {
    let phase = Phase::Implementation;
    let requested = [created(), Event::GateApprovalRequested { phase }];
    let request = Command::RequestApproval { phase: None };
    let grant = Command::GrantApproval { phase, by: BY };
    let reject = Command::RejectApproval { phase, by: BY, reason: reason("The totals are not rounded.") };
    vec![
        registration("ticket.gate_approval_requested", &[created()], request),
        registration("ticket.gate_approval_granted", &requested, grant),
        registration("ticket.gate_approval_rejected", &requested, reject),
    ]
}

fn overlay() -> Vec<Registration<Ticket>> {
    let because = || reason("The tax rates are not decided.");
    let blocked = [created(), Event::Blocked { reason: because(), by: BY }];
    let cancel = Command::Cancel { reason: Some(reason("Another product does it.")) };
    vec![
        registration("ticket.blocked", &[created()], Command::Block { reason: because(), by: BY }),
        registration("ticket.unblocked", &blocked, Command::Unblock { by: BY }),
        registration("ticket.cancelled", &[created()], cancel),
    ]
}

fn links() -> Vec<Registration<Ticket>> {
    let commit = Command::LinkCommit {
        sha: CommitId::new("0f3c2a9d5b7e8416f2d09c1b3a4e5d6f70812934").expect("a literal that is a hash"),
        url: Some(address("https://git.example/acme/billing/commit/0f3c2a9d")),
    };
    let pull_request = Command::LinkPullRequest {
        number: NonZeroU32::MIN,
        url: address("https://git.example/acme/billing/pull/1"),
    };
    let dependent = [created(), Event::DependencyAdded { on: OTHER }];
    vec![
        registration("ticket.commit_linked", &[created()], commit),
        registration("ticket.pull_request_linked", &[created()], pull_request),
        registration("ticket.dependency_added", &[created()], Command::AddDependency { on: OTHER }),
        registration("ticket.dependency_removed", &dependent, Command::RemoveDependency { on: OTHER }),
    ]
}

fn created() -> Event {
    Event::Created {
        number: TicketNumber::new(1).expect("not 0"),
        title: name("Invoices as PDF"),
        description: None,
        priority: Priority::High,
        phase: Phase::Implementation,
        spec: None,
    }
}

fn attached() -> Event {
    Event::TaskAttached { task: TASK, number: task_number(), phase: Phase::Implementation }
}

fn task_number() -> TaskNumber {
    TaskNumber::new(1).expect("not 0")
}

fn name(text: &str) -> Name {
    Name::new(text).expect("a literal that is a name")
}

fn text(text: &str) -> Text {
    Text::new(text).expect("a literal that is a text")
}

fn reason(text: &str) -> Reason {
    Reason::new(text).expect("a literal that is a reason")
}

fn address(text: &str) -> WebAddress {
    WebAddress::new(text).expect("a literal that is an address")
}
