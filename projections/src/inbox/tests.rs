use execution::merge::{Event as MergeEvent, Finished, Of};
use kernel::{ActorId, Uuid};
use planning::spec;
use vocabulary::{
    Bounded, BranchName, CommitId, Phase, Priority, Reason, SpecId, TaskNumber, Text, TicketId, TicketNumber,
};
use work::{task, ticket};

use super::*;
use crate::testing::{Folded, PROJECT};

const SPEC: Uuid = Uuid::from_u128(1);
const TICKET: Uuid = Uuid::from_u128(2);
const TASK: Uuid = Uuid::from_u128(3);
const MERGE_ID: Uuid = Uuid::from_u128(4);

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn tell(folded: &mut Folded<Inbox>, kind: &str, id: Uuid, fact: Fact) {
    folded.at = Timestamp::from_micros(folded.position * 10);
    folded.append(id, kind, fact);
}

fn of_spec(folded: &mut Folded<Inbox>, event: spec::Event) {
    tell(folded, "spec", SPEC, Fact::Spec(event));
}

fn of_ticket(folded: &mut Folded<Inbox>, event: ticket::Event) {
    tell(folded, "ticket", TICKET, Fact::Ticket(event));
}

fn of_task(folded: &mut Folded<Inbox>, event: task::Event) {
    tell(folded, "task", TASK, Fact::Task(event));
}

/// As the statement puts rows together.
fn shown(folded: &Folded<Inbox>) -> InboxAnswer {
    let rows = folded.answer().rows;
    let named =
        |id: &str| rows.iter().find(|row| row.kind == NAMED && row.id == id).map(|row| row.row.clone());
    let mut answer = InboxAnswer::default();
    for row in rows.iter().filter(|row| row.kind != NAMED) {
        let of = match &row.row {
            InboxRow::Run { task, .. } => named(&task.to_string()),
            _ => named(&row.id),
        };
        answer.add(&row.id, ProjectId(PROJECT), row.row.clone(), of);
    }
    answer
}

fn waiting(folded: &Folded<Inbox>) -> Vec<(ItemKind, String)> {
    shown(folded).waiting.into_iter().map(|item| (item.kind, item.text)).collect()
}

fn planned() -> task::Event {
    task::Event::Planned(Box::new(task::Plan {
        ticket: TicketId(TICKET),
        number: TaskNumber::new(3).unwrap(),
        title: name("Parse the header"),
        description: None,
        phase: Phase::Implementation,
        priority: Priority::High,
        estimate: None,
        files: Bounded::default(),
        work: task::Work::default(),
        prerequisites: BTreeSet::new(),
        spec: None,
    }))
}

#[test]
fn a_task_waits_from_its_failure_until_somebody_retries_it() {
    let mut folded = Folded::<Inbox>::default();
    of_task(&mut folded, planned());
    assert_eq!(waiting(&folded), []);
    of_task(&mut folded, task::Event::Failed { reason: Reason::new("the disk is full").unwrap() });
    let item = shown(&folded).waiting.remove(0);
    assert_eq!(item.text, "failed: the disk is full; retry it, or cancel it");
    assert_eq!(
        (item.about.number.as_deref(), item.about.title.as_str()),
        (Some("TSK-003"), "Parse the header")
    );
    assert_eq!(item.since.micros(), 10);
    of_task(&mut folded, task::Event::BecameReady { retried: true });
    assert_eq!(waiting(&folded), []);
}

#[test]
fn a_ticket_waits_for_the_approval_of_its_gate() {
    let mut folded = Folded::<Inbox>::default();
    of_ticket(
        &mut folded,
        ticket::Event::Created {
            number: TicketNumber::new(1).unwrap(),
            title: name("Filters"),
            description: None,
            priority: Priority::Medium,
            phase: Phase::Testing,
            spec: None,
        },
    );
    of_ticket(&mut folded, ticket::Event::GateApprovalRequested { phase: Phase::Testing });
    assert_eq!(waiting(&folded), [(ItemKind::TicketApproval, "asks for approval to leave testing".into())]);
    let by = ActorId(Uuid::nil());
    of_ticket(&mut folded, ticket::Event::GateApprovalGranted { phase: Phase::Testing, by });
    assert_eq!(waiting(&folded), []);
}

#[test]
fn a_spec_waits_for_answers_until_the_last_one() {
    let mut folded = Folded::<Inbox>::default();
    let ask = |question| spec::Event::QuestionAsked {
        question,
        category: "scope".into(),
        text: Text::new("Which currency?").unwrap(),
    };
    let answer = |question| spec::Event::QuestionAnswered {
        question,
        text: Text::new("All.").unwrap(),
        by: Some(ActorId(Uuid::nil())),
    };
    let texts =
        |folded: &Folded<Inbox>| waiting(folded).into_iter().map(|(_, text)| text).collect::<Vec<_>>();
    of_spec(&mut folded, ask(1));
    assert_eq!(texts(&folded), ["Which currency?"]);
    of_spec(&mut folded, ask(2));
    assert_eq!(texts(&folded), ["2 questions need an answer"]);
    of_spec(&mut folded, answer(1));
    assert_eq!(texts(&folded), ["one question needs an answer"]);
    of_spec(&mut folded, answer(2));
    assert!(waiting(&folded).is_empty());
}

#[test]
fn a_spec_waits_while_requirements_rest_on_nothing() {
    let mut folded = Folded::<Inbox>::default();
    let held = |ids: &[&str]| spec::Event::CompletionHeld {
        unproven: ids.iter().map(|id| (*id).to_owned()).collect(),
    };
    let accepted = |id: &str| spec::Event::UnprovenAccepted {
        requirements: vec![id.to_owned()],
        reason: Text::new("It was shown by hand.").unwrap(),
        by: ActorId(Uuid::nil()),
    };
    of_spec(&mut folded, held(&["REQ-A", "REQ-B", "REQ-C", "REQ-D"]));
    let item = shown(&folded).waiting.remove(0);
    assert_eq!((item.kind, item.about.kind), (ItemKind::SpecUnproven, AboutKind::Spec));
    let text = "all its tickets are done, and no completed task shows that these hold: REQ-A, REQ-B, REQ-C and 1 more; \
                accept that, or revise the plan";
    assert_eq!(item.text, text);
    let since = item.since;
    for id in ["REQ-A", "REQ-B", "REQ-C"] {
        of_spec(&mut folded, accepted(id));
    }
    let item = shown(&folded).waiting.remove(0);
    let text = "all its tickets are done, and no completed task shows that REQ-D holds: accept that, or revise the plan";
    assert_eq!((item.text.as_str(), item.since), (text, since));
    of_spec(&mut folded, accepted("REQ-D"));
    assert_eq!(waiting(&folded), []);

    of_spec(&mut folded, held(&["REQ-A"]));
    of_spec(&mut folded, spec::Event::Revised { by: ActorId(Uuid::nil()) });
    assert_eq!(waiting(&folded), [], "another plan is looked at anew");
    of_spec(&mut folded, held(&["REQ-A"]));
    of_spec(&mut folded, spec::Event::Completed);
    assert_eq!(waiting(&folded), []);
}

#[test]
fn a_merge_waits_when_it_is_parked_and_when_it_is_whole() {
    let mut folded = Folded::<Inbox>::default();
    let commit = |digit: &str| CommitId::new(&digit.repeat(40)).unwrap();
    let finished = Finished {
        task: TaskId(TASK),
        number: TaskNumber::new(3).unwrap(),
        title: name("Parse the header"),
        run: None,
        commit: commit("1"),
    };
    let parked = MergeEvent::Parked {
        task: TaskId(TASK),
        code: name("conflict"),
        reason: Reason::new("TSK-003 does not go with it").unwrap(),
        with: None,
    };
    let branch = |name: &str| BranchName::new(name).unwrap();
    for event in [
        MergeEvent::Queued {
            of: Of::Spec(SpecId(SPEC)),
            title: name("Invoices"),
            branch: branch("omoi/spec-invoices"),
        },
        MergeEvent::CandidateAdded(finished),
        MergeEvent::BaseTaken { target: branch("main"), commit: commit("a") },
        parked,
    ] {
        tell(&mut folded, "merge", MERGE_ID, Fact::Merge(event));
    }
    let item = shown(&folded).waiting.remove(0);
    assert_eq!((item.kind, item.text.as_str()), (ItemKind::MergeParked, "TSK-003 does not go with it"));
    assert_eq!((item.of, item.about.id, item.about.title.as_str()), (Some(SPEC), MERGE_ID, "Invoices"));
    for event in [
        MergeEvent::StepMerged {
            step: 1,
            head: commit("b"),
            tasks: Bounded::new(vec![TaskId(TASK)]).unwrap(),
        },
        MergeEvent::WorkCompleted,
        MergeEvent::Merged { head: commit("b") },
    ] {
        tell(&mut folded, "merge", MERGE_ID, Fact::Merge(event));
    }
    let text = "omoi/spec-invoices is whole and verified: approve it, and main follows";
    assert_eq!(waiting(&folded), [(ItemKind::MergeApproval, text.into())]);
    let landed = MergeEvent::Landed { target: branch("main"), from: commit("a"), head: commit("b") };
    tell(&mut folded, "merge", MERGE_ID, Fact::Merge(landed));
    assert_eq!(waiting(&folded), []);
}
