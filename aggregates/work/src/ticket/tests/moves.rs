//! A ticket that someone moves, and the approvals on its way.

use super::*;
use Phase::{Backlog, Deployment, Design, Done, Implementation, Requirements, Testing};

const APPROVED: &[Criterion] = &[Criterion::TasksDone, Criterion::Approval];

/// What a refused move lacks, as `phase: detail`.
fn lacks(history: &[Event], command: Command) -> Vec<String> {
    use kernel::Decider as _;
    match ticket(history).decide(command) {
        Err(Rejection::GateClosed { unmet }) => {
            unmet.iter().map(|unmet| format!("{}: {}", unmet.phase, unmet.detail)).collect()
        }
        other => panic!("expected a closed gate, got {other:?}"),
    }
}

#[test]
fn a_phase_without_tasks_is_passed() {
    given::<Ticket>(&[created()]).when(move_to(Testing)).then(&[entered(Implementation, Testing)]);
    given::<Ticket>(&[created_in(Backlog)]).when(move_to(Design)).then(&[entered(Backlog, Design)]);
}

#[test]
fn a_phase_is_left_when_its_tasks_are_done() {
    let history = [
        created(),
        attached(1, Implementation),
        attached(2, Implementation),
        attached(3, Testing),
        noted(1, TaskOutcome::Completed),
        noted(2, TaskOutcome::Cancelled),
    ];
    let events = [passed(Implementation, &[Criterion::TasksDone]), entered(Implementation, Testing)];
    given::<Ticket>(&history).when(move_to(Testing)).then(&events);
    assert_eq!(card(&then(&history, &events)).phase, Testing);
}

#[test]
fn a_closed_gate_names_what_is_missing_in_every_phase_on_the_way() {
    let history = [
        created(),
        attached(1, Implementation),
        attached(2, Implementation),
        noted(2, TaskOutcome::Failed),
        attached(3, Testing),
    ];
    let missing = ["implementation: TSK-001 is open, TSK-002 has failed", "testing: TSK-003 is open"];
    assert_eq!(lacks(&history, move_to(Done)), missing);
    assert_eq!(lacks(&history, move_to(Testing)), missing[..1]);

    use kernel::Decider as _;
    let message = ticket(&history).decide(move_to(Done)).unwrap_err().to_string();
    assert!(message.contains(&missing.join("; ")) && message.contains("force"), "{message}");
}

#[test]
fn a_gate_that_asks_nothing_is_open_and_no_news() {
    let history = [created(), attached(1, Implementation)];
    let free = move_under(Testing, gates([(Implementation, &[])]));
    given::<Ticket>(&history).when(free).then(&[entered(Implementation, Testing)]);
}

#[test]
fn tasks_are_named_in_the_order_of_their_numbers() {
    let attached = |id, number| Event::TaskAttached {
        task: task(id),
        number: task_number(number),
        phase: Implementation,
    };
    let history = [created(), attached(1, 8), attached(2, 7)];
    assert_eq!(lacks(&history, move_to(Testing)), ["implementation: TSK-007 is open, TSK-008 is open"]);
}

#[test]
fn a_long_list_of_tasks_is_cut() {
    let mut history = vec![created()];
    history.extend((1..=7).map(|number| attached(number, Implementation)));
    let lacks = lacks(&history, move_to(Testing));
    assert!(lacks[0].ends_with("TSK-005 is open and 2 more"), "{lacks:?}");
}

#[test]
fn evidence_counts_by_its_level() {
    let any = Criterion::Evidence { level: EvidenceLevel::Any };
    let history = |event| [created(), attached(1, Implementation), event];
    let under = |criterion| move_under(Testing, gates([(Implementation, &[criterion])]));

    for note in [EvidenceNote::Attested, EvidenceNote::Imported] {
        let history = history(completed_with(1, note));
        let events = [passed(Implementation, &[any]), entered(Implementation, Testing)];
        given::<Ticket>(&history).when(under(any)).then(&events);
        assert_eq!(lacks(&history, under(VERIFIED)), ["implementation: TSK-001 has no verified evidence"]);
    }
    let verified = history(completed_with(1, EvidenceNote::Verified));
    let events = [passed(Implementation, &[VERIFIED]), entered(Implementation, Testing)];
    given::<Ticket>(&verified).when(under(VERIFIED)).then(&events);

    let bare = history(noted(1, TaskOutcome::Completed));
    assert_eq!(lacks(&bare, under(any)), ["implementation: TSK-001 has no evidence"]);
    let open = history(noted(1, TaskOutcome::Open));
    given::<Ticket>(&open)
        .when(under(any))
        .then(&[passed(Implementation, &[any]), entered(Implementation, Testing)]);
}

#[test]
fn an_approval_opens_the_gate() {
    let under = || move_under(Testing, gates([(Implementation, APPROVED)]));
    let mut history = vec![created()];
    assert_eq!(lacks(&history, under()), ["implementation: the approval has not been requested"]);
    history.push(requested(Implementation));
    assert_eq!(lacks(&history, under()), ["implementation: the approval is pending"]);
    history.push(rejected(Implementation));
    assert_eq!(lacks(&history, under()), ["implementation: the approval was rejected: not rounded"]);
    history.extend([requested(Implementation), granted(Implementation)]);
    let events = [passed(Implementation, APPROVED), entered(Implementation, Testing)];
    given::<Ticket>(&history).when(under()).then(&events);
}

#[test]
fn an_approval_is_asked_for_once_and_again_when_it_was_rejected() {
    let request = |phase| Command::RequestApproval { phase };
    given::<Ticket>(&[created()]).when(request(None)).then(&[requested(Implementation)]);
    given::<Ticket>(&[created()]).when(request(Some(Testing))).then(&[requested(Testing)]);
    let mut history = vec![created(), requested(Implementation)];
    given::<Ticket>(&history).when(request(None)).then(&[]);
    history.push(rejected(Implementation));
    given::<Ticket>(&history).when(request(None)).then(&[requested(Implementation)]);
    history.extend([requested(Implementation), granted(Implementation)]);
    given::<Ticket>(&history).when(request(None)).then(&[]);
    for behind_or_last in [Backlog, Design, Done] {
        given::<Ticket>(&[created()]).when(request(Some(behind_or_last))).then_rejected("no_gate_ahead");
    }
}

#[test]
fn a_pending_approval_is_answered_once() {
    let grant = || Command::GrantApproval { phase: Implementation, by: ADA };
    let reject = || Command::RejectApproval { phase: Implementation, by: BOB, reason: reason("not rounded") };
    let pending = [created(), requested(Implementation)];
    given::<Ticket>(&pending).when(grant()).then(&[granted(Implementation)]);
    given::<Ticket>(&pending).when(reject()).then(&[rejected(Implementation)]);

    let yes = then(&pending, &[granted(Implementation)]);
    given::<Ticket>(&yes).when(grant()).then(&[]);
    given::<Ticket>(&yes).when(reject()).then_rejected("no_approval_pending");
    let no = then(&pending, &[rejected(Implementation)]);
    given::<Ticket>(&no).when(grant()).then_rejected("no_approval_pending");
    given::<Ticket>(&no).when(reject()).then_rejected("no_approval_pending");
    given::<Ticket>(&[created()]).when(grant()).then_rejected("no_approval_pending");
}

#[test]
fn the_way_back_has_no_gate_and_voids_the_approvals_from_there_on() {
    let history = [
        created(),
        attached(1, Implementation),
        requested(Requirements),
        requested(Design),
        granted(Design),
        requested(Implementation),
    ];
    let back = entered(Implementation, Design);
    given::<Ticket>(&history).when(move_to(Design)).then(std::slice::from_ref(&back));
    let approvals = card(&then(&history, &[back])).approvals;
    assert_eq!(approvals.into_keys().collect::<Vec<_>>(), [Requirements]);
}

#[test]
fn force_goes_through_a_closed_gate_and_says_what_was_unmet() {
    let history = [created(), attached(1, Implementation)];
    let unmet = Unmet {
        phase: Implementation,
        criterion: Criterion::TasksDone,
        detail: "TSK-001 is open".to_owned(),
    };
    let events = [
        Event::GateEvaluated {
            phase: Implementation,
            passed: false,
            forced: true,
            met: vec![],
            unmet: vec![unmet],
        },
        Event::PhaseEntered { from: Implementation, to: Deployment, forced: true, by: Some(ADA) },
    ];
    given::<Ticket>(&history).when(force_to(Deployment)).then(&events);
    assert_eq!(card(&then(&history, &events)).phase, Deployment);
}

#[test]
fn a_gate_that_holds_is_recorded_as_passed_also_under_force() {
    let history = [created(), attached(1, Implementation), noted(1, TaskOutcome::Completed)];
    let met = vec![Criterion::TasksDone];
    given::<Ticket>(&history).when(force_to(Testing)).then(&[
        Event::GateEvaluated { phase: Implementation, passed: true, forced: true, met, unmet: vec![] },
        Event::PhaseEntered { from: Implementation, to: Testing, forced: true, by: Some(ADA) },
    ]);
}

#[test]
fn a_blocked_ticket_moves_by_force_only_and_stays_blocked() {
    let history = [created(), blocked()];
    let forced = |to| Event::PhaseEntered { from: Implementation, to, forced: true, by: Some(ADA) };
    for to in [Testing, Design] {
        given::<Ticket>(&history).when(move_to(to)).then_rejected("blocked");
        given::<Ticket>(&history).when(force_to(to)).then(&[forced(to)]);
        assert!(ticket(&then(&history, &[forced(to)])).is_blocked());
    }
    given::<Ticket>(&history).when(force_to(Done)).then(&[forced(Done), Event::Completed]);
    let done = ticket(&then(&history, &[forced(Done), Event::Completed]));
    assert_eq!(done.card().unwrap().blocked, None);
}

#[test]
fn a_ticket_that_enters_done_is_completed_and_opens_again_on_the_way_back() {
    given::<Ticket>(&[created()]).when(move_to(Done)).then(&finished()[1..]);
    let done = ticket(&finished());
    assert!(matches!(done, Ticket::Completed(_)));
    assert_eq!(done.status_name(), "done");

    given::<Ticket>(&finished()).when(move_to(Testing)).then(&[entered(Done, Testing)]);
    let again = ticket(&then(&finished(), &[entered(Done, Testing)]));
    assert!(matches!(again, Ticket::Open(_)));
    assert_eq!(again.status_name(), "testing");
}

#[test]
fn within_its_phase_only_the_place_changes() {
    let place = |to, at: &str| Command::Move {
        to,
        gates: Gates::default(),
        forced: false,
        by: ADA,
        rank: Some(rank(at)),
    };
    let reordered = Event::Reordered { rank: rank("i") };
    // No gate and no block stands between two places of one phase.
    let open = vec![created(), attached(1, Implementation), blocked()];
    for (history, here) in [(open, Implementation), (finished(), Done)] {
        given::<Ticket>(&history).when(move_to(here)).then(&[]);
        given::<Ticket>(&history).when(place(here, "i")).then(std::slice::from_ref(&reordered));
        let placed = then(&history, std::slice::from_ref(&reordered));
        given::<Ticket>(&placed).when(place(here, "i")).then(&[]);
    }
    let both = [entered(Implementation, Testing), reordered];
    given::<Ticket>(&[created()]).when(place(Testing, "i")).then(&both);
    assert_eq!(card(&then(&[created()], &both)).rank, Some(rank("i")));
}
