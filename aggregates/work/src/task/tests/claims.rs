//! Who holds a task, and which of their reports still count.

use kernel::Decider as _;

use super::*;

const CLAIMED: [Event; 2] = [READY, Event::Claimed { epoch: 1, by: BY_RUN }];

#[test]
fn a_run_claims_a_ready_task_with_the_next_epoch() {
    let ready = [planned(), READY];
    let claim = |epoch| Command::Claim { run: RUN, epoch };
    given::<Task>(&ready).when(claim(1)).then(&[claimed(1, BY_RUN)]);
    given::<Task>(&ready).when(claim(0)).then_rejected("fenced");
    given::<Task>(&ready).when(claim(2)).then_rejected("fenced");
}

#[test]
fn a_claim_starts_with_its_own_epoch_only() {
    let history = then(&[planned()], &CLAIMED);
    given::<Task>(&history).when(Command::Start { epoch: 1 }).then(&[started(1, BY_RUN)]);
    given::<Task>(&history).when(Command::Start { epoch: 2 }).then_rejected("fenced");
    assert_eq!(task(&running(BY_RUN)).status, Status::Running { epoch: 1, by: BY_RUN });
}

#[test]
fn a_person_claims_and_starts_in_one_decision() {
    let expired =
        then(&[planned()], &then(&CLAIMED, &[Event::ClaimExpired { epoch: 1, commit: None, lost: false }]));
    given::<Task>(&expired)
        .when(Command::StartByPerson { actor: ADA })
        .then(&[claimed(2, BY_ADA), started(2, BY_ADA)]);
}

#[test]
fn the_claim_of_a_run_expires_and_the_next_has_another_epoch() {
    for history in [then(&[planned()], &CLAIMED), running(BY_RUN)] {
        let expired = Event::ClaimExpired { epoch: 1, commit: None, lost: false };
        given::<Task>(&history)
            .when(Command::ExpireClaim { epoch: 1, commit: None })
            .then(std::slice::from_ref(&expired));
        given::<Task>(&history).when(Command::ExpireClaim { epoch: 0, commit: None }).then_rejected("fenced");

        let after = then(&history, &[expired]);
        assert_eq!(task(&after).status, Status::Ready);
        assert_eq!(task(&after).attempt, 0, "an expiry is no failed attempt");
        given::<Task>(&after).when(Command::Claim { run: RUN, epoch: 1 }).then_rejected("fenced");
        given::<Task>(&after).when(Command::Claim { run: RUN, epoch: 2 }).then(&[claimed(2, BY_RUN)]);
    }
}

#[test]
fn the_claim_of_a_person_never_expires() {
    given::<Task>(&running(BY_ADA))
        .when(Command::ExpireClaim { epoch: 1, commit: None })
        .then_rejected("held_by_person");
}

#[test]
fn what_an_older_claim_reports_is_refused() {
    let second = then(
        &running(BY_RUN),
        &[
            Event::ClaimExpired { epoch: 1, commit: None, lost: false },
            claimed(2, BY_RUN),
            started(2, BY_RUN),
        ],
    );
    let refused = [
        Command::Fail(failure(FailureClass::Transient, Some(1))),
        Command::SubmitEvidence(verified(1, &[0])),
        Command::ExpireClaim { epoch: 1, commit: None },
    ];
    for command in refused {
        given::<Task>(&second).when(command).then_rejected("fenced");
    }
}

#[test]
fn what_a_run_had_come_to_is_gone_on_from_whatever_became_of_the_run() {
    let kept = |digit: char| CommitId::new(&digit.to_string().repeat(40)).ok();
    let lost = Event::ClaimExpired { epoch: 1, commit: kept('a'), lost: false };
    let after = then(&running(BY_RUN), std::slice::from_ref(&lost));
    assert_eq!(given::<Task>(&after).state().details().unwrap().commit, kept('a'));
    let command = Command::ExpireClaim { epoch: 1, commit: kept('a') };
    given::<Task>(&running(BY_RUN)).when(command).then(&[lost]);
    // A run that has kept nothing takes nothing away.
    let again = [claimed(2, BY_RUN), started(2, BY_RUN), attempt_failed(1, FailureClass::Transient)];
    let after = then(&after, &again);
    assert_eq!(given::<Task>(&after).state().details().unwrap().commit, kept('a'));
}

#[test]
fn a_task_whose_runs_are_lost_waits_longer_each_time_and_is_given_up_at_last() {
    let now = Timestamp::from_micros(5_000_000);
    let lose = |epoch| Command::LoseClaim { epoch, commit: None, now };
    let mut history = vec![planned()];
    let mut waits = Vec::new();
    for epoch in 1..=11 {
        history.extend([claimed(epoch, BY_RUN), started(epoch, BY_RUN)]);
        let told = given::<Task>(&history).state().decide(lose(epoch)).unwrap();
        history.extend(told.iter().cloned());
        match &told[..] {
            [Event::ClaimExpired { lost: true, .. }, Event::RetryScheduled { attempt: 0, at }] => {
                waits.push((at.micros() - now.micros()) / 1_000_000);
                given::<Task>(&history)
                    .when(Command::Claim { run: RUN, epoch: epoch + 1 })
                    .then_rejected("not_ready");
                history.push(Event::BecameReady { retried: false });
            }
            [Event::ClaimExpired { .. }, Event::Failed { reason }] => {
                assert!(reason.as_str().starts_with("11 runs"), "{reason}");
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
    // A person may have it tried again, and what comes to something makes the count anew.
    history.push(Event::BecameReady { retried: true });
    assert_eq!(task(&history).lost, 0);
    let failed = [
        claimed(1, BY_RUN),
        Event::ClaimExpired { epoch: 1, commit: None, lost: true },
        attempt_failed(1, FailureClass::Transient),
    ];
    assert_eq!(task(&then(&[planned()], &failed)).lost, 0);
}
