//! Evidence, its verdict, and what is sent back.

use super::*;

fn sent_back(iteration: u32, exits: &[i32]) -> Event {
    let failed = exits.iter().map(|exit| CommandResult { cmd: cmd("make test"), exit: *exit }).collect();
    Event::RevisionRequested { iteration, feedback: Feedback { failed, note: None } }
}

fn passed(iteration: u32, kind: EvidenceKind) -> [Event; 2] {
    [Event::ValidationPassed { iteration }, Event::Completed { kind }]
}

/// Work in the `n`-th iteration, `n - 1` having been sent back.
fn iteration(n: u32) -> Vec<Event> {
    let mut history = running(BY_RUN);
    for done in 1..n {
        let epoch = i64::from(done) + 1;
        history.extend([
            submitted(done, EvidenceKind::Verified, &[1]),
            sent_back(done, &[1]),
            claimed(epoch, BY_RUN),
            started(epoch, BY_RUN),
        ]);
    }
    history
}

#[test]
fn commands_that_all_succeed_complete_the_task() {
    let commit = Some(CommitId::new("0c1d2e3").unwrap());
    let evidence = Evidence { commit: commit.clone(), ..verified(1, &[0, 0]) };
    let kind = EvidenceKind::Verified;
    let shown = Event::EvidenceSubmitted { iteration: 1, kind, commands: results(&[0, 0]), commit };
    let [pass, done] = passed(1, kind);
    given::<Task>(&running(BY_RUN)).when(Command::SubmitEvidence(evidence)).then(&[shown, pass, done]);
}

#[test]
fn a_persons_evidence_is_attested_or_imported_and_said_to_be() {
    for kind in [EvidenceKind::Attested, EvidenceKind::Imported] {
        let [pass, done] = passed(1, kind);
        for epoch in [None, Some(1)] {
            given::<Task>(&running(BY_ADA))
                .when(Command::SubmitEvidence(evidence(kind, epoch, &[0])))
                .then(&[submitted(1, kind, &[0]), pass.clone(), done.clone()]);
        }
        let history = then(&running(BY_ADA), &[submitted(1, kind, &[0]), pass, done]);
        assert_eq!(task(&history).status, Status::Completed { kind });
    }
}

#[test]
fn only_a_run_that_explores_needs_no_command() {
    let submit = |kind, epoch| Command::SubmitEvidence(evidence(kind, epoch, &[]));
    let explored = |by| {
        let mut history = running(by);
        history[0] = Event::Planned(full_plan());
        history
    };
    let [pass, done] = passed(1, EvidenceKind::Verified);
    let verified = submit(EvidenceKind::Verified, Some(1));
    given::<Task>(&explored(BY_RUN)).when(verified.clone()).then(&[
        submitted(1, EvidenceKind::Verified, &[]),
        pass,
        done,
    ]);
    given::<Task>(&running(BY_RUN)).when(verified).then_rejected("nothing_checked");
    for kind in [EvidenceKind::Attested, EvidenceKind::Imported] {
        given::<Task>(&running(BY_ADA)).when(submit(kind, None)).then_rejected("nothing_checked");
        given::<Task>(&explored(BY_ADA)).when(submit(kind, None)).then_rejected("nothing_checked");
    }
}

#[test]
fn evidence_belongs_to_whoever_holds_the_task() {
    let submit = |kind, epoch| Command::SubmitEvidence(evidence(kind, epoch, &[0]));
    for kind in [EvidenceKind::Attested, EvidenceKind::Imported] {
        given::<Task>(&running(BY_RUN)).when(submit(kind, None)).then_rejected("held_by_run");
        given::<Task>(&running(BY_ADA)).when(submit(kind, Some(2))).then_rejected("fenced");
    }
    given::<Task>(&running(BY_ADA))
        .when(submit(EvidenceKind::Verified, Some(1)))
        .then_rejected("held_by_person");
    given::<Task>(&running(BY_RUN)).when(submit(EvidenceKind::Verified, None)).then_rejected("fenced");
}

#[test]
fn a_command_that_failed_sends_the_task_back_with_what_failed() {
    let events = [submitted(1, EvidenceKind::Verified, &[0, 2, -1]), sent_back(1, &[2, -1])];
    given::<Task>(&running(BY_RUN)).when(Command::SubmitEvidence(verified(1, &[0, 2, -1]))).then(&events);

    let task = task(&then(&running(BY_RUN), &events));
    assert_eq!(task.status, Status::Ready);
    assert_eq!(task.feedback.unwrap().failed.len(), 2);
}

#[test]
fn the_third_rejected_validation_fails_the_task() {
    let failed = Event::Failed { reason: reason("validation failed 3 times") };
    given::<Task>(&iteration(2))
        .when(Command::SubmitEvidence(verified(2, &[1])))
        .then(&[submitted(2, EvidenceKind::Verified, &[1]), sent_back(2, &[1])]);
    given::<Task>(&iteration(3)).when(Command::SubmitEvidence(verified(3, &[1]))).then(&[
        submitted(3, EvidenceKind::Verified, &[1]),
        sent_back(3, &[1]),
        failed,
    ]);
    let [pass, done] = passed(3, EvidenceKind::Verified);
    given::<Task>(&iteration(3)).when(Command::SubmitEvidence(verified(3, &[0]))).then(&[
        submitted(3, EvidenceKind::Verified, &[0]),
        pass,
        done,
    ]);
}

#[test]
fn evidence_waits_for_the_verdict_of_somebody_else() {
    let waiting = Evidence { await_validation: true, ..verified(1, &[0]) };
    let shown = submitted(1, EvidenceKind::Verified, &[0]);
    given::<Task>(&running(BY_RUN)).when(Command::SubmitEvidence(waiting)).then(std::slice::from_ref(&shown));

    let validating = then(&running(BY_RUN), &[shown]);
    let kind = EvidenceKind::Verified;
    assert_eq!(task(&validating).status, Status::Validating { iteration: 1, kind });
    given::<Task>(&validating)
        .when(Command::PassValidation { iteration: 1 })
        .then(&passed(1, EvidenceKind::Verified));
}

#[test]
fn a_command_that_failed_waits_for_nobody() {
    let waiting = Evidence { await_validation: true, ..verified(1, &[1]) };
    given::<Task>(&running(BY_RUN))
        .when(Command::SubmitEvidence(waiting))
        .then(&[submitted(1, EvidenceKind::Verified, &[1]), sent_back(1, &[1])]);
}

#[test]
fn a_validator_sends_back_with_a_note_and_the_third_time_fails_the_task() {
    let revise = |iteration| Command::RequestRevision { iteration, feedback: text("no test") };
    let feedback = Feedback { failed: vec![], note: Some(text("no test")) };
    let revised = |iteration| Event::RevisionRequested { iteration, feedback: feedback.clone() };
    let validating = |n| then(&iteration(n), &[submitted(n, EvidenceKind::Verified, &[0])]);
    given::<Task>(&validating(1)).when(revise(1)).then(&[revised(1)]);
    let failed = Event::Failed { reason: reason("validation failed 3 times") };
    given::<Task>(&validating(3)).when(revise(3)).then(&[revised(3), failed]);
}

#[test]
fn a_verdict_about_other_evidence_is_refused() {
    let validating = then(&iteration(2), &[submitted(2, EvidenceKind::Verified, &[0])]);
    let revise = Command::RequestRevision { iteration: 1, feedback: text("no test") };
    given::<Task>(&validating)
        .when(Command::PassValidation { iteration: 1 })
        .then_rejected("other_iteration");
    given::<Task>(&validating).when(revise).then_rejected("other_iteration");
}
