//! What a ticket is about, what hangs on it, and what keeps it from moving.

use super::*;

#[test]
fn a_ticket_is_created_in_any_phase_before_done() {
    for phase in Phase::ALL.into_iter().filter(|phase| *phase != Phase::Done) {
        given::<Ticket>(&[]).when(create_in(phase)).then(&[created_in(phase)]);
        assert_eq!(ticket(&[created_in(phase)]).status_name(), phase.as_str());
    }
    given::<Ticket>(&[]).when(create_in(Phase::Done)).then_rejected("no_work_in_done");
}

#[test]
fn only_what_changes_is_refined() {
    let refine = |title: &str, priority| Command::Refine {
        title: Some(name(title)),
        description: None,
        priority: Some(priority),
    };
    let retitled = Event::Refined { title: Some(name("Bills")), description: None, priority: None };
    given::<Ticket>(&[created()])
        .when(refine("Bills", Priority::Medium))
        .then(std::slice::from_ref(&retitled));
    given::<Ticket>(&[created()]).when(refine("Invoices", Priority::Medium)).then(&[]);

    let described = Event::Refined { title: None, description: Some(text("One page.")), priority: None };
    let card = card(&[created(), retitled, described.clone()]);
    assert_eq!((card.title, card.description), (name("Bills"), Some(text("One page."))));
    let describe = Command::Refine { title: None, description: Some(text("One page.")), priority: None };
    given::<Ticket>(&[created(), described]).when(describe).then(&[]);
}

#[test]
fn a_task_is_attached_once() {
    let attach = |phase| Command::AttachTask { task: task(1), number: task_number(1), phase };
    let history = [created(), attached(1, Phase::Testing)];
    given::<Ticket>(&[created()]).when(attach(Phase::Testing)).then(&history[1..]);
    given::<Ticket>(&history).when(attach(Phase::Testing)).then(&[]);
    given::<Ticket>(&[created()]).when(attach(Phase::Done)).then_rejected("no_work_in_done");
}

#[test]
fn a_task_that_changes_its_phase_keeps_its_outcome() {
    let history =
        [created(), attached(1, Phase::Testing), noted(1, TaskOutcome::Failed), attached(1, Phase::Design)];
    let attach = Command::AttachTask { task: task(1), number: task_number(1), phase: Phase::Design };
    given::<Ticket>(&history[..3]).when(attach).then(&history[3..]);
    let note = card(&history).tasks[&task(1)];
    assert_eq!((note.phase, note.outcome), (Phase::Design, TaskOutcome::Failed));
}

#[test]
fn a_task_is_detached_if_it_is_there() {
    let detach = Command::DetachTask { task: task(1) };
    let detached = Event::TaskDetached { task: task(1) };
    let history = [created(), attached(1, Phase::Testing)];
    given::<Ticket>(&history).when(detach.clone()).then(std::slice::from_ref(&detached));
    given::<Ticket>(&[created()]).when(detach).then(&[]);
    assert!(card(&then(&history, &[detached])).tasks.is_empty());
}

#[test]
fn an_outcome_is_noted_once_and_whatever_became_of_the_ticket() {
    let open = vec![created(), attached(1, Phase::Implementation)];
    let done = then(&open, &[entered(Phase::Implementation, Phase::Done), Event::Completed]);
    let dropped = then(&open, &[cancelled()]);
    for history in [open, done, dropped] {
        let failed = noted(1, TaskOutcome::Failed);
        given::<Ticket>(&history).when(note(1, TaskOutcome::Failed)).then(std::slice::from_ref(&failed));
        given::<Ticket>(&then(&history, &[failed])).when(note(1, TaskOutcome::Failed)).then(&[]);
        given::<Ticket>(&history).when(note(2, TaskOutcome::Failed)).then_rejected("unknown_task");
    }
}

#[test]
fn another_evidence_is_another_outcome() {
    let history = [created(), attached(1, Phase::Testing), completed_with(1, EvidenceNote::Attested)];
    let verified = Command::NoteTaskOutcome {
        task: task(1),
        outcome: TaskOutcome::Completed,
        evidence: Some(EvidenceNote::Verified),
    };
    given::<Ticket>(&history).when(verified).then(&[completed_with(1, EvidenceNote::Verified)]);
}

#[test]
fn a_ticket_is_blocked_for_one_reason_at_a_time() {
    let block = |why: &str| Command::Block { reason: reason(why), by: BOB };
    let history = [created(), blocked()];
    given::<Ticket>(&[created()]).when(block("the rates are open")).then(&[blocked()]);
    given::<Ticket>(&history).when(block("the rates are open")).then(&[]);
    given::<Ticket>(&history).when(block("no budget")).then_rejected("blocked");
    assert!(ticket(&history).is_blocked());
    assert_eq!(ticket(&history).status_name(), "implementation");

    let unblocked = Event::Unblocked { by: ADA };
    given::<Ticket>(&history).when(Command::Unblock { by: ADA }).then(std::slice::from_ref(&unblocked));
    assert!(!ticket(&then(&history, &[unblocked])).is_blocked());
}

#[test]
fn a_place_is_taken_once_also_in_done() {
    let reordered = Event::Reordered { rank: rank("i") };
    for history in [vec![created()], finished()] {
        let reorder = || Command::Reorder { rank: rank("i") };
        given::<Ticket>(&history).when(reorder()).then(std::slice::from_ref(&reordered));
        given::<Ticket>(&then(&history, std::slice::from_ref(&reordered))).when(reorder()).then(&[]);
    }
}

#[test]
fn comments_are_counted() {
    let comment = Command::Comment { comment: COMMENT, text: text("Fine."), by: ADA };
    let commented = Event::Commented { comment: COMMENT, text: text("Fine."), by: ADA };
    for history in [vec![created()], finished(), vec![created(), cancelled()]] {
        given::<Ticket>(&history).when(comment.clone()).then(std::slice::from_ref(&commented));
    }
    assert_eq!(card(&[created(), commented.clone(), commented]).comments, 2);
}

#[test]
fn a_commit_is_linked_once_and_may_get_its_address_later() {
    let link = |url: Option<WebAddress>| Command::LinkCommit { sha: sha(), url };
    let linked = |url: Option<WebAddress>| Event::CommitLinked { sha: sha(), url };
    let address = || Some(url("commit/0f3c"));
    for history in [vec![created()], finished(), vec![created(), cancelled()]] {
        given::<Ticket>(&history).when(link(None)).then(&[linked(None)]);
        let bare = then(&history, &[linked(None)]);
        given::<Ticket>(&bare).when(link(None)).then(&[]);
        given::<Ticket>(&bare).when(link(address())).then(&[linked(address())]);
        let whole = then(&bare, &[linked(address())]);
        given::<Ticket>(&whole).when(link(address())).then(&[]);
        given::<Ticket>(&whole).when(link(None)).then(&[]);
        assert_eq!(card(&then(&whole, &[linked(None)])).commits[&sha()], address());
    }
}

#[test]
fn a_pull_request_is_linked_once() {
    let link = || Command::LinkPullRequest { number: NonZeroU32::MIN, url: url("pull/1") };
    let linked = Event::PullRequestLinked { number: NonZeroU32::MIN, url: url("pull/1") };
    for history in [vec![created()], finished(), vec![created(), cancelled()]] {
        given::<Ticket>(&history).when(link()).then(std::slice::from_ref(&linked));
        given::<Ticket>(&then(&history, std::slice::from_ref(&linked))).when(link()).then(&[]);
    }
}

#[test]
fn a_dependency_is_added_and_removed_once() {
    let add = || Command::AddDependency { on: OTHER };
    let remove = || Command::RemoveDependency { on: OTHER };
    let added = [created(), Event::DependencyAdded { on: OTHER }];
    given::<Ticket>(&[created()]).when(add()).then(&added[1..]);
    given::<Ticket>(&added).when(add()).then(&[]);
    given::<Ticket>(&added).when(remove()).then(&[Event::DependencyRemoved { on: OTHER }]);
    given::<Ticket>(&[created()]).when(remove()).then(&[]);
    assert_eq!(card(&then(&added, &[Event::DependencyRemoved { on: OTHER }])), card(&[created()]));
}

#[test]
fn an_open_ticket_is_cancelled_with_its_block() {
    let because = Some(reason("another product does it"));
    let command = Command::Cancel { reason: because.clone() };
    let event = Event::Cancelled { reason: because };
    for history in [vec![created()], vec![created(), blocked()]] {
        given::<Ticket>(&history).when(command.clone()).then(std::slice::from_ref(&event));
        let ticket = ticket(&then(&history, std::slice::from_ref(&event)));
        assert_eq!(ticket.status_name(), "cancelled");
        assert!(!ticket.is_blocked());
        assert_eq!(ticket.card().unwrap().blocked, None);
    }
}

#[test]
fn a_ticket_of_a_plan_comes_with_its_tasks_and_what_is_before_it() {
    let Event::Created { number, title, description, priority, phase, .. } = created() else {
        unreachable!()
    };
    given::<Ticket>(&[]).when(planned()).then(&[
        Event::Created { number, title, description, priority, phase, spec: Some(SPEC) },
        attached(1, Phase::Implementation),
        attached(2, Phase::Implementation),
        Event::DependencyAdded { on: OTHER },
    ]);
}
