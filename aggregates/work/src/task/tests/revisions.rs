//! The plan that a task comes from says something else of it.

use vocabulary::{Line, SpecId};

use super::*;

fn from_spec() -> Box<Plan> {
    let spec = FromSpec {
        id: SpecId(Uuid::from_u128(2)),
        local: Line::new("TSK-001").unwrap(),
        requirements: Bounded::new(vec![Line::new("REQ-A-FUNC-001").unwrap()]).unwrap(),
    };
    Box::new(Plan { spec: Some(spec), ..*full_plan() })
}

/// Everything that can be another thing is.
fn other() -> Plan {
    Plan {
        ticket: TicketId(Uuid::from_u128(2)),
        title: Name::new("Parse the trailer").unwrap(),
        description: None,
        priority: Priority::Low,
        estimate: None,
        files: Files::default(),
        work: Work {
            mode: Mode::Implementation,
            run: None,
            validate: Bounded::default(),
            ..full_plan().work
        },
        spec: from_spec().spec.map(|spec| FromSpec { requirements: Bounded::default(), ..spec }),
        ..*from_spec()
    }
}

fn revise(revision: &Revision) -> Command {
    Command::Revise { revision: Box::new(revision.clone()), waits: Waits::default() }
}

fn waits(added: &[TaskId], removed: &[TaskId]) -> Command {
    let waits = Waits { added: tasks(added), removed: tasks(removed) };
    Command::Revise { revision: Box::default(), waits }
}

#[test]
fn only_what_differs_is_told_and_it_makes_the_plan_the_other_one() {
    let all = Revision::between(&from_spec(), &other());
    assert_eq!(all.of(&from_spec()), other());
    let planned = Event::Planned(from_spec());
    given::<Task>(std::slice::from_ref(&planned))
        .when(revise(&all))
        .then(&[Event::Revised(Box::new(all.clone()))]);
    let revised = [planned.clone(), Event::Revised(Box::new(all.clone()))];
    assert_eq!(task(&revised).plan, other());
    given::<Task>(&revised).when(revise(&all)).then(&[]);

    let title = Revision { title: Some(other().title), ..Revision::default() };
    let with_what_is_so = Revision { priority: Some(Priority::Critical), ..title.clone() };
    given::<Task>(&[planned]).when(revise(&with_what_is_so)).then(&[Event::Revised(Box::new(title))]);
}

#[test]
fn what_somebody_works_on_is_told_and_stays_in_its_ticket() {
    let title = Revision { title: Some(other().title), ..Revision::default() };
    let moved = Revision { ticket: Some(other().ticket), ..Revision::default() };
    for history in [running(BY_RUN), running(BY_ADA)] {
        given::<Task>(&history).when(revise(&title)).then(&[Event::Revised(Box::new(title.clone()))]);
        given::<Task>(&history).when(revise(&moved)).then_rejected("claimed_already");
    }
    let given_back = then(&running(BY_RUN), &[Event::ClaimExpired { epoch: 1, commit: None, lost: false }]);
    given::<Task>(&given_back).when(revise(&moved)).then_rejected("claimed_already");
    given::<Task>(&[planned()]).when(revise(&moved)).then(&[Event::Revised(Box::new(moved.clone()))]);
}

#[test]
fn it_waits_for_what_it_is_told_to_wait_for() {
    let added = Event::DependencyAdded { on: OTHER };
    let removed = Event::DependencyRemoved { on: FIRST };
    given::<Task>(&[planned()]).when(waits(&[OTHER, FIRST], &[])).then(std::slice::from_ref(&added));
    given::<Task>(&[planned()]).when(waits(&[], &[FIRST, OTHER])).then(&[removed.clone(), READY]);
    // One for the other: it is not ready in between.
    given::<Task>(&[planned(), READY]).when(waits(&[OTHER], &[FIRST])).then(&[added, removed.clone()]);
    given::<Task>(&[planned(), READY]).when(waits(&[], &[FIRST])).then(&[removed]);
    let given_back = then(&running(BY_RUN), &[Event::ClaimExpired { epoch: 1, commit: None, lost: false }]);
    given::<Task>(&given_back).when(waits(&[OTHER], &[])).then(&[Event::DependencyAdded { on: OTHER }]);
    given::<Task>(&running(BY_ADA)).when(waits(&[OTHER], &[])).then_rejected("claimed_already");
}

#[test]
fn what_is_gone_from_the_plan_is_withdrawn_while_nobody_has_taken_it() {
    let withdraw = || Command::Withdraw { reason: text("The plan no longer has it.") };
    let gone = Event::Cancelled { reason: Some(text("The plan no longer has it.")) };
    for history in [vec![planned()], vec![planned(), READY], vec![planned(), blocked(FIRST_BLOCKS)]] {
        given::<Task>(&history).when(withdraw()).then(std::slice::from_ref(&gone));
    }
    let given_back = then(&running(BY_RUN), &[Event::ClaimExpired { epoch: 1, commit: None, lost: false }]);
    for history in [running(BY_ADA), given_back] {
        assert!(task(&history).was_begun());
        given::<Task>(&history).when(withdraw()).then_rejected("claimed_already");
    }
}
