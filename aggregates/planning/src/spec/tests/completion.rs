//! A spec is completed when every requirement rests on evidence, or somebody accepts that one does not.

use std::collections::BTreeSet;

use super::*;

const SAVE: &str = "REQ-FILTERS-FUNC-001";
const OPEN: &str = "REQ-FILTERS-FUNC-002";
const OWN: &str = "REQ-FILTERS-SEC-001";

fn executing() -> Story {
    accepted().when(materialize()).when(Command::StartExecution)
}

/// Every ticket is done, and of the tasks these are completed.
fn resting_on(proofs: &[Proof]) -> Command {
    let Command::Complete { done, revision, .. } = done() else { unreachable!() };
    Command::Complete { done, revision, proofs: proofs.to_vec() }
}

fn held_by(story: &Story, command: Command) -> Vec<String> {
    match story.when(command).events.last() {
        Some(Event::CompletionHeld { unproven }) => unproven.clone(),
        other => panic!("a completion that is held, not {other:?}"),
    }
}

#[test]
fn a_requirement_without_a_completed_task_holds_the_completion() {
    let story = executing();
    assert_eq!(held_by(&story, resting_on(&[])), [SAVE, OPEN, OWN], "in the order of the plan");
    // The second task addresses a criterion of the first requirement: that is enough.
    assert_eq!(held_by(&story, resting_on(&[proof("TSK-002")])), [OPEN]);
    let held = story.when(resting_on(&[proof("TSK-002")]));
    assert_eq!((held.stage(), held.details().possible()[0]), ("executing", "accept-unproven"));
    assert_eq!(story.outcome(resting_on(&[proof("TSK-002"), proof("TSK-003")])), "completed");
    let nobody_told = accepted().when(materialize());
    assert_eq!(nobody_told.outcome(resting_on(&[])), "execution_started completion_held");
}

#[test]
fn whatever_a_completion_rests_on_it_counts_and_what_is_no_task_of_the_plan_does_not() {
    let story = executing();
    for evidence in [Evidence::Imported, Evidence::Attested, Evidence::Verified] {
        let weak = Proof { evidence, ..proof("TSK-003") };
        assert_eq!(story.outcome(resting_on(&[proof("TSK-002"), weak])), "completed", "{evidence:?}");
    }
    let foreign = Proof { task: TaskId(derived_uuid(&[b"of another spec"])), ..proof("TSK-003") };
    assert_eq!(held_by(&story, resting_on(&[proof("TSK-002"), foreign])), [OPEN]);
    let about_another = Proof { requirements: vec![format!("{OPEN}-1"), "2".to_owned()], ..proof("TSK-003") };
    assert_eq!(held_by(&story, resting_on(&[proof("TSK-002"), about_another])), [OPEN]);
}

#[test]
fn what_holds_it_is_told_once_until_it_is_something_else() {
    let held = executing().when(resting_on(&[proof("TSK-002")]));
    assert_eq!(held.outcome(resting_on(&[proof("TSK-002")])), "-");
    assert_eq!(held_by(&held, resting_on(&[proof("TSK-001")])), [OPEN, OWN]);
    let worse = held.when(resting_on(&[proof("TSK-001")]));
    assert_eq!(held_by(&worse, resting_on(&[proof("TSK-002")])), [OPEN], "it was told before the other");
    let completed = held.when(done());
    assert_eq!((completed.stage(), completed.details().unproven.len()), ("completed", 0));
}

#[test]
fn while_a_ticket_is_left_nothing_holds_anything() {
    let Command::Complete { done, revision, .. } = done() else { unreachable!() };
    let one: BTreeSet<_> = done.into_iter().take(1).collect();
    let command = Command::Complete { done: one, revision, proofs: vec![] };
    assert_eq!(executing().outcome(command), "-");
}

#[test]
fn a_person_decides_that_it_is_enough() {
    let held = executing().when(resting_on(&[proof("TSK-001")]));
    assert_eq!(held.outcome(accept(&[SAVE])), "!not_unproven", "it is proven");
    assert_eq!(held.outcome(accept(&[OPEN, "REQ-NOT-THERE"])), "!not_unproven");
    let one = held.when(accept(&[OPEN]));
    assert_eq!((one.stage(), one.outcome(accept(&[OPEN]))), ("executing", "-".to_owned()));
    assert_eq!(one.outcome(resting_on(&[proof("TSK-001")])), "-", "what is left was told");
    let both = one.when(accept(&[OPEN, OWN]));
    match both.events.last() {
        Some(Event::UnprovenAccepted { requirements, by, .. }) => {
            assert_eq!((&requirements[..], *by), (&[OWN.to_owned()][..], ada()), "the new one only");
        }
        other => panic!("{other:?}"),
    }
    let completed = both.when(resting_on(&[proof("TSK-001")]));
    assert_eq!(completed.stage(), "completed");
    assert_eq!(completed.outcome(accept(&[OWN])), "-", "a repeat");
    assert_eq!(completed.outcome(accept(&[SAVE])), "!over");
}

#[test]
fn what_was_accepted_was_accepted_of_that_plan() {
    let held = executing().when(resting_on(&[proof("TSK-002")]));
    let completed = held.when(accept(&[OPEN])).when(resting_on(&[proof("TSK-002")]));
    for story in [held, completed] {
        let mut plan = examples::plan();
        plan.requirements.requirements[1].text.push_str(" It opens at once.");
        let story = story.when(revise(story.details().plan_hash(), &plan));
        assert!(story.details().unproven.is_empty() && story.details().accepted.is_empty());
        assert_eq!(story.outcome(accept(&[OPEN])), "!not_unproven");
    }
}
