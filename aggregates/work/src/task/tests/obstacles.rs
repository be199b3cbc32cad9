//! Blockers, from people and from prerequisites that failed.

use super::*;

#[test]
fn the_same_source_blocks_once() {
    let history = [planned(), blocked(ADA_BLOCKS)];
    let again = Command::Block { by: ADA_BLOCKS, reason: text("another reason") };
    given::<Task>(&history).when(again).then(&[]);
    given::<Task>(&history).when(block(FIRST_BLOCKS)).then(&[blocked(FIRST_BLOCKS)]);
}

#[test]
fn a_task_is_blocked_until_its_last_blocker_is_gone() {
    let both = [planned(), READY, blocked(ADA_BLOCKS), blocked(FIRST_BLOCKS)];
    let unblocked = |by| Event::Unblocked { by };
    given::<Task>(&both).when(Command::Unblock { by: FIRST_BLOCKS }).then(&[unblocked(FIRST_BLOCKS)]);
    assert_eq!(task(&then(&both, &[unblocked(FIRST_BLOCKS)])).status_name(), "blocked");
    let free = then(&both, &[unblocked(FIRST_BLOCKS), unblocked(ADA_BLOCKS)]);
    assert_eq!(task(&free).status_name(), "ready");
}

#[test]
fn a_blocker_that_is_not_there_is_news_to_a_person_and_none_to_a_process() {
    for history in [&[planned()][..], &[planned(), READY], &running(BY_RUN)] {
        given::<Task>(history).when(Command::Unblock { by: ADA_BLOCKS }).then_rejected("not_blocked");
        given::<Task>(history).when(Command::Unblock { by: FIRST_BLOCKS }).then(&[]);
    }
}

#[test]
fn a_person_takes_back_only_their_own_blocker() {
    let by_bob = Command::Unblock { by: Blocker::Person { actor: BOB } };
    given::<Task>(&[planned(), blocked(ADA_BLOCKS)]).when(by_bob).then_rejected("not_blocked");
}

#[test]
fn a_retry_that_is_due_waits_under_the_blocker() {
    let at = Timestamp::from_micros(2_000_000);
    let scheduled = Event::RetryScheduled { attempt: 1, at };
    let history = then(&running(BY_RUN), &[scheduled, blocked(ADA_BLOCKS)]);
    given::<Task>(&history).when(Command::RetryDue { attempt: 1 }).then(&[READY]);

    let due = task(&then(&history, &[READY]));
    assert_eq!((due.status_name(), &due.status), ("blocked", &Status::Ready));
    let free = task(&then(&history, &[READY, Event::Unblocked { by: ADA_BLOCKS }]));
    assert_eq!(free.status_name(), "ready");
}

#[test]
fn a_blocker_does_not_outlast_the_end() {
    let cancelled = task(&[planned(), blocked(ADA_BLOCKS), Event::Cancelled { reason: None }]);
    assert_eq!(cancelled.status_name(), "cancelled");
    assert!(!cancelled.is_blocked());
}
