//! Failed attempts, the waits between them, and retries.

use super::*;

fn fail(attempts_before: u32, failure: Failure) -> Vec<Event> {
    use kernel::Decider as _;

    let mut history = running(BY_RUN);
    if attempts_before > 0 {
        history.insert(1, attempt_failed(attempts_before, FailureClass::Transient));
    }
    given::<Task>(&history).state().decide(Command::Fail(failure)).unwrap()
}

fn wait_ms(attempts_before: u32, jitter: i8) -> i64 {
    let retry = RetryPolicy { max_retries: u8::MAX, ..RetryPolicy::default() };
    let failure = Failure { jitter, retry, ..failure(FailureClass::Transient, Some(1)) };
    match fail(attempts_before, failure).as_slice() {
        [Event::AttemptFailed { .. }, Event::RetryScheduled { at, .. }] => {
            (at.micros() - NOON.micros()) / 1_000
        }
        other => panic!("no retry in {other:?}"),
    }
}

#[test]
fn a_transient_failure_is_followed_by_a_retry() {
    let at = Timestamp::from_micros(NOON.micros() + 1_000_000);
    let events = fail(0, failure(FailureClass::Transient, Some(1)));
    assert_eq!(
        events,
        [attempt_failed(1, FailureClass::Transient), Event::RetryScheduled { attempt: 1, at }]
    );

    let task = task(&then(&running(BY_RUN), &events));
    assert_eq!((task.attempt, task.status), (1, Status::AwaitingRetry { attempt: 1, at }));
}

#[test]
fn the_wait_doubles_up_to_the_cap_and_is_moved_by_the_jitter() {
    assert_eq!(
        [0, 1, 2, 5, 6, 60, 200].map(|n| wait_ms(n, 0)),
        [1_000, 2_000, 4_000, 32_000, 60_000, 60_000, 60_000]
    );
    assert_eq!([-25, 25, 10].map(|jitter| wait_ms(1, jitter)), [1_500, 2_500, 2_200]);
    assert_eq!([i8::MIN, i8::MAX].map(|jitter| wait_ms(1, jitter)), [1_500, 2_500]);
    assert_eq!(wait_ms(200, 25), 75_000);
}

#[test]
fn the_last_allowed_attempt_fails_the_task() {
    let failed = Event::Failed { reason: reason("no disk left") };
    let last = fail(3, failure(FailureClass::Transient, Some(1)));
    assert_eq!(last, [attempt_failed(4, FailureClass::Transient), failed]);
    assert!(matches!(
        fail(2, failure(FailureClass::Transient, Some(1)))[1],
        Event::RetryScheduled { attempt: 3, .. }
    ));
}

#[test]
fn a_permanent_failure_is_never_retried() {
    let failed = Event::Failed { reason: reason("no disk left") };
    let events = fail(0, failure(FailureClass::Permanent, Some(1)));
    assert_eq!(events, [attempt_failed(1, FailureClass::Permanent), failed]);
}

#[test]
fn a_person_gives_up_without_an_epoch_whoever_holds_the_task() {
    for by in [BY_RUN, BY_ADA] {
        let give_up = Command::Fail(failure(FailureClass::Permanent, None));
        let failed = Event::Failed { reason: reason("no disk left") };
        given::<Task>(&running(by)).when(give_up).then(&[attempt_failed(1, FailureClass::Permanent), failed]);
    }
}

#[test]
fn a_timer_makes_ready_only_the_attempt_it_was_set_for() {
    let awaiting = then(&running(BY_RUN), &fail(0, failure(FailureClass::Transient, Some(1))));
    given::<Task>(&awaiting).when(Command::RetryDue { attempt: 1 }).then(&[READY]);
    given::<Task>(&awaiting).when(Command::RetryDue { attempt: 0 }).then(&[]);
    given::<Task>(&then(&awaiting, &[READY])).when(Command::RetryDue { attempt: 1 }).then(&[]);
    assert_eq!(task(&then(&awaiting, &[READY])).attempt, 1, "the attempt still counts");
}

#[test]
fn a_person_retries_before_the_wait_is_over() {
    let awaiting = then(&running(BY_RUN), &fail(0, failure(FailureClass::Transient, Some(1))));
    given::<Task>(&awaiting).when(Command::Retry).then(&[READY]);
}

#[test]
fn a_retried_task_counts_its_attempts_and_iterations_anew() {
    let evidence = submitted(3, EvidenceKind::Verified, &[1]);
    let gone_wrong = then(&running(BY_RUN), &[attempt_failed(4, FailureClass::Transient), evidence]);
    let failed = then(&gone_wrong, &[Event::Failed { reason: reason("no disk left") }]);
    let retried = Event::BecameReady { retried: true };
    given::<Task>(&failed).when(Command::Retry).then(std::slice::from_ref(&retried));

    let task = task(&then(&failed, &[retried]));
    assert_eq!((task.attempt, task.iteration, task.epoch), (0, 0, 1), "claims are never counted anew");
    assert_eq!(task.status, Status::Ready);
}
